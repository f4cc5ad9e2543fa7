"""The engine answers blend requests: caches, decoding ahead, device choice. One thread owns it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from voxview.engine.crumbs import brushed
from voxview.engine.device import DeviceReport, find_devices
from voxview.engine.events import DecodedAhead, Measured, PairLoaded
from voxview.engine.latent_request import LatentRequest, LatentResult
from voxview.engine.latents import Latents
from voxview.engine.mix import MixRequest, MixResult
from voxview.engine.mixing import answer_mix, check_mix
from voxview.engine.path import PATH_STEPS, MorphPath
from voxview.engine.pipeline import CpuPipeline, Pipeline, Shape
from voxview.engine.request import LEVEL, Backend, BlendRequest, BlendResult, Device, LoadedChair
from voxview.engine.scorer import CpuScorer, Scorer, SteadyScorer
from voxview.engine.timings import Stage
from voxview.errors import InputError, VoxViewError
from voxview.model.attributes import Attributes
from voxview.model.autoencoder import Autoencoder, load_autoencoder
from voxview.model.directions import Directions, learn_directions
from voxview.model.layout import LATENT_SHAPE
from voxview.model.metrics import lowest_layers
from voxview.model.shipped import read_card
from voxview.shapes.chair import Chair
from voxview.shapes.frame import RESOLUTION, Field, Grid
from voxview.surface.extract import extract_surface

Request = TypeVar("Request", BlendRequest, MixRequest)
Result = TypeVar("Result", BlendResult, MixResult)

MEASURED_RUNS = 9
"""Live runs on each device after a pair is chosen, for the timing panel."""


class Engine:
    """Loads the weights once, and answers `BlendRequest`s on the CPU or on a CUDA device."""

    def __init__(self, weights: str | Path | None = None, device: Device | None = None) -> None:
        """Load `weights` (None: the default ones). `device="cpu"` leaves a GPU alone."""
        autoencoder = load_autoencoder(weights, device="cpu")
        self.weights = autoencoder.name
        self.card = read_card(weights)
        self.report: DeviceReport = find_devices()
        if device == "cuda" and self.report.cuda is None:
            raise VoxViewError(f"no CUDA device: {self.report.cuda_problem}; use the CPU and backend numpy")
        self._autoencoders: dict[Device, Autoencoder] = {"cpu": autoencoder}
        self._pipelines: dict[Device, Pipeline] = {"cpu": CpuPipeline(autoencoder)}
        if self.report.cuda and device != "cpu":
            self._autoencoders["cuda"] = load_autoencoder(weights, device="cuda")
            from voxview.engine.cuda_pipeline import CudaPipeline

            kernels = self.report.kernel_problem is None
            self._pipelines["cuda"] = CudaPipeline(self._autoencoders["cuda"], kernels=kernels)
        self._latents = Latents(autoencoder, self._pipelines)
        self._path: MorphPath | None = None
        self._directions: tuple[Autoencoder, Directions] | None = None
        self._measured: tuple[tuple[MixRequest, Autoencoder], Attributes] | None = None
        self._warm: set[tuple[Device, Backend]] = set()

    @property
    def devices(self) -> tuple[Device, ...]:
        """The devices in use, best last."""
        return tuple(self._pipelines)

    @property
    def pipelines(self) -> Mapping[Device, Pipeline]:
        """The path on each device in use: for whoever measures it."""
        return self._pipelines

    def with_weights(self, weights: str | Path | None) -> Engine:
        """An engine with other weights on the same devices. Raises as the constructor, and changes nothing.

        A new one, so that nothing that was computed with the weights before can be taken for theirs; of all
        that is kept, only the chairs' grids come along. A GPU that failed stays left alone.
        """
        other = Engine(weights, None if "cuda" in self._pipelines else "cpu")
        other.report = self.report
        other._latents = Latents(other._autoencoders["cpu"], other._pipelines, self._latents.grids)
        return other

    # ---- one request ----------------------------------------------------------------------------

    def blend(self, request: BlendRequest) -> BlendResult:
        """Answer one request; on the CPU, with a notice, if the GPU fails in the middle of it.

        Raises `InputError` for a chair whose file cannot be used, a t outside [0, 1] or an unknown backend.
        """
        if not 0.0 <= request.t <= 1.0:
            raise InputError(f"t is between 0 and 1, but {request.t} came")
        return self._steadily(request, self._answer)

    def mix(self, request: MixRequest) -> MixResult:
        """Answer one request for a mix; on the CPU, with a notice, if the GPU fails in the middle of it.

        Raises `InputError` for a chair whose file cannot be used, for weights and amounts that cannot be, and
        for a shift before `learn_directions` has ended.
        """
        check_mix(request)
        return self._steadily(request, self._answer_mix)

    def _steadily(self, request: Request, answer: Callable[[Request], Result]) -> Result:
        """The answer from the device that was asked for, or from the CPU, with a notice."""
        notice = self._unmet(request)
        if notice:
            request = replace(request, device="cpu", backend="numpy")
        try:
            return replace(answer(request), notice=notice)
        except Exception as error:
            if request.device != "cuda" or not _is_cuda_failure(error):
                raise
            notice = self._give_up_cuda(error)
            return replace(answer(replace(request, device="cpu", backend="numpy")), notice=notice)

    def _answer_mix(self, request: MixRequest) -> MixResult:
        latents, timings = self._latents.of(request.chairs, request.device)
        grids = [self.grid(chair) for chair in request.chairs]
        pipeline = self._pipelines[request.device]
        start = replace(request, shift=()), self._autoencoders["cpu"]
        before = self._measured[1] if self._measured and self._measured[0] == start else None
        result = answer_mix(request, pipeline, latents, grids, self.directions, before)
        if not request.shift:
            self._measured = start, result.attributes  # sliders move from there
        return replace(result, timings={**timings, **result.timings})

    @property
    def directions(self) -> Directions | None:
        """What moves the attributes, for the weights in use; None until `learn_directions` has ended."""
        known = self._directions
        return known[1] if known and known[0] is self._autoencoders["cpu"] else None

    def learn_directions(self) -> Generator[tuple[int, int], None, Directions]:
        """Fit the directions of the attributes, once for each weights; yields (chairs done, total)."""
        if self.directions is not None:
            return self.directions
        weights = self._autoencoders["cpu"]
        learnt = yield from learn_directions(partial(self.quick_latents, device=self.devices[-1]))
        self._directions = weights, learnt
        return learnt

    def _answer(self, request: BlendRequest, encoding: float | None = None) -> BlendResult:
        """The request's blend; with a time for the `encoding`, the latents there are were made in that."""
        pipeline = self._warmed(request)
        ahead = None if request.live else self._from_path(request)
        if ahead is not None:
            return _result(request, pipeline.finish(ahead), {}, decoded_ahead=True)
        pair = request.a, request.b
        fresh = request.live and encoding is None
        (z_a, z_b), timings = self._latents.of(pair, request.device, fresh=fresh, rough=True)
        timings |= {Stage.ENCODE: encoding} if encoding is not None else {}
        return _result(request, pipeline.shape(z_a, z_b, request.t, request.backend), timings)

    def morph(self, request: BlendRequest, positions: Sequence[float]) -> Iterator[BlendResult]:
        """The blends of the request's pair at many positions, decoded in batches.

        Their timings are each blend's share of its batch. Raises as `blend`; where the GPU fails, the CPU
        answers, with a notice.
        """
        chunk = self._pipelines[request.device if request.device in self._pipelines else "cpu"].chunk
        for start in range(0, len(positions), chunk):
            requests = [replace(request, t=t) for t in positions[start : start + chunk]]
            if self._unmet(request) or not all(0.0 <= r.t <= 1.0 for r in requests):
                yield from map(self.blend, requests)  # which says what is wrong with them
                continue
            try:
                results = self._answer_together(requests)
            except Exception as error:
                if request.device != "cuda" or not _is_cuda_failure(error):
                    raise
                results = [self.blend(one) for one in requests]
            yield from results

    def _answer_together(self, requests: Sequence[BlendRequest]) -> list[BlendResult]:
        first = requests[0]
        pipeline = self._warmed(first)
        (z_a, z_b), encoding = self._latents.of((first.a, first.b), first.device)
        t = np.array([request.t for request in requests], np.float32)
        fields, decoding = pipeline.decode(z_a, z_b, t, first.backend)
        together = {stage: ms / len(requests) for stage, ms in (encoding | decoding).items()}
        return [
            _result(request, pipeline.finish(field), dict(together))
            for request, field in zip(requests, fields, strict=True)
        ]

    def _warmed(self, request: BlendRequest) -> Pipeline:
        """The request's pipeline; kernels are compiled and graphs captured outside the clock."""
        pipeline = self._pipelines[request.device]
        if (request.device, request.backend) not in self._warm:
            if request.device == "cpu":  # nothing is compiled there, and refining takes as long as 20 moves
                z = np.zeros((2, *LATENT_SHAPE), np.float32)
            else:
                z, _ = pipeline.encode(np.zeros((2, *(RESOLUTION,) * 3), bool))
            pipeline.shape(z[0], z[1], 0.5, request.backend)
            self._warm.add((request.device, request.backend))
        return pipeline

    def grid(self, chair: Chair) -> Grid:
        """The chair's grid, read once."""
        return self._latents.grid(chair)

    # ---- a set ----------------------------------------------------------------------------------

    def scorer(self, chairs: tuple[Chair, ...], backend: Backend, device: Device) -> Scorer:
        """What scores the in-betweens of `chairs`; the CPU where the GPU cannot, or fails in the middle."""
        grids = np.stack([self.grid(chair) for chair in chairs])

        def on_cpu() -> CpuScorer:
            return CpuScorer(self._autoencoders["cpu"], grids)

        if device != "cuda" or "cuda" not in self._pipelines or backend not in self.report.backends[1:]:
            return on_cpu()
        from voxview.engine.cuda_scorer import CudaScorer

        def on_gpu() -> CudaScorer:
            return CudaScorer(self._autoencoders["cuda"], grids, backend)

        return SteadyScorer(on_gpu, on_cpu, _is_cuda_failure, self._give_up_cuda)

    # ---- a catalog, and its map -------------------------------------------------------------------

    def quick_latents(self, grids: np.ndarray, device: Device) -> np.ndarray:
        """Grids `(n, 32, 32, 32)` → latents `(n, 8, 8)` on the host, as quickly as the encoder can."""
        return self._host_to_host(device, lambda autoencoder: autoencoder.encode(grids, refine=0))

    def decode_latent(self, request: LatentRequest) -> LatentResult:
        """The chair at a place in the latent space."""
        latent = request.latent[None]
        field = self._host_to_host(request.device, lambda autoencoder: autoencoder.decode(latent))[0]
        return LatentResult(request, field, extract_surface(field, LEVEL))

    def _host_to_host(self, device: Device, work: Callable[[Autoencoder], np.ndarray]) -> np.ndarray:
        """Arrays to arrays on the device; on the CPU if the GPU is not in use or fails in the middle."""
        if device == "cuda" and "cuda" in self._pipelines:
            try:
                return work(self._autoencoders["cuda"])
            except Exception as error:
                if not _is_cuda_failure(error):
                    raise
                self._give_up_cuda(error)  # the next blend will tell it
        return work(self._autoencoders["cpu"])

    # ---- a pair ---------------------------------------------------------------------------------

    def load_pair(
        self, a: Chair, b: Chair, device: Device = "cpu", *, quick: bool = False
    ) -> tuple[LoadedChair, LoadedChair]:
        """The two chairs themselves with their surfaces, and the IoU of each with its own reconstruction.

        If `quick`, a CPU takes the encoder's word at first: then `decode_ahead` begins with refining it.
        """
        device = device if device in self._pipelines else "cpu"
        if quick and device == "cpu":
            self._latents.encode_roughly((a, b))
        try:
            fields = self._ends_of(a, b, device)
        except Exception as error:
            if not _is_cuda_failure(error):
                raise
            self._give_up_cuda(error)  # the pair's first blend will tell it
            fields = self._ends_of(a, b, "cpu")
        return self._loaded(a, fields[0]), self._loaded(b, fields[1])

    def _ends_of(self, a: Chair, b: Chair, device: Device) -> np.ndarray:
        """The ends of a morph, which are the reconstructions, exactly: fields `(2, 32, 32, 32)`."""
        (z_a, z_b), _ = self._latents.of((a, b), device, rough=True)
        fields, _ = self._pipelines[device].blend(z_a, z_b, np.array([0, 1], np.float32), "numpy")
        return fields

    def _refine(self, request: BlendRequest) -> Iterator[DecodedAhead | PairLoaded]:
        """Refine the rough ones of the request's pair step by step; the pair follows, as it is then."""
        rough = self._latents.rough((request.a, request.b))
        if request.device != "cpu" or not rough:
            return
        for _ in self._latents.encoding(rough):
            yield DecodedAhead(0, PATH_STEPS)
        yield PairLoaded(*self.load_pair(request.a, request.b))

    def _loaded(self, chair: Chair, reconstruction: Field) -> LoadedChair:
        grid = self.grid(chair)
        surface = extract_surface(grid.astype(np.float32), LEVEL)
        rebuilt = reconstruction > LEVEL
        return LoadedChair(
            chair,
            grid,
            surface,
            _iou(grid, rebuilt),
            extract_surface(reconstruction, LEVEL),
            missing=int((grid & ~rebuilt).sum()),
            added=int((rebuilt & ~grid).sum()),
        )

    def decode_ahead(self, request: BlendRequest) -> Iterator[DecodedAhead | PairLoaded]:
        """Decode the whole path of the request's pair, the neighbourhood of its t first, chunk by chunk.

        If the pair was loaded quickly, it is refined first, and comes again; what was blended before has to
        be blended anew. Each chunk is scored in a step of its own: a slider move waits for one or the other.
        """
        if self._unmet(request):
            request = replace(request, device="cpu", backend="numpy")
        yield from self._refine(request)
        path = self._path
        if path is None or not path.request.same_path(request):
            path = self._path = path.turned_round(request) if path else MorphPath(request)
        yield DecodedAhead(path.done, PATH_STEPS, path.scores_so_far())  # a path may be there already
        pipeline = self._warmed(request)
        while (unscored := path.unscored) or path.done < PATH_STEPS:
            if unscored:
                self._score(path, unscored, pipeline)
                yield DecodedAhead(path.done, PATH_STEPS, path.scores_so_far())
                continue
            missing = path.missing_near(request.t, pipeline.chunk)
            (z_a, z_b), _ = self._latents.of((request.a, request.b), request.device)
            fields, _ = pipeline.decode(z_a, z_b, path.t[missing], request.backend)
            for step, field in zip(missing, fields, strict=True):
                path.fields[step] = field
            yield DecodedAhead(path.done, PATH_STEPS)

    def _score(self, path: MorphPath, steps: list[int], pipeline: Pipeline) -> None:
        """Score decoded blends of a path, against its two chairs and where those stand."""
        chairs = np.stack([self.grid(path.request.a), self.grid(path.request.b)])
        floor_a, floor_b = lowest_layers(chairs)
        floors = np.full(PATH_STEPS, max(floor_a, floor_b), np.int32)
        floors[[0, -1]] = floor_a, floor_b
        fields = [path.fields[step] for step in steps]
        path.scores[:, steps] = pipeline.score(fields, floors[steps], chairs)

    def measure(self, request: BlendRequest) -> Iterator[Measured | None]:
        """Run the request live on every device in turn, so that the figures can stand side by side.

        None comes after a step that has nothing to tell yet: so that no slider move waits for an encoding.
        """
        request = replace(request, remove_crumbs=False)
        for run in range(MEASURED_RUNS):
            for device in self.devices:
                backend = request.backend if device == "cuda" else "numpy"
                live = replace(
                    request, device=device, backend=backend, live=True, t=(run + 0.5) / MEASURED_RUNS
                )
                if device == "cpu":
                    encoding = yield from self._latents.encoding((request.a, request.b))
                    result = self._answer(live, encoding)
                else:
                    result = self.blend(live)
                if result.notice is None:
                    yield Measured(device, result.timings)

    def _from_path(self, request: BlendRequest) -> Any | None:
        if self._path is None or not self._path.request.same_path(request):
            return None
        return self._path.field(request.t)

    # ---- when the GPU is not there --------------------------------------------------------------

    def _unmet(self, request: BlendRequest | MixRequest) -> str | None:
        """Why the request has to be answered on the CPU, or None."""
        if request.device not in self._pipelines:
            return f"answered on the CPU: {self.report.cuda_problem or 'the GPU is not in use'}"
        if request.backend not in self.report.backends:
            return f"interpolated in NumPy: {self.report.kernel_problem or f'no backend {request.backend!r}'}"
        return None

    def _give_up_cuda(self, error: Exception) -> str:
        """Keep the device after running out of memory, leave it after anything worse."""
        import torch

        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        if isinstance(error, torch.OutOfMemoryError | MemoryError):  # CuPy's is the latter
            torch.cuda.empty_cache()
            return "the GPU is out of memory, so the CPU answered; close other programs that use the GPU"
        self._pipelines.pop("cuda", None)
        self._latents.forget("cuda")
        self.report = replace(self.report, cuda=None, cuda_problem=reason, kernel_problem=reason)
        return f"the GPU failed ({reason}), so the CPU answers from now on; restart VoxView to try it again"


def _result(
    request: BlendRequest, made: Shape, before: dict[Stage, float], *, decoded_ahead: bool = False
) -> BlendResult:
    """What the request gets for `made`; `before` are the milliseconds of the stages that led to it."""
    timings = before | {stage: before.get(stage, 0.0) + ms for stage, ms in made.timings.items()}
    result = BlendResult(request, made.field, made.surface, timings, request.device, decoded_ahead)
    return brushed(result) if request.remove_crumbs else result


def _iou(a: Grid, b: Grid) -> float:
    union = np.logical_or(a, b).sum()
    return float(np.logical_and(a, b).sum() / union) if union else 1.0


def _is_cuda_failure(error: Exception) -> bool:
    """torch and CuPy raise several types for a device that fails; all of them speak of CUDA."""
    return not isinstance(error, VoxViewError) and (
        "cuda" in f"{type(error).__module__}{type(error).__name__}{error}".lower()
        or type(error).__name__ == "OutOfMemoryError"
    )
