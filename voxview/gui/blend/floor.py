"""The disc below a chair: dark where it stands, and the background's colour elsewhere. Free of VTK."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from voxview.gui import theme
from voxview.shapes.frame import Field, Grid
from voxview.surface.occlusion import floor_shade

FLOOR_RADIUS = 0.85
_FADES_FROM = 0.7
"""The share of the radius from which on the shadow fades, so that no rim is seen."""


def floor_colours(points: np.ndarray, shape: Grid | Field | None) -> NDArray[np.uint8]:
    """Return the colour of each point `(n, 3)` of the disc, `(n, 3)`: all the background's below no chair.

    Opaque, so that software rendering needs no second pass for what is translucent.
    """
    palette = theme.palette()
    scene, shadow = (np.array(QColor(c).getRgb()[:3], np.float32) for c in (palette.scene, palette.shadow))  # type: ignore[index]
    if shape is None:
        return np.broadcast_to(scene, (len(points), 3)).astype(np.uint8)
    on_floor = points[:, (0, 2)]
    away = np.linalg.norm(on_floor, axis=1) / FLOOR_RADIUS
    fade = np.clip((1 - away) / (1 - _FADES_FROM), 0, 1)
    dark = (floor_shade(shape, on_floor.astype(np.float32)) * fade)[:, None]
    return (dark * shadow + (1 - dark) * scene + 0.5).astype(np.uint8)
