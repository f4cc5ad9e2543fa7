"""The timed path from two grids to fields, once for each device, behind one interface.

Warm-up stays outside the clock. On the CPU a stage is host time; on CUDA it lies between two events on
torch's current stream, and the host waits for the last of them before anybody reads a figure. What lies
between two events includes the time in which the device waits for Python to launch the next kernel: for one
blend that is most of it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from voxview.engine.request import Backend
from voxview.engine.timings import Stage
from voxview.latent.interpolate import interpolate

if TYPE_CHECKING:
    import torch

    from voxview.model.autoencoder import Autoencoder

Floats = NDArray[np.float32]
Grids = NDArray[np.bool_]


class Pipeline(Protocol):
    """Encodes grids and decodes blends on one device. A latent stays where the device can use it."""

    def encode(self, grids: Grids) -> tuple[Any, dict[Stage, float]]:
        """`(n, 32, 32, 32)` bool → latents `(n, 8, 8)` on the device, with the milliseconds they took."""

    def blend(self, z_a: Any, z_b: Any, t: Floats, backend: Backend) -> tuple[Floats, dict[Stage, float]]:
        """Two latents and t `(k,)` → fields `(k, 32, 32, 32)` on the host, with the milliseconds it took."""


class CpuPipeline:
    """Everything on the host."""

    def __init__(self, autoencoder: Autoencoder) -> None:
        self._autoencoder = autoencoder

    def encode(self, grids: Grids) -> tuple[Floats, dict[Stage, float]]:
        timings: dict[Stage, float] = {}
        with _host_clock(timings, Stage.ENCODE):
            z = self._autoencoder.encode(grids)  # (n, 8, 8)
        return z, timings

    def blend(
        self, z_a: Floats, z_b: Floats, t: Floats, backend: Backend
    ) -> tuple[Floats, dict[Stage, float]]:
        timings: dict[Stage, float] = {}
        with _host_clock(timings, Stage.INTERPOLATE):
            z = interpolate(z_a, z_b, t, backend=backend)  # (k, 8, 8)
        with _host_clock(timings, Stage.DECODE):
            fields = self._autoencoder.decode(z)  # (k, 32, 32, 32)
        return fields, timings


class CudaPipeline:
    """Networks on the GPU; the interpolation in a CUDA kernel, or on the host if NumPy is asked for."""

    def __init__(self, autoencoder: Autoencoder) -> None:
        self._autoencoder = autoencoder

    def encode(self, grids: Grids) -> tuple[torch.Tensor, dict[Stage, float]]:
        import torch

        clock = _EventClock()
        with clock.stage(Stage.UPLOAD):
            uploaded = torch.from_numpy(np.ascontiguousarray(grids)).to("cuda")
        with clock.stage(Stage.ENCODE):
            z = self._autoencoder.encode_tensor(uploaded)  # (n, 8, 8)
        return z, clock.read()

    def blend(
        self, z_a: torch.Tensor, z_b: torch.Tensor, t: Floats, backend: Backend
    ) -> tuple[Floats, dict[Stage, float]]:
        import torch

        host: dict[Stage, float] = {}
        clock = _EventClock()
        if backend == "numpy":
            latents = z_a.cpu().numpy(), z_b.cpu().numpy()
            with _host_clock(host, Stage.INTERPOLATE):
                blended = interpolate(*latents, t)
            with clock.stage(Stage.UPLOAD):
                z = torch.from_numpy(blended).to("cuda")
        else:
            from voxview.latent.cuda import interpolate_on_device

            z = torch.empty((len(t), 8, 8), device="cuda")
            with clock.stage(Stage.UPLOAD):
                t_device = torch.from_numpy(t).to("cuda")
            with clock.stage(Stage.INTERPOLATE):
                interpolate_on_device(
                    z_a,
                    z_b,
                    t_device,
                    z,
                    kernel="shared" if backend == "cuda-shared" else "global",
                    stream=torch.cuda.current_stream().cuda_stream,
                )
        with clock.stage(Stage.DECODE):
            fields = self._autoencoder.decode_tensor(z)  # (k, 32, 32, 32)
        with clock.stage(Stage.DOWNLOAD):
            downloaded = fields.cpu().numpy()
        return downloaded, {**host, **clock.read()}


@contextmanager
def _host_clock(timings: dict[Stage, float], stage: Stage) -> Iterator[None]:
    start = time.perf_counter()
    yield
    timings[stage] = (time.perf_counter() - start) * 1e3


class _EventClock:
    """Milliseconds between CUDA events on torch's current stream."""

    def __init__(self) -> None:
        self._events: dict[Stage, tuple[torch.cuda.Event, torch.cuda.Event]] = {}

    @contextmanager
    def stage(self, stage: Stage) -> Iterator[None]:
        import torch

        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        yield
        end.record()
        self._events[stage] = (start, end)

    def read(self) -> dict[Stage, float]:
        """Wait for the device, then give each stage's milliseconds."""
        import torch

        torch.cuda.current_stream().synchronize()
        return {stage: start.elapsed_time(end) for stage, (start, end) in self._events.items()}
