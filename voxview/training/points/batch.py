"""A batch of point clouds with what is known of their chairs: turned, moved and scaled at random."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from voxview.model.layout import LATENT_SHAPE, LATENT_SIZE
from voxview.model.point_pose import Pose, normalise, turn
from voxview.model.symmetric import negate_odd
from voxview.shapes.orient import UPS, rotation_matrix
from voxview.training.points_config import PointsConfig

NEARLY_STRAIGHT = math.radians(8)
"""Standard deviation of the angle of clouds that are not turned by any angle, radians."""


class Scanner(Protocol):
    """What makes clouds of chairs, such as `virtual_scan.scan`."""

    def __call__(self, grids: Tensor, count: int, generator: torch.Generator) -> Tensor:
        """Return clouds `(n, count, 3)`, in the chairs' frames, of grids `(n, 32, 32, 32)` bool."""


@dataclass(frozen=True)
class PointsBatch:
    """Clouds and their chairs, on one device; those with y up first."""

    points: Tensor
    """`(n, m, 3)`, normalised (`point_pose.normalise`)."""
    up: Tensor
    """`(n,)` int64: which axis is up, in the order of `UPS`."""
    upright: int
    """How many have y up: what is below is of these alone."""
    pose: Pose
    latents: Tensor
    """`(upright, 8, 8)`."""
    occupancy: Tensor
    """`(upright, 1, 32, 32, 32)` float, 0 or 1."""


def upward_rotations(device: str) -> Tensor:
    """Return the rotations that bring each of `UPS` to +y, `(6, 3, 3)` float32."""
    return torch.stack([torch.from_numpy(rotation_matrix(up)).float() for up in UPS]).to(device)


def make_batch(
    points: Tensor,
    latents: Tensor,
    grids: Tensor,
    config: PointsConfig,
    odd: int,
    rotations: Tensor,
    generator: torch.Generator,
) -> PointsBatch:
    """Return clouds `(n, m, 3)`, in the frames of chairs `grids` `(n, 32, 32, 32)`, as an encoder meets them.

    Half of them are mirrored, where the last `odd` numbers of `latents` `(n, 8, 8)` change sign with the
    mirror image; where `odd` is 0 none is. `rotations` are from `upward_rotations`.
    """
    n, device = len(points), points.device
    random = torch.rand(n, 3, device=device, generator=generator)
    mirrored = random[:, 0] < (0.5 if config.mirror and odd > 0 else 0.0)
    points = torch.where(mirrored[:, None, None], _mirrored(points), points)
    turned = negate_odd(latents.reshape(n, LATENT_SIZE), odd).reshape(n, *LATENT_SHAPE)
    latents = torch.where(mirrored[:, None, None], turned, latents)
    occupancy = torch.where(mirrored[:, None, None, None], grids.flip(1), grids).float()[:, None]
    upright = n - round(config.lying * n)
    nearly = NEARLY_STRAIGHT * torch.randn(n, device=device, generator=generator)
    anyhow = random[:, 1] < config.turned
    anyhow[upright:] = True  # by `rotation_matrix` alone, a lying chair would have one turn of its own
    angle = torch.where(anyhow, 2 * math.pi * random[:, 2], nearly)
    clouds, mean, size = normalise(turn(points, angle))
    up = torch.zeros(n, dtype=torch.int64, device=device)
    up[upright:] = torch.randint(1, len(UPS), (n - upright,), device=device, generator=generator)
    pose = Pose(-mean / size[:, None], -size.log(), angle)
    return PointsBatch(
        torch.bmm(clouds, rotations[up]),  # x → Rᵀ x, as the rows are points
        up,
        upright,
        Pose(*(part[:upright] for part in pose)),
        latents[:upright],
        occupancy[:upright],
    )


def _mirrored(points: Tensor) -> Tensor:
    return torch.cat([-points[..., :1], points[..., 1:]], 2)
