"""Random cameras around chairs: from where a person looks, and how a person crops. See `model.camera`."""

from __future__ import annotations

import torch
from torch import Tensor

from voxview.model.camera import Cameras, bounds, look
from voxview.training.pictures.draw import Draw

FRONT_SHARE = 0.7
"""Share of the views from within 110° of the front, beside those that may be from anywhere."""
USUAL_ELEVATION = 0.8
"""Share of the views from the heights of a person, 5 to 40°, beside those from −5 to 70°."""
NEAR, FAR = 1.8, 9.0
"""Distances of the camera from the cube's centre, in its edges: a telephone's, a product picture's."""
CUT_OFF = 0.15
"""Share of the chairs of which a part is outside the picture."""
TIGHT = 0.86
"""How much of the square a chair fills whose background was removed: it has a margin of 8 %."""


def random_cameras(fields: Tensor, tight: Tensor, draw: Draw) -> Cameras:
    """Return a camera for each chair, `(n, 32, 32, 32)`, that has most of it in its picture.

    `tight` says of which the background is removed: they are in the middle and as large as that makes them.
    """
    front = draw.some(FRONT_SHARE)
    azimuth = -torch.where(front, draw.uniform(-110, 110), draw.uniform(-180, 180))  # −180 is 180
    usual = draw.some(USUAL_ELEVATION)
    elevation = torch.where(usual, draw.uniform(5, 40), draw.uniform(-5, 70))
    distance = 1 / draw.uniform(1 / FAR, 1 / NEAR)
    roll = torch.where(draw.some(0.15), draw.normal(6), draw.normal(1.5)).clamp(-15, 15)
    return _crop(look(azimuth, elevation, distance, roll), fields, tight, draw)


def _crop(cameras: Cameras, fields: Tensor, tight: Tensor, draw: Draw) -> Cameras:
    """Return the cameras with each picture cropped around its chair as a person would."""
    low, high = bounds(cameras, fields)  # (n, 2) in the picture so far
    half = (high - low) / 2
    cut = draw.some(CUT_OFF) & ~tight
    fills = torch.where(draw.some(0.4), draw.uniform(0.92, 1.0), draw.uniform(0.58, 0.97))
    fills = torch.where(cut, draw.uniform(0.9, 1.25), fills)
    fills = torch.where(tight, torch.full_like(fills, TIGHT), fills)
    scale = half.amax(1) / fills  # half of the cropped picture's side
    size = half / scale[:, None]
    room = (1 - size).abs() * 0.9 + 0.3 * cut[:, None]
    place = draw.uniform(-1, 1, 2) * room * ~tight[:, None]
    middle = (low + high) / 2 - place * scale[:, None]
    flip = torch.stack([torch.ones_like(scale), -torch.ones_like(scale)], 1)  # up and not down
    return Cameras(
        azimuth=cameras.azimuth,
        elevation=cameras.elevation,
        position=cameras.position,
        axes=cameras.axes,
        scale=cameras.scale * scale,
        centre=cameras.centre + middle * flip * cameras.scale[:, None],
        box=torch.cat([place - size, place + size], 1),
    )
