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


def largest_iou(blends: NDArray[np.bool_], chairs: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The largest IoU of each of m flat grids with any of n others: `(m, v)` and `(n, v)` → `(m,)`."""
    # Floats, because BLAS has no booleans; counts below 2²⁴ are exact in them.
    first, second = blends.astype(np.float32), chairs.astype(np.float32)
    overlap = first @ second.T  # (m, n)
    union = first.sum(1)[:, None] + second.sum(1)[None, :] - overlap
    iou = np.where(union == 0, np.float32(1), overlap / np.maximum(union, 1))
    return np.asarray(iou.max(axis=1), np.float32)


def largest_piece(grid: Grid) -> float:
    """The share of the occupied voxels that is in the largest 26-connected component; 0 if none is."""
    from scipy import ndimage

    labels, _ = ndimage.label(grid, np.ones((3, 3, 3)))
    counts = np.bincount(labels.ravel())[1:]
    return float(counts.max() / counts.sum()) if counts.size else 0.0


def is_one_piece(grid: Grid, share: float = 0.99) -> bool:
    """True if at least `share` of the occupied voxels are one 26-connected component."""
    return largest_piece(grid) >= share


def stands(grid: Grid, floor: int = 0) -> bool:
    """True if a voxel of the three layers from `floor` on is occupied, or one below (y = 0, 1, 2 for 0)."""
    return bool(grid[:, : floor + 3].any())


def lowest_layers(grids: Grids) -> NDArray[np.int32]:
    """The lowest occupied layer (y) of each grid, `(n, 32, 32, 32)` → `(n,)`; 0 of an empty one."""
    return np.asarray(grids.any((1, 3)).argmax(1), np.int32)
