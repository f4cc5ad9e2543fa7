"""What a cloud of a whole chair says of the space between its points: there is no surface in it.

Of a scan from one side nothing of the kind can be said: where no point is, nobody may have looked.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from voxview.conventions import RESOLUTION
from voxview.shapes.frame import Doubles, Grid

NEAR = 2 / RESOLUTION
"""Distance from a point, in edges of the cube, up to which a surface is covered by it."""

WHOLE = 0.93
"""Share of a chair's surface that is covered where a cloud is of all of it. Of 24 validation chairs, decoded
from the encoder's latents, whole clouds cover 0.99 in the median, those of three views 0.70, of one 0.59."""

FAR = 3 / RESOLUTION
"""Distance from all points at which there is no surface. Nearer, 1,024 points leave gaps."""


class Between(NamedTuple):
    """Voxels far from all points, `(32, 32, 32)` each."""

    outside: Grid
    """Those that hang together with the outside: empty."""
    enclosed: Grid
    """The others: occupied."""


def covered_share(grid: Grid, points: Doubles) -> float:
    """Return the share of a grid's surface voxels `(32, 32, 32)` that points `(m, 3)` in its frame cover."""
    surface = grid & ~ndimage.binary_erosion(grid)
    if not surface.any():
        return 0.0
    return float((_distances(points)[surface] < NEAR).mean())


def between_points(points: Doubles) -> Between:
    """Return which voxels lie far from points `(m, 3)` of a whole surface, in the chair's frame."""
    far = _distances(points) > FAR
    labels, _ = ndimage.label(np.pad(far, 1, constant_values=True))
    outside = (labels == labels[0, 0, 0])[1:-1, 1:-1, 1:-1]
    return Between(outside, far & ~outside)


def _distances(points: Doubles) -> NDArray[np.float64]:
    """Return the distance of each voxel's centre from the nearest point, up to `FAR` and a bit."""
    distance, _ = cKDTree(points).query(_centres(), distance_upper_bound=1.01 * FAR)
    return np.asarray(distance).reshape((RESOLUTION,) * 3)


@cache
def _centres() -> Doubles:
    """Return the voxels' centres in the frame, `(32768, 3)`."""
    return (np.indices((RESOLUTION,) * 3).reshape(3, -1).T + 0.5) / RESOLUTION - 0.5
