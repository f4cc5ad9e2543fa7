"""Cameras around chairs, as tensors: pinhole cameras that look at the middle of the cube, and their crops.

Angles are those of `View`: at azimuth 0 the camera is at −z and sees the chair's front, at 90° it is at +x.
In a picture x runs to the right and y down, both from −1 to 1; the frame is right-handed, so that from the
front the chair's +x is on the left.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor


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
    right, up, ahead = (axis[:, None, None] for axis in cameras.axes.unbind(1))
    return ahead + across[:, None, :, None] * right + upward[:, :, None, None] * up


def bounds(cameras: Cameras, fields: Tensor) -> tuple[Tensor, Tensor]:
    """Return the corners of each chair `(n, 32, 32, 32)` in its picture, twice `(n, 2)`.

    These are left and top, then right and bottom; of a chair without a voxel, the cube's.
    """
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
