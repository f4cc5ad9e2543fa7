"""Small volumes as pictures: each pixel's ray through the cells of a cube, those of large numbers opaque."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from voxview.gui.network.colours import Diverging, Pixels
from voxview.shapes.frame import Floats
from voxview.surface.picture import view_axes

_AZIMUTH, _ELEVATION = 32.0, 24.0
_HALF_WIDTH = 0.84
"""Of the picture, in edges of the cube: its corners just fit."""
_DEPTHS = 36
_OPACITY = 0.62
"""Of one sample of the largest number."""


def draw_volumes(volumes: Floats, side: int, scale: Diverging) -> Pixels:
    """Return a picture of each volume `(n, k, k, k)`, `uint8 (n, side, side, 3)`, on the colour of zero.

    Each has a scale of its own, at whose ends its largest number is.
    """
    count, k = len(volumes), volumes.shape[1]
    cells = _cells(k, side)  # (depths, pixels), the nearest first; k³ where a ray is outside
    flat = np.concatenate([volumes.reshape(count, -1), np.zeros((count, 1), np.float32)], 1)
    flat = flat / np.maximum(np.abs(flat).max(1, keepdims=True), 1e-12)
    light = np.zeros((count, side * side, 3), np.float32)
    left = np.ones((count, side * side, 1), np.float32)
    colours = scale.of(flat, 1.0).astype(np.float32)
    opacity = (_OPACITY * np.abs(flat) ** 1.3).astype(np.float32)[..., None]
    for at in cells:
        share = opacity[:, at]
        light += left * share * colours[:, at]
        left *= 1 - share
    pixels = light + left * np.asarray(scale.zero, np.float32)
    return np.asarray(pixels.reshape(count, side, side, 3) + 0.5, np.uint8)


@cache
def _cells(k: int, side: int) -> NDArray[np.int64]:
    """Return which cell of a cube of k³ each pixel's ray is in at each depth, `(depths, side²)`."""
    along = (np.arange(side) + 0.5) / side * 2 - 1
    right, down = np.meshgrid(along * _HALF_WIDTH, along * _HALF_WIDTH)
    axes = view_axes(_AZIMUTH, _ELEVATION)  # right, up, towards the eye
    cells = []
    for depth in np.linspace(_HALF_WIDTH, -_HALF_WIDTH, _DEPTHS):
        seen = np.stack([right.ravel(), -down.ravel(), np.full(right.size, depth)], 1)
        place = np.floor((seen @ axes + 0.5) * k).astype(np.int64)
        inside = ((place >= 0) & (place < k)).all(1)
        cells.append(np.where(inside, (place[:, 0] * k + place[:, 1]) * k + place[:, 2], k**3))
    return np.stack(cells)
