"""26-connected components of a grid: the largest one, and removal of small ones."""

from __future__ import annotations

import numpy as np

from voxview.conventions import ONE_PIECE, SMALL_COMPONENT_SHARE
from voxview.errors import InputError
from voxview.shapes.frame import Grid, Integers, check_grid


def without_small_components(grid: Grid, share: float = SMALL_COMPONENT_SHARE) -> Grid:
    """Return the grid without its 26-connected components below `share` of the occupied voxels.

    The result is a new grid, `bool (32, 32, 32)`. The largest component always stays, and so do all of
    several equally large ones. A share of 0 removes nothing; raises `InputError` outside [0, 1].
    """
    from scipy import ndimage

    check_grid(grid)
    if not 0 <= share <= 1:
        raise InputError(f"the share of a small component is 0 to 1 of the occupied voxels, but {share} came")
    labels, count = ndimage.label(grid, np.ones((3, 3, 3)))
    if count < 2:
        return grid.copy()
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0  # label 0 is empty space
    kept = (sizes >= share * sizes.sum()) | (sizes == sizes.max())
    kept[0] = False
    return np.asarray(kept[labels], np.bool_)


def component_sizes(grid: Grid) -> Integers:
    """Return the voxels of each 26-connected component, `(n,)`; none of an empty grid."""
    return largest_component(grid)[1]


def largest_component(grid: Grid) -> tuple[Grid, Integers]:
    """Return the largest 26-connected component as a grid, and the voxels of each component, `(n,)`.

    Of several equally large ones it is the one whose first voxel comes first in C order.
    """
    from scipy import ndimage

    labels, count = ndimage.label(grid, np.ones((3, 3, 3)))
    if not count:
        return np.zeros_like(grid), np.zeros(0, np.int64)
    sizes = np.asarray(np.bincount(labels.ravel())[1:])  # label 0 is empty space
    return labels == 1 + sizes.argmax(), sizes


def largest_component_share(grid: Grid) -> float:
    """Return the share of the occupied voxels in the largest 26-connected component; 0 for an empty grid."""
    sizes = component_sizes(grid)
    return float(sizes.max() / sizes.sum()) if sizes.size else 0.0


def is_one_piece(grid: Grid, share: float = ONE_PIECE) -> bool:
    """Return True if at least `share` of the occupied voxels are one 26-connected component."""
    return largest_component_share(grid) >= share
