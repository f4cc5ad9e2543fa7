"""A slider move as one CUDA graph, captured once and replayed: position, kernel, decoder, field, surface.

One blend is some thirty kernels of a few microseconds each. Launched one after another from Python they take
a millisecond, in which the device mostly waits; a graph is launched as a whole. It works on static buffers:
the position goes in through pinned memory, the surface comes out the same way.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from voxview.conventions import LATENT_SHAPE
from voxview.engine.pipelines.pipeline import Shape, host_clock
from voxview.engine.request import Backend
from voxview.engine.timings import Stage
from voxview.latent.checks import kernel_of
from voxview.latent.cuda import interpolate_on_device
from voxview.latent.interpolate import interpolate
from voxview.model.autoencoder import GRID_SHAPE, Autoencoder
from voxview.surface.cuda import SurfaceExtractor

_WARM_UP_RUNS = 3
_LEAST_FREE = 2**25
"""Bytes that have to be free for a capture. A graph has memory of its own, which the allocator takes anew;
where there is none, the failure is better met before a capture has begun than in the middle of it."""


class SurfaceGraph:
    """A captured graph from a field on the device to a surface on the host."""

    def __init__(self, level: float, shape: tuple[int, int, int] = GRID_SHAPE) -> None:
        """Capture the graph for fields of `shape` on the current device."""
        self._input = torch.zeros(shape, device="cuda")
        self._output = _Output(level, shape)
        self._graph = capture(self._queue)

    def run(self, field: torch.Tensor) -> Shape:
        """Return `field`, float32 of the graph's shape on the device or the host, with its surface."""
        self._input.copy_(field)
        self._graph.replay()
        return self._output.read({})

    def _queue(self) -> None:
        self._output.begin()
        self._output.queue(self._input)


class BlendGraph:
    """A captured graph from a position between two latents to a surface on the host."""

    def __init__(
        self, autoencoder: Autoencoder, backend: Backend, level: float, *, own_decoder: bool = True
    ) -> None:
        """Capture the graph on the current device; with VoxView's `own_decoder`, or with PyTorch's layers."""
        self._backend = backend
        self._decode = autoencoder.unbatched_decoder(own_kernels=own_decoder)
        self._ends: tuple[torch.Tensor, torch.Tensor] | None = None
        self._a, self._b = torch.zeros((2, *LATENT_SHAPE), device="cuda")
        self._blend = torch.zeros((1, *LATENT_SHAPE), device="cuda")
        self._field = torch.zeros(GRID_SHAPE, device="cuda")
        self._position = torch.zeros(1, device="cuda")
        # What the host writes before each replay: the position, or the blend where NumPy makes it.
        self._written = torch.zeros((1, *LATENT_SHAPE) if backend == "numpy" else 1).pin_memory()
        self._output = _Output(level, GRID_SHAPE)
        self._graph = capture(self._queue)

    def run(self, z_a: torch.Tensor, z_b: torch.Tensor, t: float) -> Shape:
        """Return the blend of two latents `(8, 8)` on the device at t."""
        host = self.launch(z_a, z_b, t)
        return self._output.read(host)

    def launch(self, z_a: torch.Tensor, z_b: torch.Tensor, t: float) -> dict[Stage, float]:
        """Launch the graph, and return the milliseconds of the stages that ran on the host."""
        if self._ends is None or z_a is not self._ends[0] or z_b is not self._ends[1]:
            self._a.copy_(z_a)
            self._b.copy_(z_b)
            self._ends = z_a, z_b
            if self._backend == "numpy":
                self._on_host = z_a.cpu().numpy(), z_b.cpu().numpy()
        host: dict[Stage, float] = {}
        if self._backend == "numpy":
            with host_clock(host, Stage.INTERPOLATE):
                self._written.numpy()[:] = interpolate(*self._on_host, np.array([t], np.float32))
        else:
            self._written.numpy()[0] = t
        self._graph.replay()
        return host

    def wait_for(self, stage: Stage) -> None:
        """Wait until the device has passed a stage of what was launched last."""
        self._output.wait_for(stage)

    def _queue(self) -> None:
        output = self._output
        output.begin()
        if self._backend == "numpy":
            self._blend.copy_(self._written, non_blocking=True)
            output.mark(Stage.UPLOAD)
        else:
            self._position.copy_(self._written, non_blocking=True)
            output.mark(Stage.UPLOAD)
            interpolate_on_device(
                self._a,
                self._b,
                self._position,
                self._blend,
                kernel=kernel_of(self._backend),
                stream=torch.cuda.current_stream().cuda_stream,
            )
            output.mark(Stage.INTERPOLATE)
        self._decode(self._blend[0], self._field)
        output.mark(Stage.DECODE)
        output.queue(self._field)


