"""Pixels as Qt's images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage


def image_of(pixels: NDArray[np.uint8], largest: int | None = None) -> QImage:
    """Return pixels, `uint8 (height, width, 3 or 4)`, as an image of its own memory.

    With `largest` neither side is longer than that: it is scaled down smoothly where it is larger. It may be
    called on any thread.
    """
    pixels = np.ascontiguousarray(pixels)
    height, width, channels = pixels.shape
    form = QImage.Format.Format_RGBA8888 if channels == 4 else QImage.Format.Format_RGB888
    image = QImage(pixels.data, width, height, channels * width, form)
    if largest is None or max(width, height) <= largest:
        return image.copy()
    size = QSize(width, height).scaled(largest, largest, Qt.AspectRatioMode.KeepAspectRatio)
    size = size.expandedTo(QSize(1, 1))
    mode = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    return image.scaled(size, *mode).copy()
