"""Viewpoints of virtual scans, and which points are seen from them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from voxview.model.camera import directions
from voxview.training.pictures.draw import Draw

NEAR, FAR = 1.5, 3.2
"""Distances of a viewpoint from the cube's centre, in its edges."""
STEPS = 48
"""Samples between a point and where its ray leaves the chair's box."""
CLEARANCE = 0.5 / 32
"""How far outside the surface a ray begins: half a voxel, or the surface would hide itself."""


def random_viewpoints(draw: Draw, shares: Sequence[float], points: int) -> Tensor:
    """Return from where each of `points` points would be seen, of one to three views: `(n, points, 3)`.

    Half of the scans have views from anywhere above the floor, half from an arc, as a person walks.
    """
    most = len(shares)
    first = draw.uniform(-180, 180, 1)
    on_arc = draw.uniform(35, 120, most).cumsum(1) + first
    azimuth = torch.where(draw.some(0.5, 1), on_arc, draw.uniform(-180, 180, most))
    elevation = torch.rad2deg(torch.asin(draw.uniform(0.05, 0.95, most)))
    views = directions(azimuth, elevation) * draw.uniform(NEAR, FAR, most, 1)  # (n, most, 3)
    used = draw.pick(shares, 1) + 1
    which = (draw.uniform(0, 1, points) * used).long().clamp(max=most - 1)
    return views.gather(1, which[..., None].expand(-1, -1, 3))


def seen(volumes: Tensor, points: Tensor, normals: Tensor, viewpoints: Tensor, draw: Draw) -> Tensor:
    """Return how densely a depth camera at its viewpoint samples each point, 0 if it is hidden: `(n, k)`.

    All are `(n, k, 3)` but the volumes, `(n, 1, z, y, x)`: see `SurfacePoints`. Density falls with the
    square of the distance and with the angle to the normal.
    """
    away = viewpoints - points
    distance = away.norm(dim=-1, keepdim=True)
    ray = away / distance
    facing = (ray * normals).sum(-1)
    start = points + CLEARANCE * normals
    slope = torch.where(ray.abs() < 1e-6, 1e6, 1 / ray)
    leave = torch.maximum((0.5 - start) * slope, (-0.5 - start) * slope).amin(-1).clamp(min=0)
    jitter = draw.uniform(0, 1, 1, 1)
    steps = (torch.arange(STEPS, device=points.device) + jitter) / STEPS  # (n, 1, steps)
    hidden = (_nearest(volumes, start, ray, leave[..., None] * steps) > 0.5).any(-1)
    return facing.clamp(min=0) / distance[..., 0] ** 2 * ~hidden


def _nearest(volumes: Tensor, start: Tensor, ray: Tensor, along: Tensor) -> Tensor:
    """Return the nearest values of `(n, 1, z, y, x)` volumes along rays inside the cube: `(n, k, steps)`.

    `start` and `ray` are `(n, k, 3)`, `along` is how far from the start, `(n, k, steps)`.
    """
    n, side = len(volumes), volumes.shape[-1]
    index = torch.zeros_like(along)  # exact in float32: 64³ is less than 2²⁴
    for axis in (2, 1, 0):  # z is the slowest
        at = torch.addcmul(start[..., axis, None], ray[..., axis, None], along)
        index = index * side + ((at + 0.5) * side).floor_().clamp_(0, side - 1)
    return volumes.reshape(n, -1).gather(1, index.long().reshape(n, -1)).reshape(along.shape)
