"""What the picture encoder is shown: a square of 227×227 pixels, padded, never squashed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from voxview.errors import InputError
from voxview.pictures.background import border_of, find_foreground, on_white, opacity_of
from voxview.pictures.crop import Crop, crop_picture
from voxview.pictures.read import Picture
from voxview.pictures.scaling import resize, resize_mask, shrink

T = TypeVar("T", bound=np.generic)

SIDE = 227
"""Pixels along each side of what the network sees (Krizhevsky et al. 2012, whose text says 224)."""

MARGIN = 0.08
"""Left free on each side of a chair whose background was removed, as a share of its longer side."""

_WORKING_SIDE = 1024
"""Pixels along the longer side that a picture is worked on in: a chair that fills a quarter still has 227."""

_CLOSE = 0.6
"""Share of the picture below which the chair is looked at more closely."""

_WHITE = 255


@dataclass(frozen=True, eq=False)
class NetworkInput:
    """One picture as the network sees it."""

    pixels: NDArray[np.uint8]
    """`(227, 227, 3)` RGB."""
    silhouette: NDArray[np.float32] | None = None
    """Where the chair is, `(227, 227)` in [0, 1], if the background was removed."""


def prepare_input(
    picture: Picture, crop: Crop | None = None, remove_background: bool | None = None
) -> NetworkInput:
    """Return what the network sees of a picture, or of the `crop` of it.

    With `remove_background` None the background is removed where `find_foreground` can say what it is. What
    is removed becomes white, and without a crop the square then tightens to the chair and a margin. Padding
    has the median colour of the border. Raises `InputError` for a crop outside the picture, and for a
    background that should be removed and that `find_foreground` cannot tell.
    """
    small = shrink(picture if crop is None else crop_picture(picture, crop), _WORKING_SIDE)
    foreground = None if remove_background is False else find_foreground(small)
    if foreground is None:
        if remove_background:
            raise InputError(
                "the background cannot be removed: it is not of nearly one colour, or nothing is before it; "
                "keep it, or crop the picture"
            )
        pixels = on_white(small.pixels, opacity_of(small))
        return NetworkInput(_square(pixels, _border_colour(pixels)))
    if crop is None:
        small, foreground = _closer(picture, small, foreground)
    pixels = on_white(small.pixels, foreground)
    if crop is None:
        box = _tight_square(foreground)
        pixels, foreground = _cut(pixels, box, _WHITE), _cut(foreground, box, 0)
    white = np.full(3, _WHITE, np.uint8)
    return NetworkInput(_square(pixels, white), resize_mask(_padded(foreground, 0), SIDE, SIDE))


def _closer(
    picture: Picture, small: Picture, foreground: NDArray[np.float32]
) -> tuple[Picture, NDArray[np.float32]]:
    """Return the part of a picture around its chair with the chair's foreground, where that is more exact.

    The foreground is looked for in few pixels: a chair that fills a small part of them is looked for once
    more in that part. `small` is the picture with fewer pixels, whose `foreground` is known.
    """
    top, left, side = _tight_square(foreground)
    if side > _CLOSE * max(foreground.shape):
        return small, foreground
    scale = max(picture.height, picture.width) / max(foreground.shape)
    first = [max(0, int((place - 0.1 * side) * scale)) for place in (left, top)]
    last = [int((place + 1.1 * side) * scale) for place in (left, top)]
    right, bottom = min(picture.width, last[0]), min(picture.height, last[1])
    around = Crop(first[0], first[1], right - first[0], bottom - first[1])
    close = shrink(crop_picture(picture, around), _WORKING_SIDE)
    found = find_foreground(close)
    return (small, foreground) if found is None else (close, found)


def _border_colour(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the median colour `(3,)` of a picture's border."""
    return np.median(pixels[border_of(*pixels.shape[:2])], axis=0).astype(np.uint8)


def _square(pixels: NDArray[np.uint8], colour: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture in the middle of a square of the network's size, the rest in a colour `(3,)`."""
    return resize(_padded(pixels, colour), SIDE, SIDE)


def _padded(values: NDArray[T], fill: object) -> NDArray[T]:
    """Return an array `(height, width, …)` in the middle of a square of its longer side."""
    height, width = values.shape[:2]
    side = max(height, width)
    square = np.empty((side, side, *values.shape[2:]), values.dtype)
    square[:] = fill
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = values
    return square


def _tight_square(foreground: NDArray[np.float32]) -> tuple[int, int, int]:
    """Return (top, left, side) of the square around the chair with its margin; it may leave the picture."""
    rows, columns = (np.flatnonzero((foreground > 0.5).any(axis=axis)) for axis in (1, 0))
    height, width = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    side = round(max(height, width) * (1 + 2 * MARGIN))
    return int(rows[0] - (side - height) // 2), int(columns[0] - (side - width) // 2), side


def _cut(values: NDArray[T], box: tuple[int, int, int], fill: int) -> NDArray[T]:
    """Return the square (top, left, side) of an array `(height, width, …)`; `fill` where it has none."""
    top, left, side = box
    height, width = values.shape[:2]
    square = np.full((side, side, *values.shape[2:]), fill, values.dtype)
    rows = slice(max(0, top), min(height, top + side))
    columns = slice(max(0, left), min(width, left + side))
    square[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left] = values[
        rows, columns
    ]
    return square
