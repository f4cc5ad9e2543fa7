"""Crumbs: the small loose pieces that a blend may leave floating beside its chair."""

from __future__ import annotations

import numpy as np

from voxview.errors import InputError
from voxview.shapes.frame import Grid, check_grid

CRUMB_SHARE = 0.01
"""Of the occupied voxels: a chair of the catalogs, 3,000 voxels, loses pieces of fewer than 30."""


def without_crumbs(grid: Grid, share: float = CRUMB_SHARE) -> Grid:
    """The grid without each 26-connected component that has less than `share` of the occupied voxels.

    `(32, 32, 32)` bool → the same; what came is not changed. The largest component always stays, and of
    several equally large ones all do. 0 removes nothing; raises `InputError` outside [0, 1].
    """
    from scipy import ndimage

    check_grid(grid)
    if not 0 <= share <= 1:
        raise InputError(f"the share of a crumb is 0 to 1 of the occupied voxels, but {share} came")
    labels, pieces = ndimage.label(grid, np.ones((3, 3, 3)))
    if pieces < 2:
        return grid.copy()
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0  # label 0 is the air around the chair
    stays = (sizes >= share * sizes.sum()) | (sizes == sizes.max())
    stays[0] = False
    return np.asarray(stays[labels], np.bool_)
