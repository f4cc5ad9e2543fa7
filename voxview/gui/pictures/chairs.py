"""Chairs of pictures, as they are listed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voxview.gui.pictures.reading import Made
from voxview.shapes.chair import Chair
from voxview.shapes.io.read import readable_name


@dataclass(frozen=True)
class PictureSource:
    """Where a picture is from."""

    id: str
    """The file's path, however it was given; of a picture that was pasted, what identifies it."""
    name: str
    """What its chair is called."""
    title: str
    """What the dialog is called after."""

    @classmethod
    def of_file(cls, path: Path) -> PictureSource:
        """Return that of a file."""
        path = path.resolve()
        return cls(str(path), readable_name(path.stem), path.name)

    @classmethod
    def of_pixels(cls, pixels: NDArray[np.uint8]) -> PictureSource:
        """Return that of a picture without a file, which its content identifies."""
        content = hashlib.blake2b(np.ascontiguousarray(pixels).tobytes(), digest_size=4).hexdigest()
        return cls(f"pasted picture {content}", "Pasted picture", "pasted picture")


def picture_chair(source: PictureSource, made: Made) -> Chair:
    """Return the chair of a picture, which keeps the square that the network saw as its thumbnail.

    Raises `InputError` where nothing came out.
    """
    from voxview.engine.pictures import chair_of_result

    chair = chair_of_result(source.id, made.result, made.prepared.crop)
    return replace(
        chair, name=source.name, details={**chair.details, "thumbnail": made.prepared.input.pixels}
    )
