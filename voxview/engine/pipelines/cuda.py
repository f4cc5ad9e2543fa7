"""The path on a CUDA device: one blend as a captured graph, many as a batch.

What lies between two events of a batch includes the time in which the device waits for Python to launch the
next kernel; inside a graph it does not, because the host launches a graph as a whole.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from voxview.conventions import LATENT_SHAPE, LEVEL
from voxview.cuda.to_host import copy_to_host
from voxview.engine.fallback import GpuOutOfMemoryError, gpu_error
from voxview.engine.pipelines.encode_graph import MOST_CHAIRS, EncodeGraph
from voxview.engine.pipelines.graph import BlendGraph, SurfaceGraph
from voxview.engine.pipelines.pipeline import Shape, host_clock, with_shift
from voxview.engine.request import Backend
from voxview.engine.scores.cuda_scorer import cuda_scores_of
from voxview.engine.scores.scorer import scores_of
from voxview.engine.timings import Stage
from voxview.latent.checks import kernel_of
from voxview.latent.combine import combine
from voxview.latent.cuda import combine_on_device, interpolate_on_device
from voxview.latent.interpolate import interpolate
from voxview.model.autoencoder import Autoencoder
from voxview.model.metrics import path_steps
from voxview.shapes.bits import pack_rows
from voxview.shapes.frame import Doubles, Floats, Grid, Grids
from voxview.surface.extract import extract_surface
from voxview.surface.surface import Surface

log = logging.getLogger(__name__)


class CudaPipeline:
    """A pipeline whose networks run on the GPU, and the interpolation there or, in NumPy, on the host."""

    chunk = 101  # a path in one go: some milliseconds
    makes_surfaces_ahead = False  # a fifth of a millisecond each, and fields stay on the device

    def __init__(self, autoencoder: Autoencoder, *, kernels: bool, broken: Collection[str] = ()) -> None:
        """Use VoxView's own `kernels`, but for `broken` sources; PyTorch and the host do what is missing."""
        self._autoencoder = autoencoder
        self._kernels = kernels
        self._broken = broken
        self._graphs: dict[Backend, BlendGraph] = {}
        self._surface_graph: SurfaceGraph | None = None
        self._encode_graphs: dict[int, EncodeGraph | None] = {}

    def encode(self, grids: Grids) -> tuple[torch.Tensor, dict[Stage, float]]:
        """See `Pipeline`."""
        graph = self._encode_graph(len(grids))
        clock = EventClock()
        uploaded = torch.from_numpy(np.ascontiguousarray(grids)).to("cuda")
        clock.mark(Stage.UPLOAD)
        z = graph.run(uploaded) if graph else self._autoencoder.encode_tensor(uploaded)  # (n, 8, 8)
        clock.mark(Stage.ENCODE)
        return z, clock.read()

    def upload(self, latents: Floats) -> torch.Tensor:
        """See `Pipeline`."""
        return torch.from_numpy(np.array(latents, np.float32)).to("cuda")

    def decode(
        self, z_a: torch.Tensor, z_b: torch.Tensor, t: Floats, backend: Backend
    ) -> tuple[torch.Tensor, dict[Stage, float]]:
        """See `Pipeline`."""
        fields, host, clock = self._decode(z_a, z_b, t, backend)
        return fields, {**host, **clock.read()}

    def blend(
        self, z_a: torch.Tensor, z_b: torch.Tensor, t: Floats, backend: Backend
    ) -> tuple[Floats, dict[Stage, float]]:
        """See `Pipeline`."""
        fields, host, clock = self._decode(z_a, z_b, t, backend)
        downloaded = np.empty(fields.shape, np.float32)
        if self._kernels:
            copy_to_host([fields], downloaded, stream=torch.cuda.current_stream().cuda_stream)
        else:  # which need CuPy, and so does that
            torch.from_numpy(downloaded).copy_(fields)
        clock.mark(Stage.DOWNLOAD)
        return downloaded, {**host, **clock.read()}

    def finish(self, field: torch.Tensor) -> Shape:
        """See `Pipeline`."""
        if not self._has("marching_cubes.cu"):
            return self._finish_on_host(field)
        return self._surfaces().run(field)

    def shape(self, z_a: torch.Tensor, z_b: torch.Tensor, t: float, backend: Backend) -> Shape:
        """See `Pipeline`."""
        if not self._has("marching_cubes.cu"):
            fields, timings = self.decode(z_a, z_b, np.array([t], np.float32), backend)
            finished = self._finish_on_host(fields[0])
            return Shape(finished.field, finished.surface, {**timings, **finished.timings})
        return self.graph(backend).run(z_a, z_b, t)

    def ends(self, z_a: torch.Tensor, z_b: torch.Tensor) -> tuple[Shape, Shape]:
        """See `Pipeline`. Each is a replay of a slider move's graph: a batch is launched from Python."""
        if not self._has("marching_cubes.cu"):
            (a, b), _ = self.decode(z_a, z_b, np.array([0, 1], np.float32), "numpy")
            return self._finish_on_host(a), self._finish_on_host(b)
        graph = next(iter(self._graphs.values()), None)  # at the ends all backends give the same bits
        if graph is None:
            graph = self.graph("cuda-shared" if self._has("interpolate.cu") else "numpy")
        return graph.run(z_a, z_b, 0.0), graph.run(z_a, z_b, 1.0)

    def surface(self, grid: Grid) -> Surface:
        """See `Pipeline`."""
        field = grid.astype(np.float32)
        if not self._has("marching_cubes.cu"):
            return extract_surface(field, LEVEL)
        return self._surfaces().run(torch.from_numpy(field)).surface

    def score(self, fields: Sequence[torch.Tensor], floors: NDArray[np.int32], chairs: Grids) -> Floats:
        """See `Pipeline`. Without the kernel the fields are scored on the host."""
        together = torch.stack(list(fields))
        if not self._has("score.cu"):
            return scores_of(together.cpu().numpy() > LEVEL, floors, chairs.reshape(len(chairs), -1))
        on_device = (torch.from_numpy(floors).cuda(), torch.from_numpy(pack_rows(chairs)).cuda())
        return np.asarray(cuda_scores_of(together, *on_device).cpu().numpy())

    def steps(self, fields: Sequence[torch.Tensor]) -> Doubles:
        """See `Pipeline`. Counted on the host, once a path: 3 MB of grids come back, and no fields."""
        grids = torch.stack(list(fields)) > LEVEL
        return path_steps(grids.cpu().numpy())

    def tf32_flips(self, z: torch.Tensor) -> int:
        """Return how many voxels of the fields of latents `(m, 8, 8)` TF32 puts on the level's other side."""
        exact, rounded = (self._autoencoder.decode_tensor(z, tf32=tf32) > LEVEL for tf32 in (False, True))
        return int((exact != rounded).sum().item())

    def mix(
        self, latents: Sequence[torch.Tensor], weights: Floats, shift: Floats | None, backend: Backend
    ) -> Shape:
        """See `Pipeline`."""
        host: dict[Stage, float] = {}
        stacked = torch.stack(list(latents))  # (n, 8, 8)
        if backend == "numpy" or not self._has("combine.cu"):
            on_host = stacked.cpu().numpy()
            with host_clock(host, Stage.INTERPOLATE):
                mixed = combine(*with_shift(on_host, weights, shift))
            clock = EventClock()
            z = torch.from_numpy(mixed).to("cuda")
            clock.mark(Stage.UPLOAD)
        else:
            z = torch.empty((1, *LATENT_SHAPE), device="cuda")
            clock = EventClock()
            if shift is not None:
                stacked = torch.cat([stacked, torch.from_numpy(shift[None]).to("cuda")])
                weights = np.append(weights, np.float32(1))
            rows = torch.from_numpy(weights[None]).to("cuda")
            clock.mark(Stage.UPLOAD)
            combine_on_device(stacked, rows, z, stream=torch.cuda.current_stream().cuda_stream)
            clock.mark(Stage.INTERPOLATE)
        fields = self._autoencoder.decode_tensor(z)  # (1, 32, 32, 32)
        clock.mark(Stage.DECODE)
        timings = {**host, **clock.read()}
        finished = self.finish(fields[0])
        return Shape(finished.field, finished.surface, {**timings, **finished.timings})

    def graph(self, backend: Backend) -> BlendGraph:
        """Return the graph that a slider move runs, captured when it is first needed."""
        if backend not in self._graphs:
            self._graphs[backend] = BlendGraph(
                self._autoencoder, backend, LEVEL, own_decoder=self._has("decoder.cu")
            )
        return self._graphs[backend]

    def _surfaces(self) -> SurfaceGraph:
        """Return the graph that makes surfaces of fields, captured when it is first needed."""
        if self._surface_graph is None:
            self._surface_graph = SurfaceGraph(LEVEL)
        return self._surface_graph

    def _has(self, source: str) -> bool:
        """Return whether the kernels of a source can be used."""
        return self._kernels and source not in self._broken

    def _encode_graph(self, n: int) -> EncodeGraph | None:
        """Return the graph that encodes n chairs, captured when it is first needed; None: there is none."""
        autoencoder = self._autoencoder
        if autoencoder.metric is None or not 1 <= n <= MOST_CHAIRS:
            return None
        if n not in self._encode_graphs:
            try:
                self._encode_graphs[n] = EncodeGraph(autoencoder.network_of_few, autoencoder.metric, n)
            except RuntimeError as error:  # of any library below: launched step by step it is slower
                log.debug("encoding %d chairs cannot be captured", n, exc_info=True)
                if isinstance(gpu_error(error), GpuOutOfMemoryError):
                    return None  # this time: it is captured once there is memory
                self._encode_graphs[n] = None
        return self._encode_graphs[n]

    def _decode(
        self, z_a: torch.Tensor, z_b: torch.Tensor, t: Floats, backend: Backend
    ) -> tuple[torch.Tensor, dict[Stage, float], EventClock]:
        host: dict[Stage, float] = {}
        if backend == "numpy":
            latents = z_a.cpu().numpy(), z_b.cpu().numpy()
            with host_clock(host, Stage.INTERPOLATE):
                blended = interpolate(*latents, t)
            clock = EventClock()
            z = torch.from_numpy(blended).to("cuda")
            clock.mark(Stage.UPLOAD)
        else:
            z = torch.empty((len(t), *LATENT_SHAPE), device="cuda")
            clock = EventClock()
            positions = torch.from_numpy(t).to("cuda")
            clock.mark(Stage.UPLOAD)
            stream = torch.cuda.current_stream().cuda_stream
            interpolate_on_device(z_a, z_b, positions, z, kernel=kernel_of(backend), stream=stream)
            clock.mark(Stage.INTERPOLATE)
        fields = self._autoencoder.decode_tensor(z)  # (k, 32, 32, 32)
        clock.mark(Stage.DECODE)
        return fields, host, clock

    def _finish_on_host(self, field: torch.Tensor) -> Shape:
        timings: dict[Stage, float] = {}
        with host_clock(timings, Stage.DOWNLOAD):
            downloaded = field.cpu().numpy()
        with host_clock(timings, Stage.SURFACE):
            surface = extract_surface(downloaded, LEVEL)
        return Shape(downloaded, surface, timings)


class EventClock:
    """Milliseconds between CUDA events on torch's current stream, one stage after another."""

    def __init__(self) -> None:
        self._begin = torch.cuda.Event(enable_timing=True)
        self._begin.record()
        self._ends: dict[Stage, torch.cuda.Event] = {}

    def mark(self, stage: Stage) -> None:
        """Record that what was queued since the last mark is this stage."""
        end = torch.cuda.Event(enable_timing=True)
        end.record()
        self._ends[stage] = end

    def read(self) -> dict[Stage, float]:
        """Wait for the device, then return each stage's milliseconds."""
        torch.cuda.current_stream().synchronize()
        return stage_times(self._begin, self._ends)


def stage_times(begin: torch.cuda.Event, ends: dict[Stage, torch.cuda.Event]) -> dict[Stage, float]:
    """Return the milliseconds from each stage's end to the one before it; all events have passed."""
    times = {}
    for stage, end in ends.items():
        times[stage] = begin.elapsed_time(end)
        begin = end
    return times
