"""Backgrounds: white, plain, rooms with a floor and walls, and noise."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from voxview.model.camera import Cameras, directions, rays
from voxview.training.pictures.colours import room_colours
from voxview.training.pictures.draw import Draw, spread
from voxview.training.pictures.light import FLOOR_HALF, Lights
from voxview.training.pictures.textures import Textures, pattern, random_textures

WHITE, PLAIN, ROOM, NOISE = range(4)
SHARES = (0.3, 0.18, 0.42, 0.1)
TEXTURES = (0.3, 0.25, 0.2, 0.08, 0.12, 0.05)


@dataclass(frozen=True)
class Backgrounds:
    """What is behind each chair."""

    kind: Tensor
    """`(n,)`: one of `WHITE`, `PLAIN`, `ROOM`, `NOISE`."""
    tight: Tensor
    """`(n,)` bool: the background was removed; the chair is in the middle of nothing."""
    colours: Tensor
    """`(n, 6, 3)`: two of the floor, two of each wall; a plain background is between 0 and 2."""
    across: Tensor
    """`(n, 3)`: how a plain background changes with x, with y, and what it begins with."""
    floor: Textures
    wall: Textures
    walls: Tensor
    """`(n, 2, 4)`: normals of two walls, towards the chair, and how far they are from it."""


def random_backgrounds(azimuth: Tensor, kind: Tensor, tight: Tensor, draw: Draw) -> Backgrounds:
    """Return backgrounds of these kinds, whose walls are behind the chair as seen from `azimuth`."""
    behind = azimuth + torch.where(draw.some(0.5), draw.normal(8), draw.uniform(-50, 50))
    level = torch.zeros_like(azimuth)
    second = behind + torch.where(draw.some(0.5), 90.0, -90.0)
    normals = torch.stack([directions(behind, level), directions(second, level)], 1)
    far = torch.stack([draw.uniform(0.55, 3), draw.uniform(0.8, 4)], 1)
    colours = room_colours(draw, 6)
    similar = (colours[:, ::2] * draw.uniform(0.6, 1.25, 3, 1)).clamp(0, 1)
    others = torch.where(draw.some(0.8, 3, 1), similar, colours[:, 1::2])
    one_wall = draw.some(0.6)[:, None]  # most rooms are painted in one colour
    walls = (
        torch.where(one_wall, colours[:, 2], colours[:, 4]),
        torch.where(one_wall, others[:, 1], others[:, 2]),
    )
    stacked = [colours[:, 0], others[:, 0], colours[:, 2], others[:, 1], *walls]
    return Backgrounds(
        kind=kind,
        tight=tight,
        colours=torch.stack(stacked, 1),
        across=torch.stack([draw.normal(0.25), draw.normal(0.3), draw.uniform(0, 1)], 1),
        floor=random_textures(draw, TEXTURES, 1, 10),
        wall=random_textures(draw, TEXTURES, 0.5, 8),
        walls=torch.cat([normals, far[..., None]], 2),
    )


def paint_backgrounds(
    backgrounds: Backgrounds,
    cameras: Cameras,
    lights: Lights,
    shadows: Tensor,
    floor: Tensor,
    noise: Tensor,
    side: int,
) -> Tensor:
    """Return the pictures without their chairs, sRGB: `(n, side, side, 3)` in [0, 1].

    `shadows` are those of `floor_shadow`, `floor` is the height of the floor, `(n,)`.
    """
    ray = rays(cameras, side)
    way, on_floor = _to_floor(cameras, ray, floor)
    spot = spread(cameras.position, 2) + way[..., None] * ray
    kind = spread(backgrounds.kind, 2)[..., None]
    wall_at, second = _to_walls(backgrounds, cameras, ray)
    is_floor = torch.where(on_floor, way, 1e4) < wall_at
    spot_on_wall = spread(cameras.position, 2) + wall_at.clamp(max=60)[..., None] * ray
    noisy = kind == NOISE  # two patterns over the picture, and not in space
    floors = pattern(backgrounds.floor, torch.where(noisy, 2 * ray, spot), noise)[..., None]
    walls = pattern(backgrounds.wall, torch.where(noisy, 2 * ray, spot_on_wall), noise)[..., None]
    room = _room(backgrounds, floors, walls, is_floor[..., None], second[..., None])
    plain = _plain(backgrounds, side)
    picture = torch.where(kind == WHITE, torch.ones_like(plain), plain)
    picture = torch.where(kind == ROOM, room, picture)
    picture = torch.where(noisy, _noisy(backgrounds, floors, walls), picture)
    shown = on_floor & torch.where(kind[..., 0] == ROOM, is_floor, on_floor) & ~spread(backgrounds.tight, 2)
    dark = _darkness(lights, shadows, spot) * shown
    return picture * (1 - dark[..., None]).clamp(min=0.02).sqrt()


def _to_floor(cameras: Cameras, ray: Tensor, floor: Tensor) -> tuple[Tensor, Tensor]:
    """Return how far rays go to the floor, `(n, h, w)`, and which meet it."""
    above = spread(cameras.position[:, 1] - floor, 2)
    fall = -ray[..., 1]
    return (above / fall.clamp(min=1e-3)).clamp(max=60), (above > 0) & (fall > 1e-3)


def _darkness(lights: Lights, shadows: Tensor, spot: Tensor) -> Tensor:
    """Return how much of its light each spot of the floor lacks, `(n, h, w)` in [0, 1]."""
    hard, soft = F.grid_sample(shadows, spot[..., ::2] / FLOOR_HALF, align_corners=False).unbind(1)
    key, ambient = spread(lights.key, 2), spread(lights.ambient, 2)
    return spread(lights.shadow, 2) * (0.85 * hard * key + soft * ambient) / (key + ambient)


def _plain(backgrounds: Backgrounds, side: int) -> Tensor:
    """Return pictures of one colour, or of a gradient between two."""
    places = (torch.arange(side, device=backgrounds.across.device) + 0.5) * (2 / side) - 1
    right, down, begin = backgrounds.across.unbind(1)
    share = spread(right, 2) * places + spread(down, 2) * places[:, None] + spread(begin, 2)
    return torch.lerp(
        spread(backgrounds.colours[:, 0], 2),
        spread(backgrounds.colours[:, 2], 2),
        share.clamp(0, 1)[..., None],
    )


def _to_walls(backgrounds: Backgrounds, cameras: Cameras, ray: Tensor) -> tuple[Tensor, Tensor]:
    """Return how far rays go to the nearer wall, `(n, h, w)`, and where that is the second one."""
    normals, far = backgrounds.walls[..., :3], backgrounds.walls[..., 3]
    # A wall is where the part of a point along the wall's normal is −far.
    start = (cameras.position[:, None] * normals).sum(-1) + far  # (n, 2)
    speed = torch.einsum("nhwc,nkc->nkhw", ray, normals)
    wall_at = torch.where(speed < -1e-3, start[:, :, None, None] / -speed, 1e4)
    one, other = torch.where(wall_at > 0, wall_at, 1e4).unbind(1)
    return torch.minimum(one, other), other < one


def _room(
    backgrounds: Backgrounds, floors: Tensor, walls: Tensor, is_floor: Tensor, second: Tensor
) -> Tensor:
    """Return pictures of rooms from the patterns of their floors and walls, `(n, h, w, 1)`."""
    colours = [spread(colour, 2) for colour in backgrounds.colours.unbind(1)]
    one = torch.where(second, colours[4] * 0.85, colours[2])  # walls get different light
    other = torch.where(second, colours[5] * 0.85, colours[3])
    wall = torch.lerp(one, other, 0.5 + 0.5 * walls)
    return torch.where(is_floor, torch.lerp(colours[0], colours[1], 0.5 + 0.5 * floors), wall)


def _noisy(backgrounds: Backgrounds, floors: Tensor, walls: Tensor) -> Tensor:
    """Return pictures of two patterns and four colours: not of anything, but not plain."""
    one, two = (0.5 + 0.7 * walls).clamp(0, 1), (0.5 + 0.7 * floors).clamp(0, 1)
    a, b, c, d = (spread(backgrounds.colours[:, index], 2) for index in range(4))
    return torch.lerp(torch.lerp(a, b, one), torch.lerp(c, d, one), two)
