"""A blend of more than two chairs: `MixRequest` and its answer, beside `BlendRequest` and `BlendResult`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxview.conventions import LEVEL, RESOLUTION
from voxview.engine.request import Backend, Device, resolution_now
from voxview.engine.shape_quality import ShapeQuality
from voxview.engine.timings import Timings
from voxview.shapes.chair import Chair

if TYPE_CHECKING:  # the bare window needs these words, and must not wait for NumPy
    from voxview.model.attributes import Attributes
    from voxview.shapes.frame import Field, Floats, Grid
    from voxview.surface.surface import Surface


EXCHANGE = "exchange of"
"""How the source of a chair of parts of several ones begins (`engine.exchange`)."""


@dataclass(frozen=True)
class MixRequest:
    """Up to eight chairs with a weight each, and how much attributes should change after that."""

    chairs: tuple[Chair, ...]
    weights: tuple[float, ...]
    """Taken as they are: they may be negative, and need not sum to 1. A single 1 is that chair's own
    reconstruction."""
    shift: tuple[tuple[str, float], ...] = ()
    """Amounts by the attribute's name (`model.attributes.ATTRIBUTES`), in its own unit."""
    backend: Backend = "numpy"
    device: Device = "cpu"
    remove_small_components: bool = False
    """Leave out the small components of what is shown or written; never of what is measured."""
    surface_resolution: int = RESOLUTION
    """32, 64 or 96: above 32 the surface is fine. Field and measures do not depend on it."""
    in_motion: bool = False
    """The next request is on its way: a surface of 64³ samples is fine enough."""

    @property
    def is_exchange(self) -> bool:
        """Whether it is one chair that was put together of parts of several ones."""
        return len(self.chairs) == 1 and self.chairs[0].source.startswith(EXCHANGE)

    @property
    def extracted_resolution(self) -> int:
        """The resolution of the surface that is extracted now."""
        return resolution_now(self.surface_resolution, in_motion=self.in_motion)


@dataclass(frozen=True)
class MixResult:
    """The new chair and its measures."""

    request: MixRequest
    field: Field
    """Probability of occupancy, `float32 (32, 32, 32)`, `[x, y, z]`."""
    surface: Surface
    timings: Timings
    """Milliseconds of the stages that ran for this answer."""
    device: Device
    """Where it was computed; not the requested device if that one failed."""
    attributes: Attributes
    """Measured on the decoded chair, whatever was requested."""
    quality: ShapeQuality
    """It should stand where the highest-standing of its chairs of positive weight stands; its novelty is
    measured against all its chairs."""
    latent: Floats
    """The 64 numbers that were decoded, `(8, 8)`."""
    notice: str | None = None
    """What the person should know: that the GPU failed and the CPU answered."""
    removed_voxels: int = 0
    """How many voxels of small components were left out, where the request wants that."""
    field_with_all: Field | None = None
    """The field with these components, where there are any: an export may want them back."""

    @property
    def grid(self) -> Grid:
        """The mix's occupancy, `bool (32, 32, 32)`."""
        return self.field > LEVEL

    @property
    def voxels(self) -> int:
        """How many voxels are occupied."""
        return int(self.grid.sum())
