"""Diverging colours of the 64 numbers: one scale for all three maps, safe for colour-blind eyes."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from voxview.gui import theme
from voxview.shapes.frame import Floats

# Purple to green: ColorBrewer's PRGn (C. Brewer, Apache 2.0), two hues that any of the three
# kinds of colour blindness keeps apart. In the dark theme lightness is turned round: 0 is the page's colour.
LIGHT_SCALE = (
    *("#40004B", "#762A83", "#9970AB", "#C2A5CF", "#E7D4E8", "#F7F7F7"),
    *("#D9F0D3", "#A6DBA0", "#5AAE61", "#1B7837", "#00441B"),
)
DARK_SCALE = (
    *("#F0D6FA", "#CFA0E2", "#A571BC", "#744C87", "#473552", "#2B2D31"),
    *("#2C4531", "#3A6B43", "#539A5E", "#83C98A", "#CFF3CC"),
)
_NICE = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def _table(anchors: tuple[str, ...]) -> NDArray[np.uint32]:
    """Return 255 colours, `0xAARRGGBB`, the middle one being 0's."""
    rgb = np.array([(c.red(), c.green(), c.blue()) for c in map(QColor, anchors)], np.float64)
    places = np.linspace(0, len(rgb) - 1, 255)
    red, green, blue = (
        np.interp(places, np.arange(len(rgb)), channel).round().astype(np.uint32) for channel in rgb.T
    )
    return (0xFF << 24 | red << 16 | green << 8 | blue).astype(np.uint32)


_TABLES = {theme.LIGHT: _table(LIGHT_SCALE), theme.DARK: _table(DARK_SCALE)}


def nice_range(largest: float) -> float:
    """Return a round number not below `largest`, so that the scale stays while numbers move a little."""
    if not largest > 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    return next(step * power for step in _NICE if step * power >= largest * (1 - 1e-9))


def image_of(values: Floats, span: float) -> QImage:
    """Return a picture of values `(rows, columns)` between −span and span, a pixel each."""
    part = np.clip(values / span, -1, 1) * 127 + 127
    pixels = _TABLES[theme.palette()][part.round().astype(np.intp)]
    rows, columns = values.shape
    return QImage(pixels.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()
