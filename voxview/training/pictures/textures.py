"""Solid textures: a pattern at each point of space, so that it fits on all sides of a chair or room."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from voxview.training.pictures.draw import Draw, spread

PLAIN, NOISE, WOOD, CHECKS, STRIPES, SPOTS = range(6)
NOISE_SIDE = 32
"""Cells along each edge of the volume of noise; space beyond it is its mirror image."""


@dataclass(frozen=True)
class Textures:
    """A pattern for each picture."""

    kind: Tensor
    """`(n,)`: one of `PLAIN` … `SPOTS`."""
    axes: Tensor
    """`(n, 3, 3)`: rows are the pattern's axes, as long as it has periods in one unit."""
    offset: Tensor
    """`(n, 3)`: where the pattern begins, in periods."""
    strength: Tensor
    """`(n,)` in [0, 1]."""


def random_textures(draw: Draw, shares: tuple[float, ...], low: float, high: float) -> Textures:
    """Return patterns of the kinds in `shares`, with from `low` to `high` periods in one unit.

    Half of them lie along the chair's axes, as weaving does.
    """
    turned = _rotations(draw.normal(1, 4))
    straight = torch.eye(3, device=draw.device).roll(1, 0)
    axes = torch.where(draw.some(0.5)[:, None, None], turned, straight)
    periods = low * (high / low) ** draw.uniform(0, 1)
    # Wood's grain is long: rings are around the axis that the pattern leaves out, and that hardly changes.
    return Textures(
        draw.pick(shares), axes * periods[:, None, None], draw.uniform(0, 8, 3), draw.uniform(0.2, 1)
    )


def _rotations(quaternions: Tensor) -> Tensor:
    """Return the rotations, `(n, 3, 3)`, of `(n, 4)` quaternions of any length; of normal ones, evenly."""
    w, x, y, z = F.normalize(quaternions, dim=1).unbind(1)
    rows = [
        torch.stack([1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)], 1),
        torch.stack([2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)], 1),
        torch.stack([2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)], 1),
    ]
    return torch.stack(rows, 1)


def pattern(textures: Textures, points: Tensor, noise: Tensor) -> Tensor:
    """Return the pattern at `(n, h, w, 3)` points: `(n, h, w)` in [−1, 1].

    `noise` is a volume of normal numbers, `(1, 2, 32, 32, 32)`, fine and coarse.
    """
    places = torch.einsum("nhwc,ndc->nhwd", points, textures.axes) + spread(textures.offset, 2)
    x, y, z = places.unbind(-1)
    # Noise beyond the volume is mirrored; its batch is the volume's first axis.
    cloudy = _noise(noise, places)
    kind = spread(textures.kind, 2)
    found = torch.where(kind == NOISE, cloudy.clamp(-1.5, 1.5) / 1.5, torch.zeros_like(cloudy))
    rings = torch.sin(6.3 * (torch.sqrt(x * x + y * y + 0.01) + 0.35 * cloudy + 0.1 * z))
    found = torch.where(kind == WOOD, 0.6 * rings + 0.2 * cloudy.clamp(-2, 2), found)
    wave, other = torch.sin(3.14159 * x), torch.sin(3.14159 * y)
    found = torch.where(kind == CHECKS, torch.tanh(8 * wave * other * torch.sin(3.14159 * z + 1.57)), found)
    found = torch.where(kind == STRIPES, torch.tanh(5 * wave), found)
    found = torch.where(kind == SPOTS, torch.tanh(6 * (cloudy - 0.4)), found)
    return found * spread(textures.strength, 2)


def _noise(noise: Tensor, places: Tensor) -> Tensor:
    """Return noise with cells of one period and of a third of it: `(n, h, w)`, about normal."""
    scaled = places * (2 / NOISE_SIDE)
    both = [
        F.grid_sample(
            noise[:, channel : channel + 1], (scaled * finer)[None], "bilinear", "reflection", False
        )
        for channel, finer in ((0, 1.0), (1, 3.1))
    ]
    return both[0][0, 0] * 1.3 + both[1][0, 0] * 0.6
