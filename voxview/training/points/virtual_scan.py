"""Virtual scans: point clouds as scanners and programs make them, of a batch of grids, on their device.

Nothing depends on values on the host, so that a GPU never waits.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from voxview.training.pictures.draw import Draw
from voxview.training.points.defects import density, displace, put_strays
from voxview.training.points.scan_config import ScanConfig
from voxview.training.points.surface_points import surface_points
from voxview.training.points.viewpoints import random_viewpoints, seen

CANDIDATES = 4
"""Points of the surface drawn for each one that is wanted: about a third is seen from one view."""


class Scans(NamedTuple):
    """One cloud for each chair."""

    points: Tensor
    """`(n, count, 3)` float32 in the chair's frame, in no order; points repeat where too little is seen."""
    viewpoints: Tensor
    """`(n, count, 3)`: from where each point was seen; NaN of a whole surface and of stray points."""


@torch.no_grad()
def scan(grids: Tensor, count: int, config: ScanConfig, generator: torch.Generator) -> Scans:
    """Return a random cloud of `count` points of each grid, `(n, 32, 32, 32)` bool indexed `[x, y, z]`.

    All is done on the device of the grids and of the generator, in float32 whatever autocast says.
    """
    with torch.autocast(grids.device.type, enabled=False):
        draw = Draw(len(grids), grids.device, generator)
        thinner = draw.uniform(0, config.thinner)
        surface = surface_points(grids, CANDIDATES * count, draw.some(config.voxels), thinner, draw)
        viewpoints = random_viewpoints(draw, config.views, CANDIDATES * count)
        weights = seen(surface.volumes, surface.points, surface.normals, viewpoints, draw)
        # Where frames of a scan were joined, near and far surfaces are as dense as one another.
        weights = weights.clamp(min=0) ** draw.uniform(0, 1, 1) * (weights > 0)
        whole = draw.some(config.whole, 1)
        weights = torch.where(whole, torch.ones_like(weights), weights) * surface.weights
        chosen = _choose(weights, weights * density(surface.points, config, draw), count, draw)
        points, normals, views = (
            values.gather(1, chosen[..., None].expand(-1, -1, 3))
            for values in (surface.points, surface.normals, viewpoints)
        )
        rays = torch.where(whole[..., None], normals, F.normalize(views - points, dim=-1))
        points, stray = put_strays(displace(points, rays, config, draw), config, draw)
        unknown = (whole | stray)[..., None]
        return Scans(points, torch.where(unknown, torch.nan, views))


def _choose(weights: Tensor, with_gaps: Tensor, count: int, draw: Draw) -> Tensor:
    """Return `count` indices of each row, in proportion to its weights and as few twice as can be: int64.

    Drawn without replacement (Efraimidis and Spirakis 2006); where fewer points have a weight, all of them,
    again and again. A row in whose gaps nearly everything lies is taken without them.
    """
    enough = (with_gaps > 0).sum(1, keepdim=True) >= count // 8 + 1
    weights = torch.where(enough, with_gaps, weights)
    keys = torch.log(draw.uniform(0, 1, weights.shape[1]).clamp(min=1e-12)) / weights.clamp(min=1e-20)
    order = torch.where(weights > 0, keys, -torch.inf).topk(count, 1).indices
    available = (weights > 0).sum(1, keepdim=True).clamp(1, count)
    return order.gather(1, torch.arange(count, device=weights.device) % available)
