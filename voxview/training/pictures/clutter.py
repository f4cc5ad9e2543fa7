"""Clutter: things behind a chair and in front of it, and other chairs."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from voxview.model.camera import Cameras
from voxview.training.pictures.colours import thing_colours
from voxview.training.pictures.draw import Draw, spread

BEHIND, IN_FRONT = 7, 2
HIDDEN = 0.33
"""How much of a chair things in front of it may hide; those that hide more are left out."""


@dataclass(frozen=True)
class Things:
    """Flat things, k in each picture, the later ones in front: boxes, ellipses, and striped ones of both."""

    middle: Tensor
    """`(n, k, 2)` in the picture, ±1."""
    axes: Tensor
    """`(n, k, 2, 2)`: from a place in the picture to one in the thing, which is from −1 to 1."""
    colours: Tensor
    """`(n, k, 2, 3)`"""
    roundness: Tensor
    """`(n, k)`: exponent: 2 of an ellipse, much more of a box."""
    stripes: Tensor
    """`(n, k)`: stripes from edge to edge, 0 of none."""
    shown: Tensor
    """`(n, k)`: 1, or 0 of things that are not there."""


def things_behind(present: Tensor, draw: Draw) -> Things:
    """Return what is behind the chairs, in the pictures that are `present`, `(n,)` bool."""
    size = 0.12 * 8 ** draw.uniform(0, 1, BEHIND, 2)
    middle = draw.uniform(-1.1, 1.1, BEHIND, 2)
    return _things(middle, size, draw.some(0.65, BEHIND) & present[:, None], draw)


def things_in_front(present: Tensor, cameras: Cameras, draw: Draw) -> Things:
    """Return what hides a part of the chairs, most of it at an edge of theirs or on their seat."""
    low, high = cameras.box[:, None, :2], cameras.box[:, None, 2:]
    place = draw.uniform(-0.1, 1.1, IN_FRONT, 2)
    size = (high - low) / 2 * draw.uniform(0.12, 0.45, IN_FRONT, 2)
    return _things(low + (high - low) * place, size, draw.some(0.6, IN_FRONT) & present[:, None], draw)


def _things(middle: Tensor, size: Tensor, shown: Tensor, draw: Draw) -> Things:
    count = shown.shape[1]
    turn = torch.where(draw.some(0.6, count), draw.normal(0.05, count), draw.uniform(-1.5, 1.5, count))
    rotation = torch.stack([turn.cos(), turn.sin(), -turn.sin(), turn.cos()], -1).reshape(-1, count, 2, 2)
    colours = torch.stack([thing_colours(draw, count), thing_colours(draw, count)], 2)
    stripes = torch.where(draw.some(0.3, count), draw.uniform(1, 14, count), torch.zeros_like(turn))
    return Things(
        middle=middle,
        axes=rotation / size[..., None],
        colours=colours * draw.uniform(0.4, 1, count, 1, 1),
        roundness=torch.where(
            draw.some(0.55, count), draw.uniform(6, 30, count), draw.uniform(1.6, 4, count)
        ),
        stripes=stripes,
        shown=shown.float(),
    )


def put_behind(pictures: Tensor, things: Things) -> Tensor:
    """Return the pictures, `(n, h, w, 3)`, with the things on them, which are out of focus.

    They are drawn at half the resolution, in a quarter of the time, and enlarged.
    """
    n, side = pictures.shape[:2]
    half = (side + 1) // 2
    layer, left = pictures.new_zeros(n, half, half, 3), pictures.new_ones(n, half, half)
    colours, covers = _draw(things, half)
    for colour, cover in zip(colours.unbind(1), covers.unbind(1), strict=True):
        layer = torch.lerp(layer, colour, cover[..., None])
        left = left * (1 - cover)  # what is behind all of them
    both = torch.cat([layer, left[..., None]], -1).movedim(-1, 1)
    enlarged = F.interpolate(both, (side, side), mode="bilinear").movedim(1, -1)
    return enlarged[..., :3] + pictures * enlarged[..., 3:]


def put_in_front(pictures: Tensor, chair: Tensor, things: Things) -> Tensor:
    """Return the pictures with the things on them that leave most of the chair, `(n, h, w)`, to be seen."""
    hidden = torch.zeros_like(chair)
    room = HIDDEN * chair.sum((1, 2))
    colours, covers = _draw(things, pictures.shape[1])
    for colour, cover in zip(colours.unbind(1), covers.unbind(1), strict=True):
        both = torch.maximum(hidden, cover)
        fits = spread(((both * chair).sum((1, 2)) <= room).float(), 2)
        hidden = torch.lerp(hidden, both, fits)
        pictures = torch.lerp(pictures, colour, (cover * fits)[..., None])
    return pictures


def _draw(things: Things, side: int) -> tuple[Tensor, Tensor]:
    """Return the things' colours, `(n, k, h, w, 3)`, and where they are, `(n, k, h, w)` in [0, 1]."""
    places = (torch.arange(side, device=things.shown.device) + 0.5) * (2 / side) - 1
    across, down = (places - things.middle[..., axis, None] for axis in range(2))  # (n, k, side)
    x, y = (
        (things.axes[:, :, row, :1] * across)[:, :, None] + (things.axes[:, :, row, 1:] * down)[..., None]
        for row in range(2)
    )
    power = things.roundness[..., None, None]
    radius = (x.abs().clamp(1e-3, 4) ** power + y.abs().clamp(1e-3, 4) ** power) ** (1 / power)
    # Edges are as sharp as a pixel, whatever the thing's size.
    pixels = (0.7 * side / things.axes.norm(dim=(2, 3)))[..., None, None]
    cover = ((1 - radius) * pixels + 0.5).clamp(0, 1) * things.shown[..., None, None]
    striped = (4 * torch.sin(3.14159 * things.stripes[..., None, None] * x)).clamp(0, 1)
    light = (1 - 0.15 * y.clamp(-1, 1))[..., None]
    a, b = (things.colours[:, :, which, None, None] for which in range(2))
    return (torch.lerp(a, b, striped[..., None]) * light).clamp(max=1), cover


