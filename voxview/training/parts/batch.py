"""Batches of labelled point clouds: surfaces and voxel centres of procedural chairs, warped and tilted."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from voxview.conventions import RESOLUTION
from voxview.model.point_pose import turn
from voxview.shapes.bits import PACKED_SIZE
from voxview.shapes.parts import NO_PART
from voxview.training.augmentation import SEGMENTS, piecewise
from voxview.training.batches import unpack
from voxview.training.points.batch import Scanner
from voxview.training.points_config import PartsConfig

REACH = 1.5
"""Voxels from the nearest occupied one beyond which a point is of no part: it is a stray one."""


@dataclass(frozen=True)
class PartsBatch:
    """Clouds with labels, on one device."""

    points: Tensor
    """`(n, m, 3)` in the chairs' frames."""
    labels: Tensor
    """`(n, m)` int64, `NO_PART` where a point is of none."""


def unpack_labels(packed: Tensor) -> Tensor:
    """Return labelled grids `(n, 32, 32, 32)` uint8, from `bits.pack_labels` `(n, 3 · 4096)`."""
    occupied, low, high = (unpack(plane) for plane in packed.split(PACKED_SIZE, 1))
    return torch.where(occupied, low.to(torch.uint8) + 2 * high.to(torch.uint8), NO_PART).to(torch.uint8)


def make_batch(labels: Tensor, config: PartsConfig, scan: Scanner, generator: torch.Generator) -> PartsBatch:
    """Return clouds of labelled grids `(n, 32, 32, 32)` uint8; the first ones are voxel centres."""
    inside = round(config.inside * len(labels))
    clouds = [
        voxel_centres(labels[:inside], config.points, generator),
        surface_points(labels[inside:], config.points, scan, generator),
    ]
    points, parts = (torch.cat(both) for both in zip(*clouds, strict=True))
    mirrored = torch.rand(len(points), 1, 1, device=points.device, generator=generator) < 0.5
    points = torch.where(mirrored, torch.cat([-points[..., :1], points[..., 1:]], 2), points)
    points = _tilted(_warped(points, config.warp, generator), config.tilt, generator)
    return PartsBatch(in_frame(points, parts != NO_PART), parts)


def voxel_centres(labels: Tensor, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return `count` random voxels of each labelled grid: centres `(n, count, 3)`, labels `(n, count)`.

    Where there are fewer, all of them, again and again.
    """
    flat = labels.flatten(1).long()
    occupied = flat != NO_PART
    keys = torch.rand(flat.shape, device=flat.device, generator=generator)
    order = torch.where(occupied, keys, -1.0).topk(count, 1).indices
    available = occupied.sum(1, keepdim=True).clamp(1, count)
    chosen = order.gather(1, torch.arange(count, device=flat.device) % available)
    return _centres(chosen), flat.gather(1, chosen)


def surface_points(
    labels: Tensor, count: int, scan: Scanner, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Return a scan of each labelled grid, and each point's part: that of the nearest occupied voxel."""
    points = scan(labels != NO_PART, count, generator)
    return points, nearest_labels(points, labels)


def nearest_labels(points: Tensor, labels: Tensor) -> Tensor:
    """Return the part of the occupied voxel nearest to each point `(n, m, 3)`: `(n, m)` int64.

    `labels` are `(n, 32, 32, 32)` uint8. Only the voxel around a point and its 26 neighbours are looked at:
    `NO_PART` where all are empty, or the nearest is too far.
    """
    voxel = ((points + 0.5) * RESOLUTION).floor()  # (n, m, 3)
    steps = torch.arange(-1, 2, device=points.device)
    around = torch.cartesian_prod(steps, steps, steps)  # (27, 3)
    near = voxel[:, :, None].long() + around  # (n, m, 27, 3)
    is_in = ((near >= 0) & (near < RESOLUTION)).all(3)
    x, y, z = near.clamp(0, RESOLUTION - 1).unbind(3)
    number = (x * RESOLUTION + y) * RESOLUTION + z
    found = labels.flatten(1).gather(1, number.flatten(1)).reshape(number.shape).long()
    far = ((near + 0.5) / RESOLUTION - 0.5 - points[:, :, None]).norm(dim=3) * RESOLUTION
    far = torch.where(is_in & (found != NO_PART), far, torch.inf)
    nearest, which = far.min(2, keepdim=True)
    return torch.where(nearest <= REACH, found.gather(2, which), NO_PART)[..., 0]


def in_frame(points: Tensor, counts: Tensor) -> Tensor:
    """Return clouds `(n, m, 3)` in the middle of the frame, the longest side 1 long.

    `counts` `(n, m)` says which points are the chair's.
    """
    low = torch.where(counts[..., None], points, torch.inf).amin(1, keepdim=True)
    high = torch.where(counts[..., None], points, -torch.inf).amax(1, keepdim=True)
    size = (high - low).amax(2, keepdim=True).clamp(min=1e-3)
    return (points - (low + high) / 2) / size


def _centres(numbers: Tensor) -> Tensor:
    """Return the centres `(n, m, 3)` of voxels by their numbers in C order."""
    places = torch.stack(
        [numbers // RESOLUTION**2, numbers // RESOLUTION % RESOLUTION, numbers % RESOLUTION], 2
    )
    return (places + 0.5) / RESOLUTION - 0.5


def _warped(points: Tensor, strength: float, generator: torch.Generator) -> Tensor:
    """Return clouds stretched here and squeezed there along each axis, as `augmentation` does to grids."""
    n, device = len(points), points.device
    low, high = points.amin(1), points.amax(1)  # (n, 3)
    scale = torch.exp(strength * torch.randn(n, 3, device=device, generator=generator))
    shares = torch.exp(strength * torch.randn(n, 3, SEGMENTS, device=device, generator=generator))
    symmetric = (shares + shares.flip(2)) / 2
    shares = torch.cat([symmetric[:, :1], shares[:, 1:]], 1)  # left and right stay alike
    shares = shares / shares.sum(2, keepdim=True)
    knots = torch.cat([torch.zeros(n, 3, 1, device=device), shares.cumsum(2)], 2)
    even = torch.linspace(0, 1, SEGMENTS + 1, device=device).expand(n, -1)
    along = (points - low[:, None]) / (high - low).clamp(min=1e-3)[:, None]
    warped = torch.stack([piecewise(along[..., a], even, knots[:, a]) for a in range(3)], 2)
    return (warped - 0.5) * ((high - low) * scale)[:, None]


def _tilted(points: Tensor, degrees: float, generator: torch.Generator) -> Tensor:
    """Return clouds turned by small random angles about each axis, of this standard deviation."""
    spread = math.radians(degrees)
    for angle in (spread * torch.randn(3, len(points), device=points.device, generator=generator)).unbind(0):
        points = turn(points.roll(1, 2), angle)  # about each axis: the next one becomes y
    return points
