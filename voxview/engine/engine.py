"""The engine answers blend requests: caches, decoding ahead, device choice. One thread owns it."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from voxview.engine.device import DeviceReport, find_devices
from voxview.engine.events import DecodedAhead, Measured
from voxview.engine.pipeline import CpuPipeline, CudaPipeline, Pipeline
from voxview.engine.request import LEVEL, BlendRequest, BlendResult, Device, LoadedChair
from voxview.engine.timings import Stage
from voxview.errors import InputError, VoxViewError
from voxview.model.autoencoder import load_autoencoder
from voxview.shapes.chair import Chair
from voxview.shapes.frame import RESOLUTION, Field, Grid
from voxview.surface.extract import extract_surface

PATH_STEPS = 101
"""Blends decoded ahead for a pair: t = 0, 0.01 … 1, the slider's own positions."""

CHUNK = 4
"""Blends decoded at once while decoding ahead: a slider move waits for one chunk at the most."""

MEASURED_RUNS = 9
"""Live runs on each device after a pair is chosen, for the timing panel."""

KEPT_CHAIRS = 256
"""Chairs whose grid and latents are kept in memory: 32 KiB each."""


class Engine:
    """Loads the weights once, and answers `BlendRequest`s on the CPU or on a CUDA device."""

    def __init__(self, weights: str | Path | None = None, device: Device | None = None) -> None:
        """Load `weights` (None: the default ones). `device="cpu"` leaves a GPU alone."""
        autoencoder = load_autoencoder(weights, device="cpu")
        self.weights = autoencoder.name
        self.report: DeviceReport = find_devices()
        if device == "cuda" and self.report.cuda is None:
            raise VoxViewError(f"no CUDA device: {self.report.cuda_problem}; use the CPU and backend numpy")
        self._pipelines: dict[Device, Pipeline] = {"cpu": CpuPipeline(autoencoder)}
        if self.report.cuda and device != "cpu":
            self._pipelines["cuda"] = CudaPipeline(load_autoencoder(weights, device="cuda"))
        self._grids: OrderedDict[Chair, Grid] = OrderedDict()
        self._latents: OrderedDict[tuple[Chair, Device], Any] = OrderedDict()
        self._path: _Path | None = None
        self._warm: set[Device] = set()

    @property
    def devices(self) -> tuple[Device, ...]:
        """The devices in use, best last."""
        return tuple(self._pipelines)

    # ---- one request ----------------------------------------------------------------------------

    def blend(self, request: BlendRequest) -> BlendResult:
        """Answer one request; on the CPU, with a notice, if the GPU fails in the middle of it.

        Raises `InputError` for a chair whose file cannot be used, a t outside [0, 1] or an unknown backend.
        """
        if not 0.0 <= request.t <= 1.0:
            raise InputError(f"t is between 0 and 1, but {request.t} came")
        notice = self._unmet(request)
        if notice:
            request = replace(request, device="cpu", backend="numpy")
        try:
            return replace(self._answer(request), notice=notice)
        except Exception as error:
            if request.device != "cuda" or not _is_cuda_failure(error):
                raise
            notice = self._give_up_cuda(error)
            return replace(self._answer(replace(request, device="cpu", backend="numpy")), notice=notice)

    def _answer(self, request: BlendRequest) -> BlendResult:
        ahead = None if request.live else self._from_path(request)
        if ahead is None:
            fields, timings = self._run(request, np.array([request.t], np.float32))
            field = fields[0]
        else:
            field, timings = ahead, {}
        start = time.perf_counter()
        surface = extract_surface(field, LEVEL)
        timings[Stage.SURFACE] = (time.perf_counter() - start) * 1e3
        return BlendResult(request, field, surface, timings, request.device, decoded_ahead=ahead is not None)

    def _run(self, request: BlendRequest, t: np.ndarray) -> tuple[np.ndarray, dict[Stage, float]]:
        """Fields `(k, 32, 32, 32)` for t `(k,)`; encoding is timed only where it was not cached."""
        pipeline = self._pipelines[request.device]
        if request.device not in self._warm:
            self._warm_up(request, t)
        latents, encoding = self._latents_of((request.a, request.b), request.device, fresh=request.live)
        fields, timings = pipeline.blend(latents[0], latents[1], t, request.backend)
        for stage, milliseconds in encoding.items():
            timings[stage] = timings.get(stage, 0.0) + milliseconds
        return fields, timings

    def _warm_up(self, request: BlendRequest, t: np.ndarray) -> None:
        """Compile kernels and pick convolution algorithms outside the clock."""
        pipeline = self._pipelines[request.device]
        z, _ = pipeline.encode(np.zeros((2, *(RESOLUTION,) * 3), bool))
        pipeline.blend(z[0], z[1], t, request.backend)
        self._warm.add(request.device)

    def _latents_of(
        self, chairs: tuple[Chair, ...], device: Device, *, fresh: bool = False
    ) -> tuple[list[Any], dict[Stage, float]]:
        """The chairs' latents on the device, those that are missing encoded together in one pass."""
        missing = [c for c in dict.fromkeys(chairs) if fresh or (c, device) not in self._latents]
        timings: dict[Stage, float] = {}
        if missing:
            z, timings = self._pipelines[device].encode(np.stack([self.grid(c) for c in missing]))
            for chair, latent in zip(missing, z, strict=True):
                _keep(self._latents, (chair, device), latent)
        for chair in chairs:
            self._latents.move_to_end((chair, device))
        return [self._latents[chair, device] for chair in chairs], timings

    def grid(self, chair: Chair) -> Grid:
        """The chair's grid, read once."""
        if chair not in self._grids:
            _keep(self._grids, chair, chair.read())
        self._grids.move_to_end(chair)
        return self._grids[chair]

    # ---- a pair ---------------------------------------------------------------------------------

    def load_pair(self, a: Chair, b: Chair) -> tuple[LoadedChair, LoadedChair]:
        """The two chairs themselves with their surfaces, and the IoU of each with its own reconstruction."""
        (z_a, z_b), _ = self._latents_of((a, b), "cpu")
        # The ends of a morph are the reconstructions, exactly.
        fields, _ = self._pipelines["cpu"].blend(z_a, z_b, np.array([0, 1], np.float32), "numpy")
        return self._loaded(a, fields[0]), self._loaded(b, fields[1])

    def _loaded(self, chair: Chair, reconstruction: Field) -> LoadedChair:
        grid = self.grid(chair)
        surface = extract_surface(grid.astype(np.float32), LEVEL)
        return LoadedChair(chair, grid, surface, _iou(grid, reconstruction > LEVEL))

    def decode_ahead(self, request: BlendRequest) -> Iterator[DecodedAhead]:
        """Decode the whole path of the request's pair, the neighbourhood of its t first, chunk by chunk."""
        if self._unmet(request):
            request = replace(request, device="cpu", backend="numpy")
        path = self._path
        if path is None or not path.request.same_path(request):
            path = self._path = path.turned_round(request) if path else _Path(request)
        yield DecodedAhead(int(path.ready.sum()), PATH_STEPS)  # a path may be there already
        while missing := path.missing_near(request.t):
            fields, _ = self._run(replace(request, live=False), path.t[missing])
            path.fields[missing] = fields
            path.ready[missing] = True
            yield DecodedAhead(int(path.ready.sum()), PATH_STEPS)

    def measure(self, request: BlendRequest) -> Iterator[Measured]:
        """Run the request live on every device in turn, so that the figures can stand side by side."""
        for run in range(MEASURED_RUNS):
            for device in self.devices:
                backend = request.backend if device == "cuda" else "numpy"
                result = self.blend(
                    replace(request, device=device, backend=backend, live=True, t=(run + 0.5) / MEASURED_RUNS)
                )
                if result.notice is None:
                    yield Measured(device, result.timings)

    def _from_path(self, request: BlendRequest) -> Field | None:
        if self._path is None or not self._path.request.same_path(request):
            return None
        return self._path.field(request.t)

    # ---- when the GPU is not there --------------------------------------------------------------

    def _unmet(self, request: BlendRequest) -> str | None:
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
        if isinstance(error, torch.OutOfMemoryError):
            torch.cuda.empty_cache()
            return "the GPU is out of memory, so the CPU answered; close other programs that use the GPU"
        self._pipelines.pop("cuda", None)
        self._latents = OrderedDict((k, z) for k, z in self._latents.items() if k[1] != "cuda")
        self.report = replace(self.report, cuda=None, cuda_problem=reason, kernel_problem=reason)
        return f"the GPU failed ({reason}), so the CPU answers from now on; restart VoxView to try it again"


