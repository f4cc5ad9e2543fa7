"""Defects of real clouds: uneven density, gaps and missing parts; noise, bending and stray points."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from voxview.training.pictures.draw import Draw, spread
from voxview.training.points.scan_config import ScanConfig

WAVES = 4
"""Waves that a function which varies slowly in space is the sum of."""


def density(points: Tensor, config: ScanConfig, draw: Draw) -> Tensor:
    """Return how densely each of the points `(n, k, 3)` is sampled, 0 in gaps and missing parts: `(n, k)`."""
    strength = draw.uniform(0, config.uneven, 1) * draw.some(0.6, 1)
    weights = torch.exp(strength * _waves(points, 1, draw)[..., 0])
    if config.gaps:
        middle = points[:, : config.gaps]  # of a ball: one of the points, which come in no order
        radius = draw.uniform(0.04, 0.16, config.gaps) * draw.some(0.4, config.gaps)
        weights = weights * ~(torch.cdist(points, middle) < radius[:, None]).any(-1)
    normal = F.normalize(draw.normal(1, 3), dim=-1)
    height = (points * normal[:, None]).sum(-1)
    low, high = height.amin(1, keepdim=True), height.amax(1, keepdim=True)
    missing = height > high - (high - low) * draw.uniform(0.1, 0.4, 1)
    return weights * ~(missing & draw.some(config.cut, 1))


def displace(points: Tensor, rays: Tensor, config: ScanConfig, draw: Draw) -> Tensor:
    """Return the points `(n, k, 3)` with noise, most of it along the rays `(n, k, 3)`, and bent slowly."""
    k = points.shape[1]
    # A square, so that more clouds are clean than noisy.
    amount = config.noise * draw.uniform(0, 1, 1) ** 2
    every_way = draw.normal(1, k, 3)
    along = every_way[..., :1] * rays
    noise = torch.where(spread(draw.some(0.7), 2), along, every_way / 3**0.5)
    bent = config.bending * draw.uniform(0, 1, 1, 1) * draw.some(0.4, 1, 1)
    return points + amount[..., None] * noise + bent * _waves(points, 3, draw)


def put_strays(points: Tensor, config: ScanConfig, draw: Draw) -> tuple[Tensor, Tensor]:
    """Return the points with some of them anywhere or on the floor, and which these are, `(n, k)` bool."""
    k = points.shape[1]
    outliers = draw.uniform(0, config.outliers, 1) * draw.some(0.5, 1)
    floor = draw.uniform(0, config.floor, 1) * draw.some(0.15, 1)
    value = draw.uniform(0, 1, k)
    is_outlier, is_floor = value < outliers, value > 1 - floor
    anywhere = draw.uniform(-0.6, 0.6, k, 3)
    low = points[..., 1].amin(1, keepdim=True).expand(-1, k)
    on_floor = torch.stack([anywhere[..., 0], low, anywhere[..., 2]], -1)
    moved = torch.where(is_outlier[..., None], anywhere, points)
    return torch.where(is_floor[..., None], on_floor, moved), is_outlier | is_floor


def _waves(points: Tensor, channels: int, draw: Draw) -> Tensor:
    """Return functions that vary slowly in space, of mean 0 and standard deviation 1: `(n, k, channels)`."""
    frequency = draw.normal(5, 3, channels * WAVES)
    turn = draw.uniform(0, 6.2831853, 1, channels * WAVES)
    waves = torch.sin(points @ frequency + turn)
    return waves.unflatten(-1, (channels, WAVES)).sum(-1) * (2 / WAVES) ** 0.5
