"""A large picture in several sizes, so that what is dragged on it is prepared at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxview.pictures.crop import Crop
from voxview.pictures.network_input import NetworkInput, prepare_input
from voxview.pictures.read import SMALLEST_SIDE, Picture

_ENOUGH = 1024
"""Pixels along a crop's longer side of which the network's 227 are made."""


@dataclass(frozen=True, eq=False)
class Levels:
    """A picture and copies of half its size, a quarter …, the smallest 1,024 pixels long at least."""

    pictures: tuple[Picture, ...]
    """From the largest on."""

    @classmethod
    def of(cls, picture: Picture) -> Levels:
        """Make the copies: 0.2 s for 8000×6000 pixels; none of a picture that is not large."""
        pictures = [picture]
        while max(pictures[-1].width, pictures[-1].height) >= 2 * _ENOUGH:
            pictures.append(_halved(pictures[-1]))
        return cls(tuple(pictures))

    @property
    def size(self) -> tuple[int, int]:
        """The picture's (width, height)."""
        return self.pictures[0].width, self.pictures[0].height

    @property
    def smallest(self) -> Picture:
        """The copy to show."""
        return self.pictures[-1]

    def prepare(self, crop: Crop | None, remove_background: bool | None) -> NetworkInput:
        """Return what the network sees, as `prepare_input` does, of the smallest copy that is fine enough."""
        longest = max(self.size) if crop is None else max(crop.width, crop.height)
        level = 0
        while level + 1 < len(self.pictures) and longest >> (level + 1) >= _ENOUGH:
            level += 1
        picture = self.pictures[level]
        return prepare_input(picture, crop and _scaled(crop, 1 << level, picture), remove_background)


def _halved(picture: Picture) -> Picture:
    """Return a picture of half the size: the means of 2×2 pixels, without the colours of transparent ones."""
    from PIL import Image

    def half(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return np.array(Image.fromarray(values).reduce(2))

    pixels, alpha = picture.pixels, picture.alpha
    if alpha is not None:
        pixels = np.where(alpha[:, :, None] == 0, np.uint8(255), pixels)
        alpha = half(alpha)
    return Picture(half(pixels), alpha, picture.remarks)


def _scaled(crop: Crop, by: int, picture: Picture) -> Crop:
    """Return a crop in the pixels of a copy that is `by` times smaller, within it."""
    x, y = min(crop.x // by, picture.width - 1), min(crop.y // by, picture.height - 1)
    width = min(max(crop.width // by, SMALLEST_SIDE), picture.width)
    height = min(max(crop.height // by, SMALLEST_SIDE), picture.height)
    return Crop(min(x, picture.width - width), min(y, picture.height - height), width, height)
