"""Qt's images and pictures as pixels; these functions may be called on any thread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from voxview.errors import InputError
from voxview.pictures.read import Picture


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
