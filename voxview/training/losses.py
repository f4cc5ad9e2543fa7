"""Loss terms of one tensor operation each: of reconstructions, and of the blends of two different chairs.

No target is known for a blend. Thin legs and rails fade half-way: the decoder, unsure, gives them a third
of a voxel each, and the cut at 0.5 removes them. So the loss of blends is on what can be known: their
volume should lie between their parents', and their voxels should be decided. Two more terms for blends
have files of their own: `connectivity.py` and `critic.py`.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

FOOT_LAYERS = 4
"""Layers above the floor whose volume is a term of its own."""


def soft_iou(p: Tensor, occupancy: Tensor) -> Tensor:
    """Return the intersection over union of probabilities and occupancy: `(n, 1, 32, 32, 32)` → `(n,)`."""
    overlap = (p * occupancy).sum((1, 2, 3, 4))
    return overlap / ((p + occupancy).sum((1, 2, 3, 4)) - overlap).clamp(min=1)


def blend_pairs(z: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return as many random blends of neighbours as latents `(n, 8, 8)` came, and their t `(n, 1, 1)`."""
    t = torch.rand((len(z), 1, 1), device=z.device, generator=generator)
    return torch.lerp(z, z.roll(1, 0), t), t


def volume_losses(p: Tensor, occupancy: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    """Return the loss on the blends' volumes, and the one on their undecided voxels; both scalars.

    `p` and the parents' `occupancy` are `(n, 1, 32, 32, 32)`, neighbours blended as in `blend_pairs`. The
    volume counts twice, of the whole chair and of its lowest layers, because a blend that only keeps its
    total gives up the legs first. Both losses are relative to the volume between the parents', so that a
    stool counts like a sofa.
    """
    target = _between(_volume(occupancy), t)  # (n,)
    target_feet = _between(_volume(occupancy[:, :, :, :FOOT_LAYERS]), t)
    volume = _relative_error(_volume(p), target)
    feet = _relative_error(_volume(p[:, :, :, :FOOT_LAYERS]), target_feet)
    undecided = (_volume(p * (1 - p)) / target.clamp(min=1)).mean()
    return volume + feet, undecided


def _volume(field: Tensor) -> Tensor:
    return field.sum((1, 2, 3, 4))


def _between(volume: Tensor, t: Tensor) -> Tensor:
    return torch.lerp(volume, volume.roll(1, 0), t[:, 0, 0])


def _relative_error(volume: Tensor, target: Tensor) -> Tensor:
    scale = target.clamp(min=4)
    return F.smooth_l1_loss(volume / scale, target / scale, beta=0.1)
