"""What a cloud of a whole chair says of the space far from its points: there is no surface in it.

Of a scan from one side nothing of the kind can be said: where no point is, nobody may have looked.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from voxview.conventions import RESOLUTION
from voxview.model.point_distance import FramePose, turn_matrix
from voxview.shapes.frame import Doubles, Floats, Grid

NEAR = 2 / RESOLUTION
"""Distance from a point, in edges of the cube, up to which a surface is covered by it."""

WHOLE = 0.93
"""Share of a chair's surface that is covered where a cloud is of all of it. Of 24 validation chairs, decoded
from the encoder's latents, whole clouds cover 0.99 in the median, those of three views 0.70, of one 0.59."""

_FAR = 5 / RESOLUTION
"""Distance from which on a point counts as no further away."""


def covered_share(grid: Grid, points: Doubles) -> float:
    """Return the share of a grid's surface voxels `(32, 32, 32)` that points `(m, 3)` in its frame cover."""
    surface = grid & ~ndimage.binary_erosion(grid)
    if not surface.any():
        return 0.0
    return float((distances(points)[surface] < NEAR).mean())


_BESIDE = 2 / RESOLUTION
"""How far the box may be from where the distances have it, in edges of the cube: else points are stray."""


def pose_by_box(points: Floats, pose: FramePose) -> FramePose:
    """Return the pose in which the box of a whole cloud `(m, 3)` lies as those of all chairs do.

    Chairs are in the middle of the cube and as long as its edge (`shapes/voxelizing`). `pose`, by the
    distances to a chair that is not yet right, has the turn; it is returned as it is where the box is far
    from it. On 24 validation chairs, others than in `point_refine.py`, the mean IoU of the shipped weights
    was 0.780 without and 0.801 with this.
    """
    to_upright = turn_matrix(pose.angle)
    turned = points.astype(np.float64) @ to_upright
    low, high = turned.min(0), turned.max(0)
    centre, log_scale = (low + high) / 2 @ to_upright.T, float(np.log((high - low).max()))
    away = np.abs(centre - pose.centre).max() / np.exp(pose.log_scale)
    if max(away, abs(log_scale - pose.log_scale) / 2) > _BESIDE:
        return pose
    return FramePose(centre, log_scale, pose.angle)


def distances(points: Doubles) -> NDArray[np.float64]:
    """Return how far each voxel's centre is from the nearest of points `(m, 3)`, `_FAR` at most, in edges."""
    distance, _ = cKDTree(points).query(_centres(), distance_upper_bound=_FAR)
    return np.minimum(distance, _FAR).reshape((RESOLUTION,) * 3)


@cache
def _centres() -> Doubles:
    """Return the voxels' centres in the frame, `(32768, 3)`."""
    return (np.indices((RESOLUTION,) * 3).reshape(3, -1).T + 0.5) / RESOLUTION - 0.5