class _Output:
    """The end of a graph, which makes and sends the surface, and the events that time the stages."""

    def __init__(self, level: float, shape: tuple[int, int, int]) -> None:
        self._level = level
        self._extractor = SurfaceExtractor(shape)
        self._field = torch.empty(shape).pin_memory()
        # External: recorded each time that the graph is replayed, and not only ordered within it.
        self._events = {stage: torch.cuda.Event(enable_timing=True, external=True) for stage in Stage}
        self._start = torch.cuda.Event(enable_timing=True, external=True)
        self._marked: list[Stage] = []

    def begin(self) -> None:
        """Record that the first stage begins here."""
        self._start.record()
        self._marked = []

    def mark(self, stage: Stage) -> None:
        """Record that what was queued since the last mark is this stage."""
        self._events[stage].record()
        self._marked.append(stage)

    def queue(self, field: torch.Tensor) -> None:
        """Make the field's surface, and send both to the host."""
        stream = torch.cuda.current_stream().cuda_stream
        self._extractor.queue(field, self._level, stream=stream)
        self.mark(Stage.SURFACE)
        self._extractor.deliver(stream=stream)
        self._field.copy_(field, non_blocking=True)
        self.mark(Stage.DOWNLOAD)

    def wait_for(self, stage: Stage) -> None:
        """Wait until the device has passed the stage."""
        self._events[stage].synchronize()

    def read(self, timings: dict[Stage, float]) -> Shape:
        """Wait for the device and take what it sent; `timings` are the stages that ran on the host."""
        torch.cuda.current_stream().synchronize()
        before = self._start
        for stage in self._marked:
            timings[stage] = before.elapsed_time(self._events[stage])
            before = self._events[stage]
        with host_clock(timings, Stage.DOWNLOAD):
            surface, field = self._extractor.surface(), self._field.numpy().copy()
        return Shape(field, surface, timings)


def capture(work: Callable[[], None], warm_up_runs: int = _WARM_UP_RUNS) -> torch.cuda.CUDAGraph:
    """Capture `work` as a graph, after some runs in which kernels are compiled and convolutions chosen.

    Raises `torch.OutOfMemoryError` where hardly any memory is free.
    """
    torch.cuda.empty_cache()  # as the capture itself would: what is only kept counts as free
    free, _ = torch.cuda.mem_get_info()
    if free < _LEAST_FREE:
        raise torch.OutOfMemoryError(f"CUDA out of memory: {free:,} bytes are free to capture a graph")
    current = torch.cuda.current_stream()
    aside = torch.cuda.Stream()
    aside.wait_stream(current)
    with torch.cuda.stream(aside):
        for _ in range(warm_up_runs):
            work()
    current.wait_stream(aside)
    graph = torch.cuda.CUDAGraph()
    # The program's other threads, VTK's above all, may call the driver while this one captures. The outer
    # context is for a capture that fails: torch would leave its stream as the current one.
    with torch.cuda.stream(current), torch.cuda.graph(graph, capture_error_mode="thread_local"):
        work()
    return graph
