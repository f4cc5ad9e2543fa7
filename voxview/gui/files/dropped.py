"""What is dropped, pasted, named or chosen: files, by what is made of them, and images without a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

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


class Sorted(NamedTuple):
    """Files by what is made of them."""

    shapes: list[Path]
    pictures: list[Path]
    points: list[Path]


def sort_files(paths: Iterable[Path]) -> Sorted:
    """Return the shapes among some files, the pictures, and the clouds of points."""
    from voxview.pictures.read import is_picture_name
    from voxview.shapes.io.points import holds_points

    files = Sorted([], [], [])
    for path in paths:
        if is_picture_name(path):
            files.pictures.append(path)
        else:
            (files.points if holds_points(path) else files.shapes).append(path)
    return files


def file_kinds() -> str:
    """Return what a dialog offers to open, in Qt's form: all of it, and each kind alone."""
    from voxview.pictures.read import PICTURE_SUFFIXES
    from voxview.shapes.io.points import POINT_OR_SHAPE_SUFFIXES, POINT_SUFFIXES
    from voxview.shapes.io.read import READABLE_SUFFIXES

    def patterns(suffixes: Iterable[str]) -> str:
        return " ".join(f"*{suffix}" for suffix in dict.fromkeys(suffixes))

    kinds = {
        "Shapes": READABLE_SUFFIXES,
        "Pictures": PICTURE_SUFFIXES,
        "Points": (*POINT_SUFFIXES, *POINT_OR_SHAPE_SUFFIXES),
    }
    everything = patterns(suffix for suffixes in kinds.values() for suffix in suffixes)
    each = (f"{name} ({patterns(suffixes)})" for name, suffixes in kinds.items())
    return ";;".join((f"Shapes, pictures and points ({everything})", *each, "All files (*)"))
