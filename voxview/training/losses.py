"""Loss terms of one tensor operation each: of reconstructions, and of the blends of two different chairs.

No target is known for a blend. Thin legs and rails fade half-way: the decoder, unsure, gives them a third
of a voxel each, and the cut at 0.5 removes them. So the loss of blends is on what can be known: their
volume should lie between their parents', their voxels should be decided, they should be as symmetric as
their parents, and a morph should not jump. Two more terms for blends have files of their own:
`connectivity.py` and `critic.py`.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

MORPH_STEPS = 10
"""Steps of a morph whose evenness is a loss, as in evaluation."""
LARGEST_STEP = 1.4
"""A step up to this many times the mean step costs nothing: no morph is even to the last voxel."""

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


def asymmetry_loss(p: Tensor, occupancy: Tensor, t: Tensor) -> Tensor:
    """Return the loss of blends `p` that are less symmetric than between their parents; a scalar.

    Shapes as in `volume_losses`. Asymmetry is the volume that differs from the mirror image in x, as a share.
    A network that is equivariant to the mirror gives symmetric blends of symmetric chairs; but hardly a chair
    is symmetric to the last voxel, and half-way the small differences grew to one arm.
    """
    return F.relu(_asymmetry(p) - _between(_asymmetry(occupancy), t)).mean()


def morphs_between(z: Tensor, count: int) -> Tensor:
    """Return the latents of `count` whole morphs between the first latents: `(count · 11, 8, 8)`."""
    t = torch.linspace(0, 1, MORPH_STEPS + 1, device=z.device)[None, :, None, None]
    return torch.lerp(z[:count, None], z[count : 2 * count, None], t).flatten(0, 1)


def unevenness_loss(p: Tensor) -> Tensor:
    """Return the loss of decoded morphs `(count · 11, 1, 32, 32, 32)` with steps that stand out; a scalar.

    A step is 1 − the soft IoU of neighbours; it counts by how much it is above `LARGEST_STEP` times the mean.
    """
    morphs = p.reshape(-1, MORPH_STEPS + 1, p[0].numel())  # (count, 11, voxels)
    overlap = (morphs[:, 1:] * morphs[:, :-1]).sum(2)
    union = (morphs[:, 1:] + morphs[:, :-1]).sum(2) - overlap
    steps = 1 - overlap / union.clamp(min=1)  # (count, 10)
    over_mean = steps / steps.mean(1, keepdim=True).clamp(min=1e-3)
    return F.relu(over_mean - LARGEST_STEP).square().sum(1).mean()


def _asymmetry(field: Tensor) -> Tensor:
    return _volume((field - field.flip(2)).abs()) / (2 * _volume(field)).clamp(min=1)


def _volume(field: Tensor) -> Tensor:
    return field.sum((1, 2, 3, 4))


def _between(volume: Tensor, t: Tensor) -> Tensor:
    return torch.lerp(volume, volume.roll(1, 0), t[:, 0, 0])


def _relative_error(volume: Tensor, target: Tensor) -> Tensor:
    scale = target.clamp(min=4)
    return F.smooth_l1_loss(volume / scale, target / scale, beta=0.1)
