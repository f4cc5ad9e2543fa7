"""Resampling of cubic occupancies to 32³."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import RESOLUTION
from voxview.shapes.frame import Grid

_FILLS_MOST = 0.75
"""Share of the cube's edge from which on a shape's longest side counts as scaled to the cube."""


def resample(cube: NDArray[np.bool_]) -> Grid:
    """Resample `bool (n, n, n)` to 32³ without moving it, `[x, y, z]` → `[x, y, z]`.

    n > 32: a voxel is occupied if it overlaps any occupied one, which preserves thin legs (for a multiple of
    32, each block is reduced by "any"). n < 32: the nearest voxel. n = 32: a copy.
    """
    n = cube.shape[0]
    if n <= RESOLUTION:
        nearest = (2 * np.arange(RESOLUTION) + 1) * n // (2 * RESOLUTION)
        return cube[np.ix_(nearest, nearest, nearest)]
    for axis in range(3):
        cube = _any_overlap(cube, axis)
    return cube


def centre(cube: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Move the occupied voxels of `bool (n, n, n)` to the middle of the cube, by whole voxels.

    binvox puts a shape into the corner of its cube, scaled so that its longest side fills it; such a cube
    keeps its size. If the longest side takes less than three quarters, the cube is cropped to it.
    """
    occupied = [np.flatnonzero(cube.any(axis=tuple({0, 1, 2} - {axis}))) for axis in range(3)]
    if not occupied[0].size:
        return cube
    low = [int(o[0]) for o in occupied]
    extent = [int(o[-1]) - int(o[0]) + 1 for o in occupied]
    n = cube.shape[0] if max(extent) >= _FILLS_MOST * cube.shape[0] else max(extent)
    moved = np.zeros((n, n, n), np.bool_)
    into = tuple(slice((n - e) // 2, (n - e) // 2 + e) for e in extent)
    moved[into] = cube[tuple(slice(a, a + e) for a, e in zip(low, extent, strict=True))]
    return moved


def _any_overlap(cube: NDArray[np.bool_], axis: int) -> NDArray[np.bool_]:
    n = cube.shape[axis]
    first = np.arange(RESOLUTION) * n // RESOLUTION
    last = -(-(np.arange(RESOLUTION) + 1) * n // RESOLUTION)
    slabs = [cube.take(range(a, b), axis).any(axis) for a, b in zip(first, last, strict=True)]
    return np.stack(slabs, axis)
