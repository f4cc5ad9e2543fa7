"""A place in the latent space that is no blend of a pair, as a spot on the map or an edited blend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxview.conventions import LEVEL, RESOLUTION
from voxview.engine.request import Device, resolution_now
from voxview.engine.shape_quality import ShapeQuality

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voxview.shapes.frame import Field, Grid
    from voxview.surface.surface import Surface


@dataclass(frozen=True, eq=False)
class LatentRequest:
    """64 numbers to decode."""

    latent: NDArray[np.float32]
    """`(8, 8)`"""
    name: str
    """What the window calls it: a chair's name, those that it lies between, or what was edited."""
    device: Device = "cpu"
    remove_small_components: bool = False
    """Leave out the small components of what is shown or written."""
    floor: int = 0
    """The layer that it should stand on: the highest of the lowest layers of the chairs around it."""
    edited_at: float | None = None
    """Of an edited blend the t that it was made of; None for a place that is pointed at."""
    surface_resolution: int = RESOLUTION
    """32, 64 or 96: above 32 the surface is fine. Field and measures do not depend on it."""
    in_motion: bool = False
    """The next request is on its way: a surface of 64³ samples is fine enough."""

    @property
    def is_edit(self) -> bool:
        """Whether a person has changed these numbers."""
        return self.edited_at is not None

    @property
    def extracted_resolution(self) -> int:
        """The resolution of the surface that is extracted now."""
        return resolution_now(self.surface_resolution, in_motion=self.in_motion)


@dataclass(frozen=True, eq=False)
class LatentResult:
    """The chair that is there."""

    request: LatentRequest
    field: Field
    surface: Surface
    quality: ShapeQuality
    """Without a novelty: the chairs that it is made of are not known here."""
    removed_voxels: int = 0
    """How many voxels of small components were left out, where the request wants that."""
    field_with_all: Field | None = None
    """The field with these components, where there are any: an export may want them back."""

    @property
    def grid(self) -> Grid:
        """Its occupancy, `bool (32, 32, 32)`."""
        return self.field > LEVEL

    @property
    def voxels(self) -> int:
        """How many voxels are occupied."""
        return int(self.grid.sum())
