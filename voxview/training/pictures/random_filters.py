"""Random filters: pictures whose textures and colours are another's, and whose shapes are their own.

A network that learns from renderings can go by what only renderings have: their materials, their smoothness.
Convolved with a kernel of random numbers, a picture keeps its outlines and hardly anything else (Xu et al.
2021, "Robust and Generalizable Visual Representation Learning via Random Convolutions", arXiv:2007.13003).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

SIDE = 5
"""Pixels along each side of the kernels; most have next to nothing at their borders."""
NARROW, WIDE = 0.25, 1.5
"""Standard deviations of the Gaussian that a kernel's numbers are multiplied by, in pixels."""


def filter_some(pixels: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Return pictures `(n, 3, h, w)` in [0, 1], the first `share` of them filtered at random.

    Each is mixed with its filtered version, which has its own mean and contrast again, in any proportion.
    """
    count = round(share * len(pixels))
    if not count:
        return pixels
    some, device = pixels[:count], pixels.device
    kernels = _kernels(count, device, generator)
    mean = some.mean((2, 3), keepdim=True)
    # A group for each picture: all have kernels of their own.
    stacked = (some - mean).reshape(1, -1, *some.shape[2:])
    padded = F.pad(stacked, (SIDE // 2,) * 4, mode="replicate")
    filtered = F.conv2d(padded, kernels.flatten(0, 1), groups=count).reshape_as(some)
    contrast = some.std((2, 3), keepdim=True) / filtered.std((2, 3), keepdim=True).clamp(min=1e-3)
    mixed = torch.rand(count, 1, 1, 1, device=device, generator=generator)
    shift = 0.1 * torch.randn(count, 3, 1, 1, device=device, generator=generator)
    other = mean + shift + filtered * contrast
    return torch.cat([torch.lerp(some, other, mixed).clamp(0, 1), pixels[count:]])


def _kernels(count: int, device: torch.device, generator: torch.Generator) -> Tensor:
    """Return normal numbers under Gaussians of random widths: `(count, 3, 3, SIDE, SIDE)`."""
    numbers = torch.randn(count, 3, 3, SIDE, SIDE, device=device, generator=generator)
    share = torch.rand(count, 1, 1, 1, 1, device=device, generator=generator)
    width = NARROW * (WIDE / NARROW) ** share
    from_middle = (torch.arange(SIDE, device=device) - SIDE // 2).square()
    return numbers * torch.exp(-(from_middle[:, None] + from_middle) / (2 * width.square()))
