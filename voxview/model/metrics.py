"""Metrics of reconstructions, blends and morphs, each defined in its docstring."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import STANDING_LAYERS
from voxview.shapes.frame import Doubles, Floats, Grid, Grids, Integers

_CHAIRS_AT_ONCE = 512
"""Chairs compared at a time in a nearest-neighbour search: as floats they take 64 MB."""

_DIRECTIONS = np.array([(x, z) for x in range(-8, 9) for z in range(-8, 9) if max(abs(x), abs(z)) == 8])
"""64 directions around a point, `(64, 2)`, at most 7° apart."""


def intersection_over_union(a: Grids, b: Grids) -> Doubles:
    """Compute |a ∧ b| / |a ∨ b| of pairs of grids `(n, 32, 32, 32)` → `(n,)`; 1 if both are empty."""
    axes = (1, 2, 3)
    union = np.logical_or(a, b).sum(axes)
    overlap = np.logical_and(a, b).sum(axes)
    return np.where(union == 0, 1.0, overlap / np.maximum(union, 1))


def largest_iou(blends: NDArray[np.bool_], chairs: NDArray[np.bool_]) -> Floats:
    """Return the largest IoU of each of m flat grids with any of n others: `(m, v)`, `(n, v)` → `(m,)`."""
    import torch

    # Floats, because BLAS has no booleans; counts below 2²⁴ are exact in them. PyTorch's product and not
    # NumPy's, whose threads go on spinning for a while and slow the next decoding to a third.
    first, second = blends.astype(np.float32), chairs.astype(np.float32)
    overlap = (torch.from_numpy(first) @ torch.from_numpy(second).T).numpy()  # (m, n)
    union = first.sum(1)[:, None] + second.sum(1)[None, :] - overlap
    iou = np.where(union == 0, np.float32(1), overlap / np.maximum(union, 1))
    return np.asarray(iou.max(axis=1), np.float32)


def stands(grid: Grid, floor: int = 0) -> bool:
    """Return True if a voxel is occupied below y = `floor` + 3: in the floor's three layers or lower."""
    return bool(grid[:, : floor + STANDING_LAYERS].any())


def is_stable(piece: Grid, floor: int = 0) -> bool:
    """Return True if a connected shape would not fall over: static stability, as Prévost et al. 2013 have it.

    Its centre of mass, all voxels being equally heavy, has to lie above the convex hull of its feet: of the
    voxels in the three layers from `floor` or, where it reaches further down, from its own lowest one on.
    The hull is that of 64 directions, which are whole numbers, so that a GPU computes the same. False for a
    shape that does not reach down to `floor`, and for an empty one.
    """
    low = min(floor, int(lowest_layers(piece[None])[0]))
    feet = np.argwhere(piece[:, : low + STANDING_LAYERS].any(1))  # (k, 2): x, z
    if not len(feet):
        return False
    x, _, z = np.nonzero(piece)
    centre = np.array([(2 * x + 1).sum(), (2 * z + 1).sum()])  # of all voxels together, in half voxels
    reach = ((2 * feet + 1) @ _DIRECTIONS.T).max(0) + np.abs(_DIRECTIONS).sum(1)  # to the voxels' corners
    return bool((len(x) * reach >= _DIRECTIONS @ centre).all())


def lowest_layers(grids: Grids) -> NDArray[np.int32]:
    """Return the lowest occupied layer (y) of each grid: `(n, 32, 32, 32)` → `(n,)`; 0 for an empty one."""
    return np.asarray(grids.any((1, 3)).argmax(1), np.int32)


def nearest_by_iou(grids: Grids, chairs: Grids, exclude: Integers | None = None) -> tuple[Floats, Integers]:
    """Find the nearest of n chairs to each of m grids by IoU; return the IoUs `(m,)` and the indices `(m,)`.

    `grids` are `(m, 32, 32, 32)`, `chairs` `(n, 32, 32, 32)`; `exclude` `(m, k)` holds the indices of k
    chairs that each grid is not compared with, such as its own parents. If no chair is left, the IoU is 0 and
    the index −1. Novelty is 1 − this IoU: 0 for a copy of a chair. A shapeless cloud is novel, too, so read
    it together with the other metrics.
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
        for column in (exclude - start).T if exclude is not None else ():
            here = (column >= 0) & (column < len(block))
            iou[rows[here], column[here]] = -1
        nearest = iou.argmax(1)
        better = iou[rows, nearest] > np.where(which < 0, -0.5, best)
        best[better], which[better] = iou[rows, nearest][better], nearest[better] + start
    return best, which


def symmetry(grid: Grid) -> float:
    """Return left-right symmetry: the largest IoU of a grid with its mirror image in x, moved by −1, 0 or +1.

    The mirror image is moved by whole voxels along x: a chair whose middle lies in a layer of voxels, and not
    between two, is as symmetric as it is. What is moved out of the cube is lost. 0 for an empty grid.
    """
    mirrored = np.pad(grid[::-1], ((1, 1), (0, 0), (0, 0)))
    moved = [mirrored[start : start + len(grid)] for start in range(3)]
    counts = [(int((grid & one).sum()), int((grid | one).sum())) for one in moved]
    return max(overlap / max(union, 1) for overlap, union in counts)


def path_steps(path: Grids) -> Doubles:
    """Return the step from each grid of a morph to the next, 1 − IoU: `(k, 32, 32, 32)` → `(k − 1,)`.

    This is the Jaccard distance, a metric, and relative to the chairs' volume: a step between two thin
    chairs counts like one between two sofas, unlike the number of changed voxels.
    """
    return np.asarray(1 - intersection_over_union(path[:-1], path[1:]))


def largest_over_path(steps: Doubles) -> float:
    """Return a morph's smoothness: its largest step over the sum of its steps; 1/steps at best, 1 at worst.

    After the Smoothness of Berthelot, Raffel, Roy and Goodfellow 2018 (ACAI, arXiv:1807.07543), who measure
    the known angle of a line in a picture; here a step is a distance between grids (`path_steps`), and
    1/steps is not subtracted. A morph that never changes has 1/steps.
    """
    total = float(steps.sum())
    return float(steps.max()) / total if total > 0 else 1 / len(steps)


def largest_over_mean(steps: Doubles) -> float:
    """Return a morph's largest step over its mean step: `largest_over_path` times the number of steps."""
    return largest_over_path(steps) * len(steps)
