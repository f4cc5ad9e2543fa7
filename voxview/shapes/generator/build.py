"""Voxelization of a recipe: its solids, scaled so that their common box fills the cube."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from voxview.conventions import RESOLUTION
from voxview.shapes.frame import Grid
from voxview.shapes.generator.parts import Part, parts_of
from voxview.shapes.generator.recipe import Recipe
from voxview.shapes.generator.solids import Mask, Solid, Values, cell_range
from voxview.shapes.parts import NO_PART, ORDER, Labels

HALF = RESOLUTION // 2


def build_chair(recipe: Recipe) -> Grid:
    """Build the grid of a recipe, `bool (32, 32, 32)`: longest side 32 voxels, centred, symmetric in x."""
    return voxelize_solids(solids_of(recipe))


def label_chair(recipe: Recipe) -> Labels:
    """Build the labelled grid of a recipe, `uint8 (32, 32, 32)`: those of `build_chair`."""
    return label_parts(parts_of(recipe))


def solids_of(recipe: Recipe) -> list[Solid]:
    """Return a chair's solids in centimetres, with the origin on the floor below the seat's middle."""
    return [part.solid for part in parts_of(recipe)]


def voxelize_solids(solids: Sequence[Solid]) -> Grid:
    """Scale solids to the cube; return the voxels that one of them touches, `bool (32, 32, 32)`."""
    half = np.zeros((HALF, RESOLUTION, RESOLUTION), dtype=np.bool_)
    for touched in _touched(solids):
        half[touched.voxels] |= touched.mask
    return np.concatenate([half[::-1], half])


def label_parts(parts: Sequence[Part]) -> Labels:
    """Scale parts to the cube; return their labels, `uint8 (32, 32, 32)`, `NO_PART` where it is empty.

    Where parts overlap, a voxel is the seat's, else the back's, else an arm's: see `ORDER`.
    """
    last = len(ORDER)
    rank_of = np.argsort(ORDER).astype(np.uint8)
    ranks = np.full((HALF, RESOLUTION, RESOLUTION), last, dtype=np.uint8)
    for touched, (_, label) in zip(_touched([part.solid for part in parts]), parts, strict=True):
        rank = rank_of[label(*touched.places) if callable(label) else label]
        there = ranks[touched.voxels]
        np.minimum(there, np.where(touched.mask, rank, np.uint8(last)), out=there)  # NumPy 1.26 widens an int
    half = np.array([*ORDER, NO_PART], dtype=np.uint8)[ranks]
    return np.concatenate([half[::-1], half])


class _Touched(NamedTuple):
    """What one solid touches of the half at x ≥ 0."""

    voxels: tuple[slice, slice, slice]
    mask: Mask
    places: tuple[Values, Values, Values]
    """Centres of the voxels in centimetres."""


def _touched(solids: Sequence[Solid]) -> Iterator[_Touched]:
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
    for solid, box in zip(solids, boxes, strict=True):
        i = slice(*cell_range(box.x0 / edge, box.x1 / edge, HALF))
        j = slice(*cell_range((box.y0 - low_y) / edge, (box.y1 - low_y) / edge, RESOLUTION))
        k = slice(*cell_range((box.z0 - low_z) / edge, (box.z1 - low_z) / edge, RESOLUTION))
        places = (xs[i], ys[:, j], zs[:, :, k])
        yield _Touched((i, j, k), solid.touches(*places, edge / 2), places)
