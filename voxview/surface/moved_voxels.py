"""Which voxels one shape has and another has not, as colours on its surface."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from voxview.conventions import LEVEL
from voxview.shapes.frame import Field, Grid
from voxview.surface.picture import Color, Image, render_chair

CAME: Color = (63, 155, 79)
"""Where voxels have come: green, as numbers above 0 are on the page Latent."""
WENT: Color = (150, 84, 178)
"""Where voxels have gone: purple."""
STAYED: Color = (172, 177, 184)
"""The grey of thumbnails."""


@dataclass(frozen=True, eq=False)
class MovedPicture:
    """A picture of a shape, and how many voxels it has more and less than another."""

    image: Image
    came: int
    went: int


def moved_colours(before: Grid, after: Grid) -> NDArray[np.uint8]:
    """Return the colour of each voxel of `after`, `uint8 (32, 32, 32, 3)`, against `before`.

    Voxels that are gone have no surface, so their neighbours that stayed show where they were.
    """
    came, went = after & ~before, before & ~after
    touching = ndimage.generate_binary_structure(3, 3)
    around_came = ndimage.binary_dilation(came) & ~after  # a vertex may lie in the empty voxel beside it
    near_went = ndimage.binary_dilation(went, touching) & ~came
    colours = np.empty((*after.shape, 3), np.uint8)
    colours[...] = STAYED
    colours[near_went] = WENT
    colours[came | around_came] = CAME
    return colours


def render_moved(before: Grid, field: Field, side: int) -> MovedPicture:
    """Render a field with a colour where its voxels differ from those of `before`, `side` pixels a side."""
    after = field > LEVEL
    image = render_chair(field, (side, side), color=moved_colours(before, after))
    return MovedPicture(image, int((after & ~before).sum()), int((before & ~after).sum()))