class _Path:
    """The fields of one pair at the slider's positions, as far as they are decoded."""

    def __init__(self, request: BlendRequest) -> None:
        self.request = request
        self.t = (np.arange(PATH_STEPS) / (PATH_STEPS - 1)).astype(np.float32)
        self.fields = np.empty((PATH_STEPS, RESOLUTION, RESOLUTION, RESOLUTION), np.float32)
        self.ready = np.zeros(PATH_STEPS, bool)

    def turned_round(self, request: BlendRequest) -> _Path:
        """The request's path: this one read backwards if A and B have changed places, else an empty one."""
        path = _Path(request)
        if replace(request, a=request.b, b=request.a).same_path(self.request):
            path.fields, path.ready = self.fields[::-1], self.ready[::-1].copy()
        return path

    def field(self, t: float) -> Field | None:
        """The field at t if t is one of the positions and is decoded."""
        step = round(t * (PATH_STEPS - 1))
        if self.ready[step] and np.float32(t) == self.t[step]:
            return self.fields[step].copy()
        return None

    def missing_near(self, t: float) -> list[int]:
        """The next chunk of positions to decode, those next to t first."""
        missing = np.flatnonzero(~self.ready)
        nearest = np.argsort(np.abs(self.t[missing] - t), kind="stable")[:CHUNK]
        return sorted(int(step) for step in missing[nearest])


def _iou(a: Grid, b: Grid) -> float:
    union = np.logical_or(a, b).sum()
    return float(np.logical_and(a, b).sum() / union) if union else 1.0


def _keep(cache: OrderedDict, key: object, value: object) -> None:
    cache[key] = value
    while len(cache) > KEPT_CHAIRS:
        cache.popitem(last=False)


def _is_cuda_failure(error: Exception) -> bool:
    """torch and CuPy raise several types for a device that fails; all of them speak of CUDA."""
    return not isinstance(error, VoxViewError) and (
        "cuda" in f"{type(error).__module__}{type(error).__name__}{error}".lower()
        or type(error).__name__ == "OutOfMemoryError"
    )
