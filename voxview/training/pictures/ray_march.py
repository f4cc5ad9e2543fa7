"""Ray marching: where each pixel's ray enters a chair.

A ray is clipped to the box that the chair is in and sampled at a fixed number of places; the first above 0.5
is refined by bisection. Nothing depends on values on the host, so that a GPU never waits.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from voxview.model.camera import Cameras, rays
from voxview.training.pictures.draw import spread
from voxview.training.pictures.volumes import Volumes, sample

BISECTIONS = 4
STEEPNESS = 20.0
"""How much a volume changes at a surface over one unit: what tells how near a ray that misses has passed."""


@dataclass(frozen=True)
class Hits:
    """What each pixel shows of the chair."""

    point: Tensor
    """`(n, side, side, 3)`: where the ray meets the surface, or passes nearest, in the chair's frame."""
    depth: Tensor
    """`(n, side, side)`: how far ahead of the camera that is."""
    cover: Tensor
    """`(n, side, side)` in [0, 1]: how much of the pixel the chair covers."""


def march(volumes: Volumes, cameras: Cameras, side: int, steps: int) -> Hits:
    """Return where the rays of pictures of `side`² pixels meet the chairs."""
    ray = rays(cameras, side)
    origin = spread(cameras.position, 2)
    start, length = _clip(origin, ray, volumes)
    entry = origin + start[..., None] * ray
    through = length[..., None] * ray  # from where a ray enters the box to where it leaves it
    first, largest = _first_above(volumes.fine, entry, through, steps)
    along = _bisect(volumes.fine, entry, through, (first + 0.5) / steps, 1 / steps, largest > 0.5)
    depth = start + along * length
    # A pixel at the silhouette is covered in part: by how far the ray's largest value is above 0.5.
    width = (STEEPNESS * depth * spread(cameras.scale, 2) * (2 / side)).clamp(0.02, 0.4)
    cover = ((largest - 0.5) / width + 0.5).clamp(0, 1)
    return Hits(entry + along[..., None] * through, depth, cover)


def _clip(origin: Tensor, ray: Tensor, volumes: Volumes) -> tuple[Tensor, Tensor]:
    """Return where rays enter a chair's box and how far they go in it, 0 if they miss: twice `(n, h, w)`."""
    slope = torch.where(ray.abs() < 1e-6, 1e6, 1 / ray)
    a, b = (spread(volumes.low, 2) - origin) * slope, (spread(volumes.high, 2) - origin) * slope
    enter, leave = torch.minimum(a, b).amax(-1).clamp(min=0.05), torch.maximum(a, b).amin(-1)
    return enter, (leave - enter).clamp(min=0)


def _first_above(fine: Tensor, entry: Tensor, through: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    """Return which sample is the first above 0.5, or else the largest, and the largest value.

    On a GPU in half precision: places between −1 and 1 are then exact to a sixtieth of the volume's cells.
    """
    kind = torch.float16 if fine.device.type == "cuda" else torch.float32
    at = (torch.arange(steps, device=fine.device, dtype=kind) + 0.5) / steps
    # Places in a volume run from −1 to 1.
    places = torch.addcmul(
        (2 * entry).to(kind)[:, None], (2 * through).to(kind)[:, None], at.reshape(-1, 1, 1, 1)
    )
    values = F.grid_sample(fine.to(kind), places, "bilinear", "zeros", align_corners=False)[:, 0]
    # All above 0.5 are as large as one another then, and the first of the largest counts.
    return values.clamp(max=0.5).argmax(1).float(), values.amax(1).float()


def _bisect(fine: Tensor, entry: Tensor, through: Tensor, inside: Tensor, step: float, hit: Tensor) -> Tensor:
    """Return where along the rays, 0 to 1, the value is 0.5, for those that `hit`; else `inside`."""
    outside, there = inside - step, inside
    for _ in range(BISECTIONS):
        middle = (outside + there) / 2
        above = sample(fine, entry + middle[..., None] * through)[:, 0] > 0.5
        outside, there = torch.where(above, outside, middle), torch.where(above, middle, there)
    return torch.where(hit, (outside + there) / 2, inside)
