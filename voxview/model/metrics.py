"""The measures of a reconstruction and of an in-between, each defined in its docstring."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.shapes.frame import Grid

Grids = NDArray[np.bool_]


def intersection_over_union(a: Grids, b: Grids) -> NDArray[np.float64]:
    """|a ∧ b| / |a ∨ b| of each pair of grids, `(n, 32, 32, 32)` twice → `(n,)`; 1 where both are empty."""
    axes = (1, 2, 3)
    union = np.logical_or(a, b).sum(axes)
    overlap = np.logical_and(a, b).sum(axes)
    return np.where(union == 0, 1.0, overlap / np.maximum(union, 1))


def is_one_piece(grid: Grid, share: float = 0.99) -> bool:
    """True if at least `share` of the occupied voxels are one 26-connected component."""
    from scipy import ndimage

    labels, _ = ndimage.label(grid, np.ones((3, 3, 3)))
    counts = np.bincount(labels.ravel())[1:]
    return bool(counts.size and counts.max() >= share * counts.sum())


def stands(grid: Grid) -> bool:
    """True if a voxel of the lowest three layers (y = 0, 1, 2) is occupied."""
    return bool(grid[:, :3].any())
