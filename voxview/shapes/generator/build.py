"""Voxelization of a recipe: its solids, scaled so that their common box fills the cube."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from voxview.conventions import RESOLUTION
from voxview.shapes.frame import Grid
from voxview.shapes.generator.base import base_solids
from voxview.shapes.generator.recipe import Recipe
from voxview.shapes.generator.solids import Solid, cell_range
from voxview.shapes.generator.upper import arm_solids, back_solids, seat_solids

HALF = RESOLUTION // 2


def build_chair(recipe: Recipe) -> Grid:
    """Build the grid of a recipe, `bool (32, 32, 32)`: longest side 32 voxels, centred, symmetric in x."""
    return voxelize_solids(solids_of(recipe))


def solids_of(recipe: Recipe) -> list[Solid]:
    """Return a chair's solids in centimetres, with the origin on the floor below the seat's middle."""
    return [*base_solids(recipe), *seat_solids(recipe), *back_solids(recipe), *arm_solids(recipe)]


def voxelize_solids(solids: Sequence[Solid]) -> Grid:
    """Scale solids to the cube; return the voxels that one of them touches, `bool (32, 32, 32)`."""
    boxes = [solid.bounds() for solid in solids]
    right = max(box.x1 for box in boxes)
    y0, y1 = min(box.y0 for box in boxes), max(box.y1 for box in boxes)
    z0, z1 = min(box.z0 for box in boxes), max(box.z1 for box in boxes)
    edge = max(2 * right, y1 - y0, z1 - z0) / RESOLUTION  # edge of a voxel in centimetres
    low_y, low_z = (y0 + y1) / 2 - HALF * edge, (z0 + z1) / 2 - HALF * edge
    centres = np.arange(RESOLUTION) + 0.5
    xs = centres[:HALF, None, None] * edge
    ys = centres[None, :, None] * edge + low_y
    zs = centres[None, None, :] * edge + low_z
    half = np.zeros((HALF, RESOLUTION, RESOLUTION), dtype=np.bool_)
    for solid, box in zip(solids, boxes, strict=True):
        i = slice(*cell_range(box.x0 / edge, box.x1 / edge, HALF))
        j = slice(*cell_range((box.y0 - low_y) / edge, (box.y1 - low_y) / edge, RESOLUTION))
        k = slice(*cell_range((box.z0 - low_z) / edge, (box.z1 - low_z) / edge, RESOLUTION))
        half[i, j, k] |= solid.touches(xs[i], ys[:, j], zs[:, :, k], edge / 2)
    return np.concatenate([half[::-1], half])
