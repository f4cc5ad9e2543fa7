"""Cameras around chairs: from where a person looks, and how a person crops.

Angles are those of `View`: at azimuth 0 the camera is at −z and sees the chair's front, at 90° it is at +x.
In a picture x runs to the right and y down, both from −1 to 1; the frame is right-handed, so that from the
front the chair's +x is on the left.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from voxview.training.pictures.draw import Draw, spread

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


@dataclass(frozen=True)
class Cameras:
    """One camera for each picture."""

    azimuth: Tensor
    """`(n,)` degrees in (−180, 180]."""
    elevation: Tensor
    """`(n,)` degrees."""
    position: Tensor
    """`(n, 3)` in the chair's frame."""
    axes: Tensor
    """`(n, 3, 3)`: rows are the unit vectors to the picture's right, to its top, and ahead."""
    scale: Tensor
    """`(n,)`: half of the picture's side, one unit ahead of the camera."""
    centre: Tensor
    """`(n, 2)`: the picture's centre one unit ahead of the camera, to the right and up."""
    box: Tensor
    """`(n, 4)`: left, top, right and bottom of the chair in the picture, beyond ±1 where it is cut off."""


def directions(azimuth: Tensor, elevation: Tensor) -> Tensor:
    """Return unit vectors from the chair to cameras at these angles in degrees: `(n, 3)`."""
    a, e = torch.deg2rad(azimuth), torch.deg2rad(elevation)
    return torch.stack([a.sin() * e.cos(), e.sin(), -a.cos() * e.cos()], -1)


def look(azimuth: Tensor, elevation: Tensor, distance: Tensor, roll: Tensor) -> Cameras:
    """Return cameras that look at the cube's centre, which fills the picture from afar.

    All arguments are `(n,)`: degrees, degrees, edges of the cube, degrees by which the camera is turned.
    """
    back = directions(azimuth, elevation)
    a, r = torch.deg2rad(azimuth), torch.deg2rad(roll)
    level = torch.stack([-a.cos(), torch.zeros_like(a), -a.sin()], -1)  # to the right, without roll
    upright = torch.linalg.cross(level, -back)
    right = r.cos()[:, None] * level + r.sin()[:, None] * upright
    up = r.cos()[:, None] * upright - r.sin()[:, None] * level
    axes = torch.stack([right, up, -back], 1)
    zeros = torch.zeros_like(azimuth)
    box = torch.stack([zeros - 1, zeros - 1, zeros + 1, zeros + 1], 1)
    position = back * distance[:, None]
    return Cameras(azimuth, elevation, position, axes, 0.87 / distance, torch.zeros_like(back[:, :2]), box)


def project(cameras: Cameras, points: Tensor) -> Tensor:
    """Return where `(n, k, 3)` points are in the pictures: `(n, k, 2)`, to the right and down, ±1 inside."""
    seen = (points - cameras.position[:, None]) @ cameras.axes.transpose(1, 2)
    plane = seen[..., :2] / seen[..., 2:].clamp(min=0.05) - cameras.centre[:, None]
    x, y = (plane / cameras.scale[:, None, None]).unbind(-1)
    return torch.stack([x, -y], -1)


def rays(cameras: Cameras, side: int) -> Tensor:
    """Return each pixel's ray, `(n, side, side, 3)`: as long as it takes to get one unit ahead."""
    pixels = (torch.arange(side, device=cameras.scale.device) + 0.5) * (2 / side) - 1
    across = cameras.centre[:, :1] + cameras.scale[:, None] * pixels  # (n, side)
    upward = cameras.centre[:, 1:] - cameras.scale[:, None] * pixels
    right, up, ahead = (spread(axis, 2) for axis in cameras.axes.unbind(1))
    return ahead + across[:, None, :, None] * right + upward[:, :, None, None] * up


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
    low, high = _bounds(cameras, fields)  # (n, 2) in the picture so far
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


def _bounds(cameras: Cameras, fields: Tensor) -> tuple[Tensor, Tensor]:
    """Return the corners of each chair in its picture, twice `(n, 2)`; of an empty one, the cube's."""
    cells = F.max_pool3d(fields[:, None].float(), 2).flatten(1) > 0.5  # pairs of voxels are near enough
    cells = cells | ~cells.any(1, keepdim=True)
    side = fields.shape[1] // 2
    places = (torch.arange(side, device=fields.device) + 0.5) / side - 0.5
    centres = torch.stack(torch.meshgrid(places, places, places, indexing="ij"), -1).reshape(-1, 3)
    seen = project(cameras, centres.expand(len(fields), -1, -1))
    margin = 0.4 / side / cameras.position.norm(dim=1) / cameras.scale
    far = torch.full_like(seen, 1e4)
    low = torch.where(cells[..., None], seen, far).amin(1) - margin[:, None]
    return low, torch.where(cells[..., None], seen, -far).amax(1) + margin[:, None]
