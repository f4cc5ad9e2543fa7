"""What training asks of the blends of two different chairs, of which nobody knows the right answer.

Thin legs and rails fade half-way: the decoder, unsure, gives them a third of a voxel each, and the cut at
0.5 takes them away. So a blend is asked for the volume that lies between its parents', and for decided
voxels; and a critic (hinge loss, Lim and Ye 2017), which learns to tell decoded blends from decoded
chairs, says what else looks wrong about it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

FEET = 4
"""Layers above the floor whose volume is asked for on its own."""


def blend_pairs(z: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Latents `(n, 8, 8)` in random order → as many blends of neighbours, and their t `(n, 1, 1)`."""
    t = torch.rand((len(z), 1, 1), device=z.device, generator=generator)
    return torch.lerp(z, z.roll(1, 0), t), t


def validity(p: Tensor, occupancy: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    """How far the blends' volumes are from their parents', and how undecided their voxels are.

    `p` and the parents' `occupancy` are `(n, 1, 32, 32, 32)`, neighbours blended as in `blend_pairs`. The
    volume is asked for twice: of the whole chair, and of its lowest layers, for a blend that only keeps
    its total gives up the legs first. All is relative to the volume between the parents', so that a
    stool counts like a sofa.
    """
    wanted = _between(_volume(occupancy), t)  # (n,)
    wanted_feet = _between(_volume(occupancy[:, :, :, :FEET]), t)
    off = _relative_error(_volume(p), wanted) + _relative_error(_volume(p[:, :, :, :FEET]), wanted_feet)
    undecided = (_volume(p * (1 - p)) / wanted.clamp(min=1)).mean()
    return off, undecided


def _volume(field: Tensor) -> Tensor:
    return field.sum((1, 2, 3, 4))


def _between(volume: Tensor, t: Tensor) -> Tensor:
    return torch.lerp(volume, volume.roll(1, 0), t[:, 0, 0])


def _relative_error(came: Tensor, wanted: Tensor) -> Tensor:
    ratio = came / wanted.clamp(min=4)
    return F.smooth_l1_loss(ratio, wanted / wanted.clamp(min=4), beta=0.1)


class Critic(nn.Module):
    """Scores fields: high for what looks like a decoded chair, low for a decoded blend."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        norm = nn.utils.parametrizations.spectral_norm
        self.layers = nn.Sequential(
            norm(nn.Conv3d(1, width, 4, 2, 1)),  # (n, 32, 16, 16, 16)
            nn.LeakyReLU(0.2),
            norm(nn.Conv3d(width, 2 * width, 4, 2, 1)),  # (n, 64, 8, 8, 8)
            nn.LeakyReLU(0.2),
            norm(nn.Conv3d(2 * width, 4 * width, 4, 2, 1)),  # (n, 128, 4, 4, 4)
            nn.LeakyReLU(0.2),
            norm(nn.Conv3d(4 * width, 1, 4)),  # (n, 1, 1, 1, 1)
        )

    def forward(self, p: Tensor) -> Tensor:
        """Fields `(n, 1, 32, 32, 32)` → scores `(n,)`."""
        return self.layers(p).flatten()
