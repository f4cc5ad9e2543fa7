"""The data of a slider move: a `BlendRequest`, and the engine's answer to it, a `BlendResult`.

Both are frozen and hold nothing but arrays and plain values, so that they may cross threads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from voxview.conventions import LEVEL, MOVING_SURFACE_RESOLUTION, RESOLUTION
from voxview.engine.timings import Timings
from voxview.shapes.chair import Chair

if TYPE_CHECKING:  # the bare window needs these words, and must not wait for NumPy
    from voxview.shapes.frame import Field, Floats, Grid
    from voxview.surface.surface import Surface

Backend = Literal["numpy", "cuda-global", "cuda-shared"]
"""Where the interpolation runs."""

Device = Literal["cpu", "cuda"]
"""Where the encoder and the decoder run."""


PATH_STEPS = 101
"""Positions on a path that are decoded ahead: t = 0, 0.01 … 1, the slider's own."""

_LAST = PATH_STEPS - 1
_DIGITS = 6
"""Decimals that t is rounded to: 0.1 + 0.2 is the slider's step 30."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place between A (t = 0) and B (t = 1)."""

    t: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.t <= 1.0:
            raise ValueError(f"a position lies between 0 and 1, but {self.t} came")

    @classmethod
    def at_step(cls, step: int) -> Position:
        """Return the slider's position at a step, 0 to 100."""
        return cls(step / _LAST)

    @classmethod
    def clipped(cls, t: float) -> Position:
        """Return the position at t, cut to [0, 1] and rounded to six decimals."""
        return cls(round(min(1.0, max(0.0, t)), _DIGITS))

    @property
    def step(self) -> int:
        """The nearest of the slider's steps, 0 to 100."""
        return round(self.t * _LAST)

    def reversed(self) -> Position:
        """Return the same place seen from B to A: 1 − t."""
        return Position.clipped(1.0 - self.t)

    def moved(self, by: float) -> Position:
        """Return the position `by` further towards B, cut to [0, 1]."""
        return Position.clipped(self.t + by)


def resolution_now(surface_resolution: int, *, in_motion: bool) -> int:
    """Return the resolution of a requested surface, coarser while the slider moves."""
    return min(surface_resolution, MOVING_SURFACE_RESOLUTION) if in_motion else surface_resolution


@dataclass(frozen=True)
class BlendRequest:
    """Chair A, chair B and a position between them."""

    a: Chair
    b: Chair
    t: float
    """0 is A's own reconstruction, 1 is B's."""
    backend: Backend = "numpy"
    device: Device = "cpu"
    live: bool = False
    """Run every stage now, even where the path was decoded ahead: for measuring."""
    remove_small_components: bool = False
    """Leave out the small components of what is shown or written; never of what is measured."""
    surface_resolution: int = RESOLUTION
    """32, 64 or 96: above 32 the surface is fine. Field and measures do not depend on it."""
    in_motion: bool = False
    """The next request is on its way: a surface of 64³ samples is fine enough."""

    @property
    def position(self) -> Position:
        """The position at t, cut to [0, 1] and rounded, so that the slider's own positions are exact."""
        return Position.clipped(self.t)

    @property
    def extracted_resolution(self) -> int:
        """The resolution of the surface that is extracted now."""
        return resolution_now(self.surface_resolution, in_motion=self.in_motion)

    def same_path(self, other: BlendRequest | None) -> bool:
        """Return whether both request blends of the same two chairs, computed in the same way."""
        return other is not None and (self.a, self.b, self.backend, self.device) == (
            other.a,
            other.b,
            other.backend,
            other.device,
        )


@dataclass(frozen=True)
class BlendResult:
    """The new chair: its field and surface, and how they were made."""

    request: BlendRequest
    field: Field
    """Probability of occupancy, `float32 (32, 32, 32)`, `[x, y, z]`."""
    surface: Surface
    timings: Timings
    """Milliseconds of the stages that ran for this answer; the rest had been done before."""
    device: Device
    """Where it was computed; not the requested device if that one failed."""
    decoded_ahead: bool
    notice: str | None = None
    """What the person should know: that the GPU failed and the CPU answered."""
    removed_voxels: int = 0
    """How many voxels of small components were left out, where the request wants that."""
    field_with_all: Field | None = None
    """The field with these components, where there are any: an export may want them back."""

    @property
    def grid(self) -> Grid:
        """The blend's occupancy, `bool (32, 32, 32)`."""
        return self.field > LEVEL

    @property
    def voxels(self) -> int:
        """How many voxels are occupied."""
        return int(self.grid.sum())


@dataclass(frozen=True)
class LoadedChair:
    """A chair as it is, and how well 64 numbers hold it."""

    chair: Chair
    grid: Grid
    surface: Surface
    """Of the chair itself, not of its reconstruction."""
    iou: float
    """Intersection over union of the chair and its own reconstruction at 0.5, in [0, 1]."""
    rebuilt: Surface
    """Of its own reconstruction: what its 64 numbers hold of it."""
    reconstruction: Field
    """The same as a field, `float32 (32, 32, 32)`."""
    missing: int
    """Voxels of the chair that its reconstruction has not."""
    added: int
    """Voxels of its reconstruction that the chair has not."""
    latent: Floats
    """Its 64 numbers, `(8, 8)`, on the host; unrefined where the pair was loaded quickly."""
    notices: tuple[str, ...] = ()
    """What reading its file found worth saying, one line each."""
