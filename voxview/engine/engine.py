"""The engine: the answers to requests for blends, mixes and pairs. One thread owns it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from voxview.conventions import LEVEL, RESOLUTION
from voxview.engine.blending import Blender
from voxview.engine.chair_cache import ChairCache, GridCache
from voxview.engine.device import DeviceReport, find_devices, without_gpu
from voxview.engine.events import DecodedAhead, Measured, PairLoaded
from voxview.engine.fallback import CpuFallback, GpuError, GpuOutOfMemoryError, attempt, release_memory
from voxview.engine.latent_request import LatentRequest, LatentResult
from voxview.engine.measuring import measure_pair
from voxview.engine.mix import MixRequest, MixResult
from voxview.engine.mixing import Mixer, check_mix
from voxview.engine.pair_loading import PairLoader
from voxview.engine.pipelines.pipeline import CpuPipeline, Pipeline
from voxview.engine.prefetch import prefetch_path
from voxview.engine.refinement import encode_pair, refine_pair
from voxview.engine.request import Backend, BlendRequest, BlendResult, Device, LoadedChair
from voxview.engine.requested_surface import as_requested
from voxview.engine.scores.fallback_scorer import FallbackScorer
from voxview.engine.scores.scorer import CpuScorer, Scorer
from voxview.engine.shape_quality import quality_of
from voxview.engine.workers.pool import WorkerPool
from voxview.engine.workers.shared_run import SharedRun
from voxview.errors import InputError, VoxViewError
from voxview.model.autoencoder import Autoencoder, load_autoencoder
from voxview.model.directions import Directions, learn_directions
from voxview.model.orientation import FoundOrientation, find_orientation, find_orientation_in_steps
from voxview.model.weight_fingerprint import weight_fingerprint
from voxview.model.weights import find_weights, read_weights
from voxview.model.weights_card import read_card
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Floats, Grid, Grids
from voxview.surface.extract import extract_surface


class Engine:
    """One set of weights on the CPU and, if it can be used, on a CUDA device, and the answers to requests."""

    def __init__(
        self,
        weights: str | Path | None = None,
        device: Device | None = None,
        *,
        report: DeviceReport | None = None,
        grids: GridCache | None = None,
        workers: WorkerPool | None = None,
    ) -> None:
        """Load `weights` (None: the default ones). `device="cpu"` leaves a GPU alone.

        `report`, `grids` and `workers` are what another engine has found out, read and started. Raises
        `InputError` for weights that cannot be used and `VoxViewError` for a CUDA device that is not there,
        or is full. Where it is not required, the CPU answers for one that is full.
        """
        autoencoder = load_autoencoder(weights, device="cpu")
        self.weights = autoencoder.name
        self._weights_file = find_weights(weights)
        self.card = read_card(weights)
        report = report or find_devices()
        if device == "cuda" and report.cuda is None:
            raise VoxViewError(f"no CUDA device: {report.cuda_problem}; use the CPU and backend numpy")
        self._autoencoders: dict[Device, Autoencoder] = {"cpu": autoencoder}
        self._pipelines: dict[Device, Pipeline] = {"cpu": CpuPipeline(autoencoder)}
        if report.cuda and device != "cpu":
            on_gpu = attempt(partial(load_autoencoder, weights, device="cuda"))
            if isinstance(on_gpu, GpuError):
                report = without_gpu(report, _why_without_weights(on_gpu, required=device == "cuda"))
            else:
                self._add_gpu(on_gpu, report)
        self._fallback = CpuFallback(report, tuple(self._pipelines), self._release_gpu)
        self._chairs = ChairCache(autoencoder, self._pipelines, grids, lambda: self.weights_fingerprint)
        self._pairs = PairLoader(self._pipelines, self._chairs, self._fallback)
        self._blender = Blender(self._pipelines, self._chairs)
        self._mixer = Mixer(self._pipelines, self._chairs)
        self.workers = WorkerPool() if workers is None else workers
        """What scores parts of a set on further GPUs, in processes of their own."""

    def _add_gpu(self, autoencoder: Autoencoder, report: DeviceReport) -> None:
        """Use the GPU, which has the weights."""
        from voxview.engine.pipelines.cuda import CudaPipeline

        kernels = report.kernel_problem is None
        self._autoencoders["cuda"] = autoencoder
        self._pipelines["cuda"] = CudaPipeline(autoencoder, kernels=kernels, broken=report.broken_kernels)

    @property
    def report(self) -> DeviceReport:
        """What this machine can compute on, without a GPU that has failed."""
        return self._fallback.report

    @property
    def devices(self) -> tuple[Device, ...]:
        """The devices in use, best last."""
        return self._fallback.devices

    @property
    def pipelines(self) -> Mapping[Device, Pipeline]:
        """The pipeline of each device in use, for the benchmark."""
        return self._pipelines

    def weights_digest(self) -> str:
        """Return the SHA-256 of the weights' file, by which a record can be held against it."""
        return hashlib.sha256(self._weights_file.read_bytes()).hexdigest()

    @cached_property
    def weights_fingerprint(self) -> str:
        """The fingerprint of the weights' tensors, whatever the file's header says."""
        return weight_fingerprint(read_weights(self._weights_file).tensors)

    def with_weights(self, weights: str | Path | None) -> Engine:
        """Return an engine with other weights on the same devices. Raises as the constructor.

        It is a new one, so that nothing that was computed with the weights before can be taken for theirs: of
        all that is kept, only the chairs' grids come along. A GPU that failed is not tried again.
        """
        device: Device | None = None if "cuda" in self.devices else "cpu"
        return Engine(weights, device, report=self.report, grids=self._chairs.grids, workers=self.workers)

    # ---- one request ----------------------------------------------------------------------------

    def blend(self, request: BlendRequest) -> BlendResult:
        """Answer one request; on the CPU, with a notice, if the GPU fails in the middle of it.

        Raises `InputError` for a chair whose file cannot be used, a t outside [0, 1] or an unknown backend.
        """
        _check_positions([request.t])
        return self._fallback.answer(request, self._blender.blend)

    def morph(self, request: BlendRequest, positions: Sequence[float]) -> Iterator[BlendResult]:
        """Yield the blends of the request's pair at many positions, decoded in batches.

        Their timings are each blend's share of its batch. Raises as `blend`; where the GPU fails, the CPU
        answers for the batch, with a notice.
        """
        _check_positions(positions)
        chunk = self._blender.chunk(self._fallback.supported(request).device)
        for start in range(0, len(positions), chunk):
            requests = [replace(request, t=t) for t in positions[start : start + chunk]]
            yield from self._fallback.answer_all(requests, self._blender.blend_together)

    def grids(self, request: BlendRequest, positions: Sequence[float]) -> Iterator[Grids]:
        """Yield the grids `(k, 32, 32, 32)` of the request's pair at many positions, in batches; no surfaces.

        They are as they would be shown: without small components where the request wants that. Raises and
        falls back as `morph`.
        """
        _check_positions(positions)
        request = self._fallback.supported(request)
        chunk = self._blender.chunk(request.device)
        for start in range(0, len(positions), chunk):
            grids, _ = self._fallback.run(
                request.device, partial(self._blender.grids, request, positions[start : start + chunk])
            )
            yield grids

    def mix(self, request: MixRequest) -> MixResult:
        """Answer one request for a mix; on the CPU, with a notice, if the GPU fails in the middle of it.

        Raises `InputError` for a chair whose file cannot be used, for weights and amounts that cannot be, and
        for a shift before `learn_directions` has ended.
        """
        check_mix(request)
        return self._fallback.answer(request, self._mixer.mix)

    @property
    def directions(self) -> Directions | None:
        """What moves the attributes, for the weights in use; None until `learn_directions` has ended."""
        return self._mixer.directions

    def learn_directions(self) -> Generator[tuple[int, int], None, Directions]:
        """Fit the directions of the attributes, once; yield (chairs done, total) and return them."""
        if self._mixer.directions is None:
            encode = partial(self.encode_unrefined, device=self.devices[-1])
            self._mixer.directions = yield from learn_directions(encode)
        return self._mixer.directions

    # ---- a pair ---------------------------------------------------------------------------------

    def grid(self, chair: Chair) -> Grid:
        """Return the chair's grid, read once."""
        return self._chairs.grid(chair)

    def load_pair(
        self,
        a: Chair,
        b: Chair,
        device: Device = "cpu",
        *,
        quick: bool = False,
        surface_resolution: int = RESOLUTION,
    ) -> tuple[LoadedChair, LoadedChair]:
        """Return the two chairs with their surfaces, and the IoU of each with its own reconstruction.

        If `quick`, a CPU takes unrefined encodings at first: then `decode_ahead` begins with refining them.
        """
        return self._pairs.load(a, b, device, quick=quick, surface_resolution=surface_resolution)

    def refine(self, request: BlendRequest) -> Iterator[DecodedAhead | PairLoaded]:
        """Refine the request's pair in small steps if it was loaded quickly; then `PairLoaded` comes again.

        What was blended before has to be blended anew.
        """
        yield from refine_pair(self._fallback.supported(request), self._chairs, self._pairs)

    def encode_pair(self, request: BlendRequest) -> Iterator[None]:
        """Encode the request's pair, refined, in small steps, so that its morph need not do it in one."""
        yield from encode_pair(self._fallback.supported(request), self._chairs)

    def decode_ahead(self, request: BlendRequest) -> Iterator[DecodedAhead | PairLoaded]:
        """Decode and score the whole path of the request's pair, the neighbourhood of its t first.

        Yields after each step. If the pair was loaded quickly it is refined first, and a `PairLoaded` comes
        again; what was blended before has to be blended anew.
        """
        request = self._fallback.supported(request)
        yield from refine_pair(request, self._chairs, self._pairs)
        yield from prefetch_path(request, self._blender, self._chairs)

    def measure(self, request: BlendRequest) -> Iterator[Measured | None]:
        """Run the request's pair live on every device in turn; yield each run, or None between two steps."""
        yield from measure_pair(request, self._fallback, self._blender, self._chairs)

    # ---- a set, a catalog, a place on its map -----------------------------------------------------

    def scorer(
        self, chairs: tuple[Chair, ...], backend: Backend, device: Device, *, tf32: bool = False
    ) -> FallbackScorer:
        """Return what scores the in-betweens of `chairs`: on the CPU where the GPU cannot, or fails.

        Their grids are read now, unless they have been; they are encoded by the scorer's `encode`, but for
        those whose latent is known. With `tf32` a GPU decodes in TF32 what it scores.
        """
        grids = np.stack([self.grid(chair) for chair in chairs])
        known = {i: z for i, chair in enumerate(chairs) if (z := self.known_latent(chair)) is not None}
        scores_there = self.report.has_kernels("all_pairs.cu", "score.cu")
        has_kernel = backend in self.report.backends[1:] and scores_there

        def build(device: Device) -> Scorer:
            if device == "cpu":
                return CpuScorer(self._autoencoders["cpu"], grids, known)
            from voxview.engine.scores.cuda_scorer import CudaScorer

            return CudaScorer(self._autoencoders["cuda"], grids, backend, known=known, tf32=tf32)

        usable = has_kernel and device in self.devices
        return FallbackScorer(build, device if usable else "cpu", self._fallback)

    def share(
        self,
        chairs: tuple[Chair, ...],
        scorer: FallbackScorer,
        blends: int,
        backend: Backend,
        *,
        tf32: bool = False,
        alone: bool = False,
    ) -> SharedRun:
        """Return what the workers do of so many `blends` of `chairs`: nothing if `alone` or without workers.

        `scorer` is that of the same chairs, `backend` and `tf32`.
        """
        if alone:
            return SharedRun((), None, scorer)
        grids = np.stack([self.grid(chair) for chair in chairs])
        weights = self._weights_file.absolute(), lambda: self.weights_fingerprint
        return self.workers.share(scorer, grids, blends, weights, backend, tf32=tf32)

    @property
    def autoencoder(self) -> Autoencoder:
        """The autoencoder of the weights in use, on the CPU."""
        return self._autoencoders["cpu"]

    def latents(self, chairs: Sequence[Chair], device: Device) -> Floats:
        """Return the latents `(n, 8, 8)` of chairs as they are in use on a device, on the host."""
        z, _ = self._chairs.latents(chairs, device, allow_unrefined=True)
        return np.stack([one if isinstance(one, np.ndarray) else one.cpu().numpy() for one in z])

    def known_latent(self, chair: Chair) -> Floats | None:
        """Return the latent `(8, 8)` that the weights in use decoded a chair from, if that is known."""
        return self._chairs.known_latent(chair)

    def encode_unrefined(self, grids: Grids, device: Device) -> Floats:
        """Return the unrefined encodings `(n, 8, 8)` of `grids` `(n, 32, 32, 32)`, on the host."""
        return self._host_to_host(device, lambda autoencoder: autoencoder.encode(grids, refine=0))

    def decode(self, latents: Floats, device: Device) -> Floats:
        """Return the fields `(n, 32, 32, 32)` of latents `(n, 8, 8)`, on the host."""
        return self._host_to_host(device, lambda autoencoder: autoencoder.decode(latents))

    def encode_in_steps(self, grids: Grids, device: Device) -> Generator[None, None, Any]:
        """Return the refined encodings `(n, 8, 8)` of grids, on the device; a CPU takes small steps."""
        if device == "cuda":
            return self._pipelines[device].encode(grids)[0]
        parts = []
        for start in range(0, len(grids), 2):
            parts.append((yield from self._autoencoders[device].encode_in_steps(grids[start : start + 2])))
        return np.concatenate(parts)

    def find_orientation(self, grid: Grid) -> Generator[tuple[int, int], None, FoundOrientation]:
        """Return how a chair has to be turned to stand as chairs do; yield (orientations done, all)."""
        if self.devices[-1] == "cuda":
            found, _ = self._fallback.run(
                "cuda", lambda device: find_orientation(self._autoencoders[device], grid)
            )
            return found
        return (yield from find_orientation_in_steps(self._autoencoders["cpu"], grid))

    def decode_latent(self, request: LatentRequest) -> LatentResult:
        """Return the chair at a place in the latent space."""
        field = self.decode(request.latent[None], request.device)[0]
        quality = quality_of(field > LEVEL, request.floor)
        return as_requested(LatentResult(request, field, extract_surface(field, LEVEL), quality))

    def _host_to_host(self, device: Device, work: Callable[[Autoencoder], Floats]) -> Floats:
        """Return what `work` returns for the device's autoencoder; the next blend has the notice, if any."""
        array, _ = self._fallback.run(device, lambda device: work(self._autoencoders[device]))
        return array

    def _release_gpu(self) -> None:
        """Let go of what is kept on a GPU that failed for good."""
        self._pipelines.pop("cuda", None)
        self._chairs.forget("cuda")


def _why_without_weights(failure: GpuError, *, required: bool) -> str:
    """Return why the GPU cannot have the weights, as a sentence; raise it as `VoxViewError` if `required`."""
    release_memory()
    reason = "its memory is full" if isinstance(failure, GpuOutOfMemoryError) else str(failure)
    sentence = f"the GPU cannot take the weights ({reason}): close other programs that use it"
    if required:
        raise VoxViewError(f"{sentence}, or use the CPU and backend numpy")
    return f"{sentence} and restart VoxView"


def _check_positions(positions: Sequence[float]) -> None:
    """Raise `InputError` if a position is outside [0, 1]."""
    for t in positions:
        if not 0.0 <= t <= 1.0:
            raise InputError(f"t is between 0 and 1, but {t} came")
