"""The disc below a chair: dark where it stands, and the background's colour elsewhere. Free of VTK."""

from __future__ import annotations

from functools import cache
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from voxview.gui import theme
from voxview.gui.blend.drawing import Drawn
from voxview.shapes.frame import Floats
from voxview.surface.occlusion import floor_shade

FLOOR_RADIUS = 0.85
_FADES_FROM = 0.7
"""The share of the radius from which on the shadow fades, so that no rim is seen."""
_TONES = 256


class Floor:
    """The disc's points, and how dark a chair makes them."""

    def __init__(self, points: Floats) -> None:
        """Take the points `(n, 3)`, of which the heights do not matter."""
        self._points = np.ascontiguousarray(points[:, (0, 2)], np.float32)
        away = np.linalg.norm(self._points, axis=1) / FLOOR_RADIUS
        self._fade = np.clip((1 - away) / (1 - _FADES_FROM), 0, 1).astype(np.float32)
        self._kept: WeakKeyDictionary[Drawn, NDArray[np.uint8]] = WeakKeyDictionary()
        """The tones `(n,)` below chairs that are still kept."""

    def colours(self, chair: Drawn | None) -> NDArray[np.uint8]:
        """Return the colour of each point, `(n, 3)`: all the background's below no chair.

        Opaque, so that software rendering needs no second pass for what is translucent.
        """
        table = _table(theme.palette())
        if chair is None:
            return np.repeat(table[:1], len(self._points), axis=0)
        tones = self._kept.get(chair)
        if tones is None:
            dark = floor_shade(chair.voxels, self._points) * self._fade
            tones = (dark * np.float32(_TONES - 1) + np.float32(0.5)).astype(np.uint8)
            self._kept[chair] = tones
        return table[tones]


@cache
def _table(palette: theme.Palette) -> NDArray[np.uint8]:
    """Return colours from the background's to the shadow's, `(_TONES, 3)`."""
    ends = [QColor(colour).getRgb()[:3] for colour in (palette.scene, palette.shadow)]  # type: ignore[index]
    scene, shadow = np.array(ends, np.float32)
    return np.round(np.linspace(scene, shadow, _TONES)).astype(np.uint8)
