"""The measures of a reconstruction, of an in-between and of a morph, each defined in its docstring."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.shapes.frame import Grid

Grids = NDArray[np.bool_]

_CHAIRS_AT_ONCE = 512
"""In a search for the most alike: as floats they take 64 MB."""


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


def most_alike(
    grids: Grids, chairs: Grids, but_not: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The largest IoU of each of m grids with any of n chairs, and which one it is: `(m,)` and `(m,)`.

    `grids` are `(m, 32, 32, 32)`, `chairs` `(n, 32, 32, 32)`; `but_not` `(m, k)` says which k chairs each
    grid is not compared with, such as its own parents. With no chair left, the IoU is 0 and the number −1.
    Novelty is 1 − this IoU: 0 for a copy of a chair. A shapeless cloud is new, too, so read it
    beside the other measures.
    """
    flat = grids.reshape(len(grids), -1).astype(np.float32)  # (m, v)
    volumes = flat.sum(1)[:, None]
    best, which = np.zeros(len(grids), np.float32), np.full(len(grids), -1)
    rows = np.arange(len(grids))
    for start in range(0, len(chairs), _CHAIRS_AT_ONCE):
        block = chairs[start : start + _CHAIRS_AT_ONCE]
        others = block.reshape(len(block), -1).astype(np.float32)
        overlap = flat @ others.T  # (m, at most 512), exact below 2²⁴
        union = volumes + others.sum(1) - overlap
        iou = np.where(union == 0, np.float32(1), overlap / np.maximum(union, 1))
        for column in (but_not - start).T if but_not is not None else ():
            here = (column >= 0) & (column < len(block))
            iou[rows[here], column[here]] = -1
        nearest = iou.argmax(1)
        better = iou[rows, nearest] > np.where(which < 0, -0.5, best)
        best[better], which[better] = iou[rows, nearest][better], nearest[better] + start
    return best, which


def symmetry(grid: Grid) -> float:
    """Left-right symmetry: the IoU of a grid and its mirror image in x; 0 of an empty one."""
    overlap = int((grid & grid[::-1]).sum())
    return overlap / max(2 * int(grid.sum()) - overlap, 1)


def path_steps(path: Grids) -> NDArray[np.float64]:
    """How far each grid of a morph is from the one before: 1 − IoU, `(k, 32, 32, 32)` → `(k − 1,)`.

    That is Jaccard's distance, a metric, and relative to the chairs' volume: a step between two thin
    chairs counts like one between two sofas, which the number of changed voxels would not say.
    """
    return np.asarray(1 - intersection_over_union(path[:-1], path[1:]))


def largest_over_path(steps: NDArray[np.float64]) -> float:
    """Smoothness: the largest step of a morph over the sum of all its steps, 1/steps at best and 1 at worst.

    After the Smoothness of Berthelot, Raffel, Roy and Goodfellow 2018 (ACAI, arXiv:1807.07543), who do so
    with the angle of a drawn line, which is known; here a step is a distance between voxels (`path_steps`),
    and 1/steps is not taken off. A morph that never moves is 1/steps.
    """
    total = float(steps.sum())
    return float(steps.max()) / total if total > 0 else 1 / len(steps)


def largest_over_mean(steps: NDArray[np.float64]) -> float:
    """The largest step of a morph over its mean step: `largest_over_path` times the number of steps."""
    return largest_over_path(steps) * len(steps)
