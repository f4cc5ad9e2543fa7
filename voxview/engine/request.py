"""One path for the data: a slider move is a `BlendRequest`, the engine's answer a `BlendResult`.

Both are frozen and hold nothing but arrays and plain values, so that they may cross threads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from voxview.engine.timings import Timings
from voxview.shapes.chair import Chair

if TYPE_CHECKING:  # the bare window needs these words, and must not wait for NumPy
    from voxview.shapes.frame import Field, Grid
    from voxview.surface.surface import Surface

Backend = Literal["numpy", "cuda-global", "cuda-shared"]
"""Where the interpolation runs."""

Device = Literal["cpu", "cuda"]
"""Where the encoder and the decoder run."""

LEVEL = 0.5
"""A voxel is occupied, and the surface lies, where the probability passes this."""


ONE_PIECE = 0.99
"""A blend is in one piece if this share of its voxels hangs together."""


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
    remove_crumbs: bool = False
    """Leave out small loose pieces of what is shown or written; never of what is measured."""

    def same_path(self, other: BlendRequest | None) -> bool:
        """True if both ask for blends of the same two chairs, computed in the same way."""
        return other is not None and (self.a, self.b, self.backend, self.device) == (
            other.a,
            other.b,
            other.backend,
            other.device,
        )


@dataclass(frozen=True)
class BlendResult:
    """The new chair."""

    request: BlendRequest
    field: Field
    """Probability of occupancy, `float32 (32, 32, 32)`, `[x, y, z]`."""
    surface: Surface
    timings: Timings
    """Milliseconds of the stages that ran for this answer; the rest had been done before."""
    device: Device
    """Where it was computed; not the device asked for if that one failed."""
    decoded_ahead: bool
    notice: str | None = None
    """What the person should know: that the GPU failed and the CPU answered."""
    crumbs: int = 0
    """How many voxels were left out because they were crumbs, and the request asked for that."""

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
    missing: int
    """Voxels of the chair that its reconstruction has not."""
    added: int
    """Voxels of its reconstruction that the chair has not."""
