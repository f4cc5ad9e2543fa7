"""Chairs as volumes that rays can be marched through: rounded, at twice their resolution, with normals.

As `surface/fine.py` does for one surface, here for a batch: Catmull-Rom splines along each axis, with thin
parts raised so that a leg of one voxel is not lost between samples. Steps between voxels, which no photograph
shows, are rounded more than there.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

LEAST, MOST = 0.7, 0.46
"""The least value of an occupied voxel and the largest of an empty one: nothing tears, no gap is closed."""
MARGIN = 0.75
"""Voxels around the occupied ones in which a value above 0.5 may lie."""


@dataclass(frozen=True)
class Volumes:
    """A batch of chairs; volumes are indexed `[z, y, x]`, so that `grid_sample` takes points as (x, y, z)."""

    fine: Tensor
    """`(n, 1, 64, 64, 64)`: the chair is where this is above 0.5."""
    around: Tensor
    """`(n, 4, 32, 32, 32)`: the outward direction (x, y, z; not of unit length), and how full the
    neighbourhood is, in [0, 1]."""
    low: Tensor
    high: Tensor
    """`(n, 3)`: corners of the box that the chair is in, in the chair's frame."""


def build_volumes(fields: Tensor, thinner: Tensor) -> Volumes:
    """Return the volumes of `(n, 32, 32, 32)` fields in [0, 1].

    `thinner`, `(n,)`, is taken off the values around the surface: real legs are often thinner than a voxel.
    """
    turned = fields.permute(0, 3, 2, 1).float()
    blurred = _blur(turned)
    low, high = box(fields)
    wide = _blur(_blur(blurred))
    around = torch.stack([*_outward(_blur(blurred)), wide], 1)
    return Volumes(_fine(turned, blurred, thinner), around, low, high)


def fine_volumes(fields: Tensor, thinner: Tensor) -> Tensor:
    """Return `Volumes.fine` alone of `(n, 32, 32, 32)` fields: `(n, 1, 64, 64, 64)`, indexed `[z, y, x]`."""
    turned = fields.permute(0, 3, 2, 1).float()
    return _fine(turned, _blur(turned), thinner)


def _fine(turned: Tensor, blurred: Tensor, thinner: Tensor) -> Tensor:
    rounded = _round(turned, blurred, thinner[:, None, None, None])
    return _along_all(rounded, _splines(turned.shape[1], turned.device))[:, None]


def sample(volumes: Tensor, points: Tensor) -> Tensor:
    """Return values at `(n, …, 3)` points of the chair's frame: `(n, c, …)`; 0 outside the cube.

    `volumes` is `(n, c, z, y, x)`.
    """
    shape = points.shape[1:-1]
    flat = points.reshape(len(points), 1, 1, -1, 3) * 2
    values = F.grid_sample(volumes, flat.to(volumes.dtype), "bilinear", "zeros", align_corners=False)
    return values.reshape(len(points), volumes.shape[1], *shape)


def _round(values: Tensor, blurred: Tensor, thinner: Tensor) -> Tensor:
    """Return the values with their steps rounded: above 0.5 where the chair is.

    A blur rounds steps but takes thin parts away: a sheet of one voxel keeps a half of its height, a leg a
    quarter. So the surface is where the blur is 0.43, or 2/3 of its peak nearby where that is low, which is
    half a voxel or more from the middle of a sheet or leg.
    """
    peak = _blur(F.max_pool3d(blurred[:, None], 3, 1, 1)[:, 0])
    level = (0.65 * peak).clamp(max=0.43)
    nothing = (0.2 - peak).clamp(min=0) * 2.5  # far from the chair both are 0
    rounded = (blurred - level) / peak.clamp(min=0.2) + 0.5 - nothing - thinner
    # Where a leg meets a seat, the peak nearby is the seat's.
    return torch.where(values > 0.5, rounded.clamp(min=LEAST), rounded.clamp(max=MOST))


def box(fields: Tensor) -> tuple[Tensor, Tensor]:
    """Return the corners of what is above 0.5, with the margin: twice `(n, 3)` in the chair's frame."""
    occupied = fields > 0.5
    n = occupied.shape[1]
    lines = torch.stack([occupied.any(3).any(2), occupied.any(3).any(1), occupied.any(2).any(1)], 1).float()
    low, high = lines.argmax(2).float(), n - lines.flip(2).argmax(2).float()
    return (low - MARGIN) / n - 0.5, (high + MARGIN) / n - 0.5


def _blur(volumes: Tensor) -> Tensor:
    """Return the volumes blurred by (1, 2, 1)/4 along each axis."""
    n = volumes.shape[1]
    away = (torch.arange(n, device=volumes.device)[:, None] - torch.arange(n, device=volumes.device)).abs()
    return _along_all(volumes, torch.where(away < 2, 0.5 - 0.25 * away, 0.0))


def _outward(blurred: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return minus the gradient, x, y and z, by central differences."""
    padded = F.pad(blurred[:, None], (1, 1, 1, 1, 1, 1))[:, 0]
    inner = slice(1, -1)
    return (
        padded[:, inner, inner, :-2] - padded[:, inner, inner, 2:],
        padded[:, inner, :-2, inner] - padded[:, inner, 2:, inner],
        padded[:, :-2, inner, inner] - padded[:, 2:, inner, inner],
    )


def _splines(n: int, device: torch.device) -> Tensor:
    """Return the matrix of Catmull-Rom splines from n samples to 2n: `(2n, n)`."""
    places = (torch.arange(2 * n, device=device) + 0.5) / 2 - 0.5
    d = (places[:, None] - torch.arange(n, device=device)).abs()
    near, far = 1.5 * d**3 - 2.5 * d**2 + 1, -0.5 * d**3 + 2.5 * d**2 - 4 * d + 2
    return torch.where(d < 1, near, torch.where(d < 2, far, 0.0))


def _along_all(volumes: Tensor, matrix: Tensor) -> Tensor:
    """Return the volumes with the matrix applied along each of their three axes."""
    for _ in range(3):
        volumes = (volumes @ matrix.T).permute(0, 3, 1, 2)
    return volumes
