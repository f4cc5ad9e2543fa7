"""Scenes: everything that is random in a batch of pictures but the noise of pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from voxview.model.camera import Cameras
from voxview.training.pictures.backgrounds import (
    NOISE,
    PLAIN,
    ROOM,
    SHARES,
    WHITE,
    Backgrounds,
    random_backgrounds,
)
from voxview.training.pictures.camera import random_cameras
from voxview.training.pictures.clutter import (
    Neighbours,
    Things,
    random_neighbours,
    things_behind,
    things_in_front,
)
from voxview.training.pictures.degrade import Degradation, random_degradation
from voxview.training.pictures.draw import Draw
from voxview.training.pictures.furniture import Furniture, random_furniture
from voxview.training.pictures.light import Lights, random_lights
from voxview.training.pictures.shading import Materials, random_materials
from voxview.training.pictures.volumes import box

REMOVED = 0.35
"""Share of the pictures with a white background of which it is white because it was removed."""


@dataclass(frozen=True)
class Scene:
    """One scene for each picture."""

    cameras: Cameras
    lights: Lights
    materials: Materials
    backgrounds: Backgrounds
    furniture: Furniture
    behind: Things
    in_front: Things
    neighbours: Neighbours
    degradation: Degradation
    thinner: Tensor
    """`(n,)`: see `build_volumes`."""


def random_scene(fields: Tensor, draw: Draw, plain: bool) -> Scene:
    """Return scenes for chairs, `(n, 32, 32, 32)`; `plain` ones have nothing around the chair."""
    kind = torch.zeros_like(draw.pick(SHARES)) if plain else draw.pick(SHARES)
    tight = (kind == WHITE) & draw.some(REMOVED)
    low, high = box(fields)
    cameras = random_cameras(fields, tight, draw)
    lights = random_lights(cameras.azimuth, draw)
    cluttered = ((kind == ROOM) & draw.some(0.5)) | ((kind == NOISE) & draw.some(0.4))
    crowded = ((kind == ROOM) & draw.some(0.25)) | ((kind == PLAIN) & draw.some(0.08))
    covered = ~tight & draw.some(0.22) & ((kind != WHITE) | draw.some(0.15))
    pristine = (kind == WHITE) & (tight | draw.some(0.6))
    if plain:
        lights = replace(lights, shadow=torch.zeros_like(lights.shadow))
    return Scene(
        cameras=cameras,
        lights=lights,
        materials=random_materials(low, high, draw),
        backgrounds=random_backgrounds(cameras.azimuth, kind, tight, draw),
        furniture=random_furniture((kind == ROOM) & draw.some(0.75), cameras.azimuth, low[:, 1], draw),
        behind=things_behind(cluttered, draw),
        in_front=things_in_front(covered & (not plain), cameras, draw),
        neighbours=random_neighbours(crowded, draw),
        degradation=random_degradation(cameras, pristine, draw),
        thinner=torch.where(draw.some(0.6), draw.uniform(-0.03, 0.12), 0.0),
    )
