"""Furniture: boxes that stand on the floor behind a chair, in its picture's own perspective."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from voxview.model.camera import Cameras, directions, rays
from voxview.training.pictures.colours import thing_colours
from voxview.training.pictures.draw import Draw

PIECES = 3


@dataclass(frozen=True)
class Furniture:
    """Boxes, k in each picture."""

    middle: Tensor
    """`(n, k, 3)` in the chair's frame."""
    axes: Tensor
    """`(n, k, 3, 3)`: from a place around the middle to one in the box, which is from −1 to 1."""
    colours: Tensor
    """`(n, k, 2, 3)`: of the box, and of stripes across it, such as shelves."""
    stripes: Tensor
    """`(n, k)`: how many, 0 of none."""
    shown: Tensor
    """`(n, k)` bool."""


def random_furniture(present: Tensor, azimuth: Tensor, floor: Tensor, draw: Draw) -> Furniture:
    """Return boxes on floors of the height `floor`, farther than the chair as seen from `azimuth`, `(n,)`."""
    away, level = -directions(azimuth, torch.zeros_like(azimuth)), torch.zeros_like(azimuth)
    aside = directions(azimuth + 90, level)
    half = torch.stack(
        [draw.uniform(0.15, 0.7, PIECES), draw.uniform(0.1, 0.7, PIECES), draw.uniform(0.15, 0.5, PIECES)], 2
    )
    behind, beside = draw.uniform(0.8, 2.5, PIECES, 1), draw.uniform(-1.8, 1.8, PIECES, 1)
    middle = away[:, None] * behind + aside[:, None] * beside
    middle[..., 1] = floor[:, None] + half[..., 1]
    turn = draw.uniform(-0.8, 0.8, PIECES) - torch.deg2rad(azimuth)[:, None]
    zero, one = torch.zeros_like(turn), torch.ones_like(turn)
    rows = [turn.cos(), zero, turn.sin(), zero, one, zero, -turn.sin(), zero, turn.cos()]
    axes = torch.stack(rows, -1).reshape(-1, PIECES, 3, 3) / half[..., None]
    colours = torch.stack([thing_colours(draw, PIECES), thing_colours(draw, PIECES)], 2)
    stripes = torch.where(draw.some(0.35, PIECES), draw.uniform(1, 6, PIECES), zero)
    return Furniture(middle, axes, colours, stripes, draw.some(0.6, PIECES) & present[:, None])


def put_furniture(pictures: Tensor, furniture: Furniture, cameras: Cameras) -> Tensor:
    """Return the pictures, `(n, h, w, 3)`, with the boxes on them, drawn at half the resolution."""
    side = pictures.shape[1]
    ray = rays(cameras, (side + 1) // 2)
    nearest, left = torch.full_like(ray[..., 0], 1e4), torch.ones_like(ray[..., 0])
    layer = torch.zeros_like(ray)
    pixel = cameras.scale[:, None, None] * (2 / ray.shape[1])
    for colour, enter, through in zip(
        *(part.unbind(1) for part in _draw(furniture, cameras, ray)), strict=True
    ):
        # A ray that goes through less of a box than two pixels is at its edge.
        cover = (through / (2 * pixel * enter.abs())).clamp(0, 1) * ((enter > 0.05) & (enter < nearest))
        layer, left = torch.lerp(layer, colour, cover[..., None]), left * (1 - cover)
        nearest = torch.where(cover > 0, enter, nearest)
    both = torch.cat([layer, left[..., None]], -1).movedim(-1, 1)
    enlarged = F.interpolate(both, (side, side), mode="bilinear").movedim(1, -1)
    return enlarged[..., :3] + pictures * enlarged[..., 3:]


def _draw(furniture: Furniture, cameras: Cameras, ray: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the boxes' colours, `(n, k, h, w, 3)`, how far they are, and how long rays are in them."""
    axes = furniture.axes
    start = torch.einsum("nkc,nkdc->nkd", cameras.position[:, None] - furniture.middle, axes)[
        :, :, None, None
    ]
    speed = torch.einsum("nhwc,nkdc->nkhwd", ray, axes)
    slope = torch.where(speed.abs() < 1e-6, 1e6, 1 / speed)
    middle, reach = -start * slope, slope.abs()
    enters = middle - reach  # where a ray enters what is between two faces
    enter, leave = enters.amax(-1), (middle + reach).amin(-1)
    height = start[..., 1] + enter * speed[..., 1]
    striped = (6 * torch.sin(3.14159 * furniture.stripes[..., None, None] * height)).clamp(0, 1)
    # Each pair of faces gets a different light: tops the most.
    top, front = enters[..., 1] >= enter, enters[..., 2] >= enter
    light = torch.where(top, 1.0, torch.where(front, 0.8, 0.6))
    a, b = (furniture.colours[:, :, which, None, None] for which in range(2))
    colour = torch.lerp(a, b, (striped * ~top)[..., None]) * light[..., None]
    return colour, enter, (leave - enter) * furniture.shown[..., None, None]
