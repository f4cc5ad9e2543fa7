"""The part of a picture that shows the chair."""

from __future__ import annotations

import re
from dataclasses import dataclass

from voxview.errors import InputError
from voxview.pictures.read import SMALLEST_SIDE, Picture


@dataclass(frozen=True)
class Crop:
    """A rectangle in pixels, from the top left of the upright picture."""

    x: int
    y: int
    width: int
    height: int

    @property
    def text(self) -> str:
        """The rectangle as `--crop` takes it: `x,y,width,height`."""
        return f"{self.x},{self.y},{self.width},{self.height}"


def parse_crop(text: str) -> Crop:
    """Return the rectangle in `x,y,width,height`; raise `InputError` for anything but four whole numbers."""
    numbers = re.fullmatch(r"\s*(-?\d{1,9})" + r"\s*,\s*(-?\d{1,9})" * 3 + r"\s*", text)
    if numbers is None:
        raise InputError(
            f"a crop is x,y,width,height in pixels from the top left, such as 40,0,300,400, not {text}"
        )
    return Crop(*(int(number) for number in numbers.groups()))


def crop_picture(picture: Picture, crop: Crop) -> Picture:
    """Return the part of the picture; raise `InputError` where that is outside of it, or too small."""
    if crop.width < SMALLEST_SIDE or crop.height < SMALLEST_SIDE:
        raise InputError(
            f"the crop {crop.text} has {crop.width}×{crop.height} pixels: make it at least {SMALLEST_SIDE} "
            "each way"
        )
    right, bottom = crop.x + crop.width, crop.y + crop.height
    if crop.x < 0 or crop.y < 0 or right > picture.width or bottom > picture.height:
        raise InputError(
            f"the crop {crop.text} is not inside the picture, which has {picture.width}×{picture.height} "
            "pixels"
        )
    rows, columns = slice(crop.y, bottom), slice(crop.x, right)
    alpha = None if picture.alpha is None else picture.alpha[rows, columns]
    return Picture(picture.pixels[rows, columns], alpha, picture.remarks)
