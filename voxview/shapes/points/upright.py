"""What can be said of a cloud without a network: which axis is up, and whether it has a back."""

from __future__ import annotations

import numpy as np

from voxview.shapes.frame import Doubles
from voxview.shapes.orient import UPS, rotation_matrix

NEAR_AXIS = 0.94
"""Cosine of the largest angle, 20°, between a floor's normal and the axis that is up."""


def up_of_floor(normal: Doubles | None) -> str | None:
    """Return the axis that is up by a floor's upward normal `(3,)`, one of `UPS`, or None."""
    if normal is None:
        return None
    for up in UPS:
        if rotation_matrix(up)[1] @ normal > NEAR_AXIS:
            return up
    return None


def table_warning(points: Doubles) -> str | None:
    """Return a warning if points `(n, 3)` with y up have a wide flat top: a table or a bench."""
    low, high = np.percentile(points, [1, 99], axis=0)
    size = high - low
    top = points[points[:, 1] > high[1] - 0.08 * size[1]]
    across = min(size[0], size[2])
    covered = np.ptp(np.percentile(top[:, [0, 2]], [2, 98], axis=0), axis=0) if len(top) > 20 else np.zeros(2)
    is_flat = (covered > 0.9 * size[[0, 2]]).all() and len(top) > 0.2 * len(points)
    if is_flat and across > 0.6 * size[1]:
        return "it has a wide flat top and no back: if it is a table, no chair will come of it"
    return None
