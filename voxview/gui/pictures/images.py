"""Pixels as Qt's images; these functions may be called on any thread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

from voxview.errors import InputError
from voxview.pictures.read import Picture


def image_of(pixels: NDArray[np.uint8], largest: int | None = None) -> QImage:
    """Return pixels, `uint8 (height, width, 3 or 4)`, as an image of its own memory.

    With `largest` neither side is longer than that: it is scaled down smoothly where it is larger.
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


def pixels_of(image: QImage) -> NDArray[np.uint8]:
    """Return an image as `uint8 (height, width, 4)`: red, green, blue, opacity; `InputError` for none."""
    if image.isNull():
        raise InputError("there is no picture that could be read: copy it again, or save it as a file")
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4).copy()


def with_alpha(picture: Picture) -> NDArray[np.uint8]:
    """Return a picture's pixels, `uint8 (height, width, 3)`, or 4 where parts of it are transparent."""
    return picture.pixels if picture.alpha is None else np.dstack([picture.pixels, picture.alpha])