@dataclass(frozen=True)
class Neighbours:
    """Another chair of the batch in each picture, as its own picture shows it, moved and scaled."""

    scale: Tensor
    """`(n,)`"""
    middle: Tensor
    """`(n, 2)`"""
    flip: Tensor
    """`(n,)`: −1 where it is mirrored, else 1."""
    shown: Tensor
    """`(n,)`: 1 or 0."""


def random_neighbours(present: Tensor, draw: Draw) -> Neighbours:
    """Return places for other chairs beside and behind those of the pictures that are `present`."""
    side = torch.where(draw.some(0.5), 1.0, -1.0)
    middle = torch.stack([side * draw.uniform(0.4, 1.1), draw.uniform(-0.5, 0.2)], 1)
    return Neighbours(draw.uniform(0.4, 0.9), middle, torch.where(draw.some(0.5), 1.0, -1.0), present.float())


def put_neighbours(pictures: Tensor, chairs: Tensor, neighbours: Neighbours) -> Tensor:
    """Return the pictures, `(n, h, w, 3)`, with `chairs`, `(n, 4, h, w)` RGB and cover, in their places."""
    side = pictures.shape[1]
    places = (torch.arange(side, device=pictures.device) + 0.5) * (2 / side) - 1
    y, x = torch.meshgrid(places, places, indexing="ij")
    spots = (torch.stack([x, y], -1) - spread(neighbours.middle, 2)) / spread(neighbours.scale, 2)[..., None]
    spots = torch.stack([spots[..., 0] * spread(neighbours.flip, 2), spots[..., 1]], -1)
    moved = F.grid_sample(chairs, spots.to(chairs.dtype), align_corners=False).float()
    cover = moved[:, 3] * spread(neighbours.shown, 2)
    # Colours fade to black with the cover at an edge: they count as much as they are there.
    colour = moved[:, :3] / moved[:, 3:].clamp(min=1e-3)
    return torch.lerp(pictures, colour.movedim(1, -1).clamp(0, 1), cover[..., None])
