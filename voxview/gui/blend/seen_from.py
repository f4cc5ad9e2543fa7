"""The view's camera as the software renderer has it: pictures are taken from where one looks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from voxview.gui.blend import camera
from voxview.surface.camera import Camera
from voxview.surface.picture import view_axes


def first_camera() -> Camera:
    """Return the camera of the first pictures, which is that of the 3D view before it is moved."""
    return Camera(view_axes(camera.AZIMUTH, camera.ELEVATION), width=camera.WIDTH)


def camera_of(renderer: Any) -> Camera:
    """Return the camera of one of VTK's renderers."""
    active, (wide, high) = renderer.GetActiveCamera(), renderer.GetSize()
    focus = np.array(active.GetFocalPoint())
    towards = np.array(active.GetPosition()) - focus
    distance = float(np.linalg.norm(towards))
    towards /= max(distance, 1e-9)
    right = np.cross(active.GetViewUp(), towards)
    right /= max(float(np.linalg.norm(right)), 1e-9)
    axes = np.stack([right, np.cross(towards, right), towards])
    is_parallel = bool(active.GetParallelProjection())
    half = active.GetParallelScale() if is_parallel else distance * _half_tangent(active)
    shown = 2 * half * min(1.0, max(1, wide) / max(1, high))  # VTK's figures are of the height
    x, y, z = (float(number) for number in focus)
    return Camera(axes, (x, y, z), shown, None if is_parallel else distance)


def _half_tangent(active: Any) -> float:
    return math.tan(math.radians(active.GetViewAngle()) / 2)
