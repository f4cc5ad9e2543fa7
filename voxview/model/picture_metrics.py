"""What a picture encoder has to beat: the nearest training chair by its own latent, and the mean chair.

On tensors, on the device of the training chairs: validation in training and `voxview evaluate` share it.
"""

from __future__ import annotations

import torch
from torch import Tensor

from voxview.model.layout import LATENT_SIZE

LEVELS = tuple(level / 20 for level in range(2, 15))
"""Shares of the training chairs from which on a voxel is the mean chair's: the best of these is taken."""

MEASURED_MEANS = 1024
"""Training chairs that the mean chair's level is chosen by."""


def iou(a: Tensor, b: Tensor) -> Tensor:
    """Return the intersection over union of grids `(n, 32, 32, 32)` bool, pair by pair: `(n,)`."""
    a, b = a.flatten(1), b.flatten(1)
    return (a & b).sum(1) / (a | b).sum(1).clamp(min=1)


def nearest_chairs(latents: Tensor, training: Tensor, metric: Tensor) -> Tensor:
    """Return the number of the training chair whose latent is nearest to each latent: `(n,)`.

    Latents are `(n, 8, 8)` and `(m, 8, 8)`. Distances are by `metric` `(64, 64)`: what the voxels feel.
    """
    factor = torch.linalg.cholesky(metric.double().cpu()).to(latents.device, torch.float32)
    a, b = (z.float().reshape(-1, LATENT_SIZE) @ factor for z in (latents, training))
    return torch.cdist(a, b).argmin(1)


def mean_chair(grids: Tensor) -> Tensor:
    """Return the mean chair of training chairs `(n, 32, 32, 32)` bool: `(32, 32, 32)` bool.

    Its voxels are those that a share of the chairs has; the share is that with the largest mean IoU with
    chairs from all over the set, so that the baseline is as good as it can be.
    """
    share = grids.float().mean(0)
    some = grids[:: max(1, len(grids) // MEASURED_MEANS)]
    means = torch.stack([share > level for level in LEVELS])
    worth = torch.stack([iou(some, mean.expand_as(some)).mean() for mean in means])
    return means[worth.argmax()]


def azimuth_errors(a: Tensor, b: Tensor) -> Tensor:
    """Return by how many degrees azimuths differ, 0 to 180: `(n,)`."""
    return ((a - b + 180) % 360 - 180).abs()
