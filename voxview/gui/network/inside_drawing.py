"""Pictures of what a layer gives: sheets of channels, slices, filters, and what a channel answers to.

NumPy and the software renderer, on any thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import distance_transform_edt

from voxview.gui.network.colours import ON_DARK, ON_LIGHT, Diverging, Pixels
from voxview.gui.network.volumes import draw_volumes
from voxview.shapes.frame import Floats, Grid
from voxview.surface.picture import render_chair

if TYPE_CHECKING:
    from voxview.model.layers.inside import Answering, LayerActivations  # imports torch

VIEWS = {"front": 2, "side": 0, "top": 1}
"""From where volumes are seen → the axis along which they are projected and cut."""
_ANSWER_SIDE = 176
"""Pixels of the picture of what a channel answers to."""
_FILTER_SIDE = 44
_QUIET = (150, 152, 156)


@dataclass(frozen=True, eq=False)
class Drawn:
    """What is to be seen of one layer."""

    activations: LayerActivations
    sheet: Pixels
    """A tile for each channel, `(channels, h, w, 3)`: a map, or a volume's maximum projection."""
    most: float
    """How large the number is whose colour is the scale's end."""
    slices: Pixels | None
    """The slices of the chosen channel's volume, `(d, h, w, 3)`; of a map itself; None of a number."""
    answer: Pixels
    """Which of the input the channel answers to, `(h, w, 3 or 4)`."""
    filters: Pixels | None
    """The filters of a layer that reads the input, `(filters, h, w, 3)`."""


def draw(activations: LayerActivations, given: Grid | Pixels, view: str, dark: bool) -> Drawn:
    """Draw a layer; `given` is what it was given: a grid, or a picture `(h, w, 3)`."""
    scale = ON_DARK if dark else ON_LIGHT
    values = activations.values
    most = float(np.abs(values).max(initial=0.0))
    channel = values[activations.answering.channel]
    slices = scale.of(np.stack(_slices(channel, view)), most) if channel.ndim >= 2 else None
    return Drawn(
        activations,
        scale.of(_tiles(values, view), most),
        most,
        slices,
        draw_answer(activations.answering, given, scale),
        None if activations.filters is None else draw_filters(activations.filters, scale),
    )


def draw_answer(answering: Answering, given: Grid | Pixels, scale: Diverging) -> Pixels:
    """Draw input × gradient: on the chair's surface, over the picture, or as 8×8 numbers."""
    numbers = answering.contributions
    if numbers.shape == (8, 8):
        return scale.of(numbers, float(np.abs(numbers).max()))
    if given.ndim == 3 and given.dtype == np.bool_:
        return _on_chair(numbers[0], given.astype(np.bool_), scale)
    parts = _by_root(numbers.sum(0))
    strength = np.abs(parts)[..., None]
    grey = given.mean(2, keepdims=True).repeat(3, 2) * 0.5 + np.asarray(scale.zero) * 0.5
    return np.asarray(grey * (1 - strength) + scale.of(np.sign(parts), 1.0) * strength, np.uint8)


def draw_filters(filters: Floats, scale: Diverging) -> Pixels:
    """Draw filters of one channel as small volumes, those of three as the colours that they look for."""
    if filters.ndim == 5:
        return draw_volumes(filters[:, 0], _FILTER_SIDE, scale)
    if filters.shape[1] != 3:
        return scale.of(filters.mean(1), float(np.abs(filters.mean(1)).max()))
    low = filters.min((1, 2, 3), keepdims=True)
    high = filters.max((1, 2, 3), keepdims=True)
    colours = 255 * (filters - low) / np.maximum(high - low, 1e-12)
    return np.asarray(colours.transpose(0, 2, 3, 1) + 0.5, np.uint8)


def _tiles(values: Floats, view: str) -> Floats:
    """Return a tile `(h, w)` for each channel of `(channels, …)`."""
    if values.ndim == 4:
        axis = VIEWS[view]
        return np.stack([_upright(volume.max(axis), view) for volume in values])
    return values if values.ndim == 3 else values.reshape(len(values), 1, -1)


def _slices(channel: Floats, view: str) -> list[Floats]:
    """Return a volume's slices from the nearest to the farthest; a map is its own."""
    if channel.ndim == 2:
        return [channel]
    axis = VIEWS[view]
    order = range(channel.shape[axis]) if view == "front" else reversed(range(channel.shape[axis]))
    return [_upright(np.asarray(channel.take(place, axis)), view) for place in order]


def _upright(plane: Floats, view: str) -> Floats:
    """Return a plane of a volume `[x, y, z]` as a picture: y up, from above z up; rows go down."""
    return plane[::-1] if view == "side" else plane.T[::-1]


def _on_chair(contributions: Floats, grid: Grid, scale: Diverging) -> Pixels:
    """Draw a chair whose voxels have the colours of their contributions."""
    neutral = Diverging(scale.low, _QUIET, scale.high)
    if grid.any():  # vertices lie between voxels, and take the colour of empty ones, too
        nearest = distance_transform_edt(~grid, return_distances=False, return_indices=True)
        contributions = contributions[tuple(nearest)]
    colours = neutral.of(_by_root(contributions), 1.0)
    return render_chair(grid, (_ANSWER_SIDE, _ANSWER_SIDE), color=colours)


def _by_root(numbers: Floats) -> Floats:
    """Return numbers in [−1, 1] that grow with the square root: few are large, and small ones matter, too."""
    most = max(float(np.abs(numbers).max(initial=0.0)), 1e-12)
    return np.asarray(np.sign(numbers) * np.sqrt(np.abs(numbers) / most), np.float32)
