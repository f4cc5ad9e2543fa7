"""The view's camera as the software renderer has it: pictures are taken from where one looks."""

from __future__ import annotations

import numpy as np

from voxview.gui.session import camera as session
from voxview.surface.camera import Camera


def camera_of(seen: session.Camera, *, orthographic: bool) -> Camera:
    """Return the software renderer's camera that sees the same."""
    axes = np.array([seen.right, seen.up, seen.direction])
    return Camera(axes, seen.target, seen.height, None if orthographic else seen.distance)
