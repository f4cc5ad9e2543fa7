"""Points on the surfaces of a batch of chairs, smooth or with the steps of their voxels.

Faces between occupied and empty voxels are drawn at random, and a place on each. Of a smooth chair the place
then moves along the normal to where the volume is 0.5.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from voxview.training.pictures.draw import Draw, spread
from voxview.training.pictures.volumes import fine_volumes, sample

SEARCH = (-1.0, 0.75)
"""How far from a voxel's face the smooth surface may be, in voxels: inwards and outwards."""
SAMPLES = 8


@dataclass(frozen=True)
class SurfacePoints:
    """Points of each chair's surface, with more of them than are wanted."""

    points: Tensor
    """`(n, k, 3)` in the chair's frame."""
    normals: Tensor
    """`(n, k, 3)`, outward, of unit length."""
    weights: Tensor
    """`(n, k)`: the area that a point stands for, in faces of voxels; 0 where no surface was found."""
    volumes: Tensor
    """`(n, 1, 64, 64, 64)` indexed `[z, y, x]`: the chair is where this is above 0.5."""


def surface_points(grids: Tensor, count: int, voxels: Tensor, thinner: Tensor, draw: Draw) -> SurfacePoints:
    """Return `count` points of each surface of grids `(n, 32, 32, 32)` bool, `[x, y, z]`.

    `voxels`, `(n,)` bool: whether the surface has the voxels' steps; `thinner`, `(n,)`: see `build_volumes`.
    """
    values = grids.float()
    smooth = fine_volumes(values, thinner)
    stepped = F.interpolate(values.permute(0, 3, 2, 1)[:, None], scale_factor=2, mode="nearest")
    volumes = torch.where(spread(voxels, 4), stepped, smooth)
    places, outward = _on_faces(values, count, draw)
    slope = _outward(volumes, places)
    normals = torch.where(spread(voxels, 2), outward, F.normalize(slope + 1e-6 * outward, dim=-1))
    shift, found = _to_level(volumes, places, normals)
    stays = voxels[:, None]
    points = places + torch.where(stays, 0.0, shift)[..., None] * normals
    # A slanted surface has more faces of voxels than its area.
    area = (normals * outward).sum(-1).clamp(min=0.2) * (found | stays)
    return SurfacePoints(points, normals, area, volumes)


def _on_faces(values: Tensor, count: int, draw: Draw) -> tuple[Tensor, Tensor]:
    """Return places on the faces of occupied voxels and the faces' outward directions: twice `(n, k, 3)`."""
    side = values.shape[1]
    planes = side + 1
    steps = []
    for normal in range(3):
        turned = values.movedim(normal + 1, 1)  # the axis across the faces first, the others in their order
        steps.append(-torch.diff(F.pad(turned, (0, 0, 0, 0, 1, 1)), dim=1).flatten(1))
    step = torch.cat(steps, 1)  # (n, 3 * 33 * 32 * 32): 1 where the face looks along the axis, −1 against it
    empty = ~step.any(1, keepdim=True)  # a chair without voxels gives points of no weight
    face: Tensor = torch.multinomial(step.abs() + empty, count, replacement=True, generator=draw.generator)
    axis: Tensor = face // (planes * side * side)
    rest: Tensor = face % (planes * side * side)
    within = draw.uniform(0, 1, count, 2)
    across = (rest // (side * side)).float() / side - 0.5
    first = ((rest // side % side).float() + within[..., 0]) / side - 0.5
    second = ((rest % side).float() + within[..., 1]) / side - 0.5
    along_x, along_y = axis == 0, axis == 1
    x = torch.where(along_x, across, first)
    y = torch.where(along_x, first, torch.where(along_y, across, second))
    z = torch.where(axis == 2, across, second)
    sign = step.gather(1, face)
    outward = F.one_hot(axis, 3) * sign[..., None]
    return torch.stack([x, y, z], -1), outward


def _outward(volumes: Tensor, points: Tensor) -> Tensor:
    """Return minus the gradient of the volumes at the points, by central differences: `(n, k, 3)`."""
    reach = torch.eye(3, device=points.device) * (0.75 / 32)
    around = torch.cat([points[:, :, None] - reach, points[:, :, None] + reach], 2)  # (n, k, 6, 3)
    before, after = sample(volumes, around)[:, 0].split(3, -1)
    return before - after


def _to_level(volumes: Tensor, places: Tensor, normals: Tensor) -> tuple[Tensor, Tensor]:
    """Return how far along its normal the surface is from each place, and where one was found: `(n, k)`."""
    shifts = torch.linspace(SEARCH[0] / 32, SEARCH[1] / 32, SAMPLES, device=places.device)
    values = sample(volumes, places[:, :, None] + shifts[:, None] * normals[:, :, None])[:, 0]
    inner, outer = values[..., :-1], values[..., 1:]
    crossing = (inner > 0.5) & (outer <= 0.5)
    share = ((inner - 0.5) / (inner - outer).clamp(min=1e-6)).clamp(0, 1)
    at = shifts[:-1] + share * (shifts[1] - shifts[0])
    nearest = torch.where(crossing, at.abs(), 1.0).argmin(-1, keepdim=True)
    return at.gather(-1, nearest)[..., 0], crossing.any(-1)
