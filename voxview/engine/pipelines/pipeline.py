"""The timed path from two grids to fields and surfaces: one interface, implemented for each device.

Warm-up stays outside the clock. On the CPU a stage is host time; on CUDA it lies between two events on
torch's current stream, and the host waits for the last of them before anybody reads a figure.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import LEVEL
from voxview.engine.request import Backend
from voxview.engine.scores.scorer import scores_of
from voxview.engine.timings import Stage
from voxview.latent.combine import combine
from voxview.latent.interpolate import interpolate
from voxview.latent.numpy_blend import blend as blend_in_numpy
from voxview.model.autoencoder import Autoencoder
from voxview.model.metrics import path_steps
from voxview.shapes.frame import Doubles, Field, Floats, Grid, Grids
from voxview.surface.extract import extract_surface
from voxview.surface.surface import Surface


@dataclass(frozen=True)
class Shape:
    """A decoded blend on the host, and the milliseconds of the stages that ran."""

    field: Field
    surface: Surface
    timings: dict[Stage, float]


class Pipeline(Protocol):
    """The encoder and the decoder on one device. Latents and fields stay where the device has them."""

    chunk: int
    """Blends to decode at once while decoding ahead."""
    makes_surfaces_ahead: bool
    """Whether surfaces are worth their memory: made anew, each would take a tenth of a picture's time."""

    def encode(self, grids: Grids) -> tuple[Any, dict[Stage, float]]:
        """Encode `(n, 32, 32, 32)` bool: return latents `(n, 8, 8)` on the device, and the milliseconds."""

    def upload(self, latents: Floats) -> Any:
        """Return latents `(n, 8, 8)` of the host as `encode` returns them."""

    def decode(self, z_a: Any, z_b: Any, t: Floats, backend: Backend) -> tuple[Any, dict[Stage, float]]:
        """Decode the blends at t `(k,)`: return fields `(k, 32, 32, 32)` on the device, and milliseconds."""

    def blend(self, z_a: Any, z_b: Any, t: Floats, backend: Backend) -> tuple[Floats, dict[Stage, float]]:
        """Decode blends as `decode`, and return the fields on the host."""

    def finish(self, field: Any) -> Shape:
        """Return one of the fields that `decode` returned, with its surface."""

    def shape(self, z_a: Any, z_b: Any, t: float, backend: Backend) -> Shape:
        """Return one blend, from its position to its surface: what a slider move costs."""

    def ends(self, z_a: Any, z_b: Any) -> tuple[Shape, Shape]:
        """Return the blends at t = 0 and t = 1: the chairs' own reconstructions, with their surfaces."""

    def surface(self, grid: Grid) -> Surface:
        """Return the surface of a grid `(32, 32, 32)` from the host, such as a chair's own."""

    def score(self, fields: Sequence[Any], floors: NDArray[np.int32], chairs: Grids) -> Floats:
        """Return the scores of m fields of `decode`, `(7, m)`; see `scorer.scores_of`."""

    def steps(self, fields: Sequence[Any]) -> Doubles:
        """Return the distance from each of m fields of `decode` to the next, `(m − 1,)`: see `path_steps`."""

    def mix(self, latents: Sequence[Any], weights: Floats, shift: Floats | None, backend: Backend) -> Shape:
        """Return the weighted sum of n latents, plus `shift` (8, 8) from the host, with its surface."""


class CpuPipeline:
    """A pipeline on the host."""

    chunk = 4  # a slider move waits for one chunk at the most
    makes_surfaces_ahead = True

    def __init__(self, autoencoder: Autoencoder) -> None:
        self._autoencoder = autoencoder

    def encode(self, grids: Grids) -> tuple[Floats, dict[Stage, float]]:
        """See `Pipeline`."""
        timings: dict[Stage, float] = {}
        with host_clock(timings, Stage.ENCODE):
            z = self._autoencoder.encode(grids)  # (n, 8, 8)
        return z, timings

    def upload(self, latents: Floats) -> Floats:
        """See `Pipeline`."""
        return latents

    def decode(
        self, z_a: Floats, z_b: Floats, t: Floats, backend: Backend
    ) -> tuple[Floats, dict[Stage, float]]:
        """See `Pipeline`."""
        timings: dict[Stage, float] = {}
        with host_clock(timings, Stage.INTERPOLATE):
            if backend == "numpy":
                z = blend_in_numpy(z_a, z_b, t)  # (k, 8, 8)
            else:
                z = interpolate(z_a, z_b, t, backend=backend)
        with host_clock(timings, Stage.DECODE):
            fields = self._autoencoder.decode(z)  # (k, 32, 32, 32)
        return fields, timings

    blend = decode

    def finish(self, field: Floats) -> Shape:
        """See `Pipeline`."""
        timings: dict[Stage, float] = {}
        with host_clock(timings, Stage.SURFACE):
            surface = extract_surface(field, LEVEL)
        return Shape(field, surface, timings)

    def shape(self, z_a: Floats, z_b: Floats, t: float, backend: Backend) -> Shape:
        """See `Pipeline`."""
        fields, timings = self.decode(z_a, z_b, np.array([t], np.float32), backend)
        finished = self.finish(fields[0])
        return Shape(finished.field, finished.surface, {**timings, **finished.timings})

    def ends(self, z_a: Floats, z_b: Floats) -> tuple[Shape, Shape]:
        """See `Pipeline`. Both are decoded together."""
        (a, b), _ = self.decode(z_a, z_b, np.array([0, 1], np.float32), "numpy")
        return self.finish(a), self.finish(b)

    def surface(self, grid: Grid) -> Surface:
        """See `Pipeline`."""
        return extract_surface(grid.astype(np.float32), LEVEL)

    def score(self, fields: Sequence[Floats], floors: NDArray[np.int32], chairs: Grids) -> Floats:
        """See `Pipeline`."""
        return scores_of(np.stack(fields) > LEVEL, floors, chairs.reshape(len(chairs), -1))

    def steps(self, fields: Sequence[Floats]) -> Doubles:
        """See `Pipeline`."""
        return path_steps(np.stack([field > LEVEL for field in fields]))

    def mix(
        self, latents: Sequence[Floats], weights: Floats, shift: Floats | None, backend: Backend
    ) -> Shape:
        """See `Pipeline`."""
        timings: dict[Stage, float] = {}
        with host_clock(timings, Stage.INTERPOLATE):
            z = combine(*with_shift(np.stack(latents), weights, shift), backend=backend)  # (1, 8, 8)
        with host_clock(timings, Stage.DECODE):
            field = self._autoencoder.decode(z)[0]
        finished = self.finish(field)
        return Shape(finished.field, finished.surface, {**timings, **finished.timings})


def on_host(latent: Any) -> Floats:
    """Return a latent of either pipeline as a NumPy array."""
    values: Floats = latent if isinstance(latent, np.ndarray) else latent.cpu().numpy()
    return values


def with_shift(latents: Floats, weights: Floats, shift: Floats | None) -> tuple[Floats, Floats]:
    """Append the shift as one more latent, of weight 1: (n, 8, 8), (n,) → (n + 1, 8, 8), (n + 1,)."""
    if shift is None:
        return latents, weights
    return np.concatenate([latents, shift[None]]), np.append(weights, np.float32(1))


@contextmanager
def host_clock(timings: dict[Stage, float], stage: Stage) -> Iterator[None]:
    """Add the milliseconds that pass on the host to a stage's."""
    start = time.perf_counter()
    yield
    timings[stage] = timings.get(stage, 0.0) + (time.perf_counter() - start) * 1e3
