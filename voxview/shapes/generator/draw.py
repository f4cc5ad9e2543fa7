"""From a recipe to a grid: the solids' common box is fitted to the cube, then every solid is painted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from voxview.shapes.frame import RESOLUTION, Grid
from voxview.shapes.generator.base import base_solids
from voxview.shapes.generator.recipe import Recipe
from voxview.shapes.generator.solids import Solid, cells
from voxview.shapes.generator.upper import arm_solids, back_solids, seat_solids

HALF = RESOLUTION // 2


def draw_chair(recipe: Recipe) -> Grid:
    """Draw a recipe as `bool (32, 32, 32)`: longest side 32 voxels, centred, its own mirror image in x."""
    return paint(build(recipe))


def build(recipe: Recipe) -> list[Solid]:
    """A chair's solids in centimetres: x from the middle, y from the floor, z from the middle of the seat."""
    return [*base_solids(recipe), *seat_solids(recipe), *back_solids(recipe), *arm_solids(recipe)]


def paint(solids: Sequence[Solid]) -> Grid:
    """Fit the solids to the cube and fill every voxel that one of them touches, `bool (32, 32, 32)`."""
    boxes = [solid.bounds() for solid in solids]
    right = max(box.x1 for box in boxes)
    y0, y1 = min(box.y0 for box in boxes), max(box.y1 for box in boxes)
    z0, z1 = min(box.z0 for box in boxes), max(box.z1 for box in boxes)
    edge = max(2 * right, y1 - y0, z1 - z0) / RESOLUTION  # of a voxel, in centimetres
    low_y, low_z = (y0 + y1) / 2 - HALF * edge, (z0 + z1) / 2 - HALF * edge
    centres = np.arange(RESOLUTION) + 0.5
    xs = centres[:HALF, None, None] * edge
    ys = centres[None, :, None] * edge + low_y
    zs = centres[None, None, :] * edge + low_z
    half = np.zeros((HALF, RESOLUTION, RESOLUTION), dtype=np.bool_)
    for solid, box in zip(solids, boxes, strict=True):
        i = slice(*cells(box.x0 / edge, box.x1 / edge, HALF))
        j = slice(*cells((box.y0 - low_y) / edge, (box.y1 - low_y) / edge, RESOLUTION))
        k = slice(*cells((box.z0 - low_z) / edge, (box.z1 - low_z) / edge, RESOLUTION))
        half[i, j, k] |= solid.touches(xs[i], ys[:, j], zs[:, :, k], edge / 2)
    return np.concatenate([half[::-1], half])
