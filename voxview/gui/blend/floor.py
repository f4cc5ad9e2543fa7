"""The disc below a chair: dark in its middle and the background's colour at its rim. Free of VTK."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from voxview.gui import theme

FLOOR_RADIUS = 0.72


def floor_colours(points: np.ndarray, *, is_empty: bool) -> NDArray[np.uint8]:
    """Return the colour of each point `(n, 3)` of the disc, `(n, 3)`: all the background's below no chair.

    Opaque, so that software rendering needs no second pass for what is translucent.
    """
    palette = theme.palette()
    rim = np.linalg.norm(points[:, (0, 2)], axis=1, keepdims=True) / FLOOR_RADIUS  # (n, 1)
    strength = np.clip(1.0 - rim, 0.0, 1.0) ** 1.5 * (not is_empty)
    shadow, scene = (np.array(QColor(c).getRgb()[:3]) for c in (palette.shadow, palette.scene))  # type: ignore[index]
    return (strength * shadow + (1 - strength) * scene).astype(np.uint8)
