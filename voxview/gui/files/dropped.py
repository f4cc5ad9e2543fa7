"""What is dropped, pasted or named: files, sorted by what is made of them, and images without a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage, QPixmap


def local_files(data: QMimeData) -> list[Path]:
    """Return the files and folders in what is dropped or pasted."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def held_image(data: QMimeData) -> QImage:
    """Return the image in what is dropped or pasted; a null one where there is none."""
    image = data.imageData() if data.hasImage() else None
    if isinstance(image, QPixmap):
        return image.toImage()
    return image if isinstance(image, QImage) else QImage()


def sort_files(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """Return the shapes among some files, and the pictures."""
    from voxview.pictures.read import is_picture_name

    shapes: list[Path] = []
    pictures: list[Path] = []
    for path in paths:
        (pictures if is_picture_name(path) else shapes).append(path)
    return shapes, pictures
