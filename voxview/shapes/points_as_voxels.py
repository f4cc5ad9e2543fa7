"""Points as voxels: what there is to show and to compare with where no network reads points."""

from __future__ import annotations

import numpy as np

from voxview.conventions import RESOLUTION
from voxview.shapes.frame import Floats, Grid


def points_as_voxels(points: Floats) -> Grid:
    """Return the voxels that points `(n, 3)` of the frame lie in; those outside go to the nearest border."""
    voxels = np.clip(np.floor((points + 0.5) * RESOLUTION), 0, RESOLUTION - 1).astype(np.int64)
    grid = np.zeros((RESOLUTION,) * 3, bool)
    grid[tuple(voxels.T)] = True
    return grid
