"""Colour map of the scores: perceptually uniform, and safe for colour-blind eyes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

# Viridis (S. van der Walt and N. Smith, 2015, CC0), sampled at eleven even steps.
_ANCHORS = (
    "#440154",
    "#482475",
    "#414487",
    "#355F8D",
    "#2A788E",
    "#21918C",
    "#22A884",
    "#44BF70",
    "#7AD151",
    "#BDDF26",
    "#FDE725",
)


def _table() -> NDArray[np.uint32]:
    """Return 256 colours, `0xAARRGGBB`."""
    colours = [QColor(name) for name in _ANCHORS]
    anchors = np.array([(colour.red(), colour.green(), colour.blue()) for colour in colours], np.float64)
    places = np.linspace(0, len(anchors) - 1, 256)
    red, green, blue = (
        np.interp(places, np.arange(len(anchors)), channel).round().astype(np.uint32) for channel in anchors.T
    )
    return (0xFF << 24 | red << 16 | green << 8 | blue).astype(np.uint32)


_TABLE = _table()


def span(values: NDArray[np.float32]) -> tuple[float, float]:
    """Return the smallest and the largest score, rounded outwards to twentieths: the ends of the colours."""
    known = values[~np.isnan(values)]
    if not known.size:
        return 0.0, 1.0
    low = np.floor(float(known.min()) * 20 + 1e-6) / 20
    high = np.ceil(float(known.max()) * 20 - 1e-6) / 20
    return float(low), float(max(high, low + 0.05))


def colours(values: NDArray[np.float32], low: float, high: float) -> QImage:
    """Return a picture of `values` `(rows, columns)`, a pixel each; NaN is transparent."""
    part = np.nan_to_num((values - low) / (high - low))
    pixels = _TABLE[np.clip(part * 255, 0, 255).round().astype(np.intp)]
    pixels = np.where(np.isnan(values), np.uint32(0), pixels)
    rows, columns = values.shape
    return QImage(pixels.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_ARGB32).copy()
