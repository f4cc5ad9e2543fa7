"""Colours: as things have them, and those of rooms. Values are sRGB's, in [0, 1]."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

from voxview.training.pictures.draw import Draw

_KINDS = (
    # share, hue, saturation, value: from, to
    (0.26, (0.04, 0.11), (0.30, 0.75), (0.20, 0.85)),  # wood and leather
    (0.15, (0.00, 1.00), (0.00, 0.15), (0.02, 0.18)),  # black
    (0.16, (0.05, 0.20), (0.00, 0.12), (0.82, 1.00)),  # white
    (0.15, (0.00, 1.00), (0.00, 0.12), (0.20, 0.80)),  # grey and metal
    (0.10, (0.08, 0.16), (0.10, 0.40), (0.55, 0.95)),  # beige
    (0.18, (0.00, 1.00), (0.40, 1.00), (0.15, 0.95)),  # saturated
)
_ROOM_SHARES = (0.32, 0.04, 0.22, 0.16, 0.21, 0.05)
_THINGS = tuple(kind[0] for kind in _KINDS)


def thing_colours(draw: Draw, count: int) -> Tensor:
    """Return colours of chairs and of other things: `(n, count, 3)`."""
    return _colours(draw, _THINGS, count)


def room_colours(draw: Draw, count: int) -> Tensor:
    """Return colours of floors and walls: `(n, count, 3)`."""
    return _colours(draw, _ROOM_SHARES, count)


def _colours(draw: Draw, shares: tuple[float, ...], count: int) -> Tensor:
    ranges = _ranges(draw.device)[draw.pick(shares, count)]  # (n, count, 3, 2)
    hsv = ranges[..., 0] + (ranges[..., 1] - ranges[..., 0]) * draw.uniform(0, 1, count, 3)
    hue, saturation, value = hsv.unbind(-1)
    # Each channel falls and rises with the hue's distance from it (Smith, Color gamut transform pairs, 1978).
    channels = [value * (1 - saturation * _ramp(hue * 6 + shift)) for shift in (5.0, 3.0, 1.0)]
    return torch.stack(channels, -1)


def _ramp(turn: Tensor) -> Tensor:
    turn = turn % 6
    return torch.minimum(turn, 4 - turn).clamp(0, 1)


@cache
def _ranges(device: torch.device) -> Tensor:
    """Return the ranges of hue, saturation and value, `(kinds, 3, 2)`; copied to a device only once."""
    return torch.tensor([kind[1:] for kind in _KINDS], device=device)
