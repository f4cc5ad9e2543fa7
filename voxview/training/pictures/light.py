"""Light: where a chair keeps it from itself and from the floor."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from voxview.model.camera import directions
from voxview.training.pictures.draw import Draw, spread
from voxview.training.pictures.volumes import Volumes, sample

VOXEL_SAMPLES, VOXEL_STEPS = 24, 10
"""Places along each axis where the chair's own shadow is known, and samples from each towards the light."""
FLOOR_SAMPLES, FLOOR_STEPS = 40, 14
FLOOR_HALF = 1.3
"""Half of the side of the square of floor that is shadowed, around the chair."""
REACH = 1.1
"""How far towards the light is looked for what is in its way."""


@dataclass(frozen=True)
class Lights:
    """The light of each picture."""

    direction: Tensor
    """`(n, 3)` towards the lamp, window or sun."""
    key: Tensor
    """`(n,)` its strength, beside light from all around, `ambient`, `(n,)`."""
    ambient: Tensor
    tint: Tensor
    """`(n, 3)` the colour of the light from all around."""
    shadow: Tensor
    """`(n,)` in [0, 1]: how dark shadows are on the floor."""


def random_lights(azimuth: Tensor, draw: Draw) -> Lights:
    """Return lights, most of them from the camera's side, where photographers want them."""
    aside = torch.where(draw.some(0.8), draw.uniform(-90, 90), draw.uniform(-180, 180))
    return Lights(
        direction=directions(azimuth + aside, draw.uniform(20, 80)),
        key=draw.uniform(0.3, 1.2),
        ambient=draw.uniform(0.3, 0.9),
        tint=1 + draw.uniform(-0.12, 0.12, 3),
        shadow=torch.where(draw.some(0.85), draw.uniform(0.3, 1), draw.uniform(0, 0.2)),
    )


def lit_volume(volumes: Volumes, lights: Lights) -> Tensor:
    """Return how much of the light gets to each place of the cube: `(n, 1, 24, 24, 24)` `[z, y, x]`."""
    n, device = VOXEL_SAMPLES, volumes.fine.device
    places = (torch.arange(n, device=device) + 0.5) / n - 0.5
    z, y, x = torch.meshgrid(places, places, places, indexing="ij")
    points = torch.stack([x, y, z], -1).reshape(1, n, n * n, 3)
    way = _in_the_way(volumes, points, lights.direction, VOXEL_STEPS, 0.07)
    return torch.exp(-1.6 * way).reshape(-1, 1, n, n, n)


def floor_shadow(volumes: Volumes, lights: Lights) -> Tensor:
    """Return how much darker the floor is around the chair, `(n, 2, 40, 40)` `[z, x]` in [0, 1].

    The first is the light's shadow; the second is what the chair takes of the light from all around.
    """
    n, device = FLOOR_SAMPLES, volumes.fine.device
    places = ((torch.arange(n, device=device) + 0.5) / n * 2 - 1) * FLOOR_HALF
    z, x = torch.meshgrid(places, places, indexing="ij")
    flat = torch.stack([x, torch.zeros_like(x), z], -1)[None]
    height = torch.zeros_like(volumes.low)
    height[:, 1] = volumes.low[:, 1]
    points = flat + spread(height, 2)
    upward = torch.zeros_like(height)
    upward[:, 1] = 1
    hard = _in_the_way(volumes, points, lights.direction, FLOOR_STEPS, 0.03)
    soft = _in_the_way(volumes, points, upward, FLOOR_STEPS, 0.03)
    return torch.stack([1 - torch.exp(-1.5 * hard), 1 - torch.exp(-0.5 * soft)], 1)


def _in_the_way(volumes: Volumes, points: Tensor, towards: Tensor, steps: int, start: float) -> Tensor:
    """Return how many voxels of chair lie from `(n or 1, h, w, 3)` points towards `(n, 3)`: `(n, h, w)`."""
    far = start + (torch.arange(steps, device=points.device) + 0.5) * (REACH / steps)
    spots = points[:, None] + spread(towards, 3) * far.reshape(-1, 1, 1, 1)
    full = sample(volumes.around[:, 3:], spots)[:, 0]  # (n, steps, h, w)
    return (full - 0.08).clamp(min=0).sum(1) * (REACH / steps * volumes.around.shape[-1])
