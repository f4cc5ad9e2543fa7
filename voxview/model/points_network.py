"""The network that encodes point clouds: PointNet or PointNet++ in front of a voxel decoder's latents.

Beside the latent it says where in the cloud the chair is, as what is hidden moves a scan's own middle: the
chair's centre, its size, its turn about the vertical, and which axis of the cloud is up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn

from voxview.conventions import LATENT_SHAPE, LATENT_SIZE
from voxview.model.latent_statistics import latent_statistics
from voxview.model.point_pose import LOG_SCALE, TURN_BINS
from voxview.model.pointnet import PointNet
from voxview.model.pointnet2 import PointNet2
from voxview.shapes.orient import UPS

ENCODERS: Mapping[str, type[PointNet] | type[PointNet2]] = {"pointnet": PointNet, "pointnet++": PointNet2}
"""The network in front by its name; the better one is the default."""

WIDTH = 64
"""See `pointnet.WIDTH`."""

POINTS = 1024
"""Points that the network sees of a cloud."""

PLACE_SIZE = 4
"""Outputs that say where the chair is: its centre, and the logarithm of its size."""


class PointsOutput(NamedTuple):
    """What the network says of n clouds."""

    standardised: Tensor
    """The latents' numbers before they are scaled, `(n, 64)`."""
    centre: Tensor
    """Where the middle of the chair's cube is, `(n, 3)`, in the normalised cloud."""
    log_scale: Tensor
    """Logarithm of the edge of the chair's cube in the normalised cloud, `(n,)`."""
    turn: Tensor
    """Logits of the chair's turn about the vertical, `(n, TURN_BINS)`."""
    up: Tensor
    """Logits of the axis that is up, in the order of `shapes.orient.UPS`, `(n, 6)`."""
    transform: Tensor | None
    """PointNet's feature transform, `(n, k, k)`."""


class PointsNetwork(nn.Module):
    """PointNet or PointNet++ with its outputs, and the statistics that the latent is scaled with."""

    latent_mean: Tensor
    latent_scale: Tensor

    def __init__(self, encoder: str = "pointnet++", width: int = WIDTH, dropout: float = 0.3) -> None:
        super().__init__()
        self.encoder, self.width = encoder, width
        self.front = ENCODERS[encoder](width, dropout)
        sizes = (LATENT_SIZE, PLACE_SIZE, TURN_BINS, len(UPS))
        self._sizes = sizes
        self.output = nn.Linear(self.front.size, sum(sizes))
        self.register_buffer("latent_mean", torch.zeros(LATENT_SIZE))
        self.register_buffer("latent_scale", torch.ones(LATENT_SIZE))

    def forward(self, points: Tensor) -> PointsOutput:
        """Return the outputs for clouds `(n, m, 3)` from `point_pose.normalise`."""
        features, transform = self.front(points)
        standardised, place, turn, up = self.output(features).float().split(self._sizes, 1)
        return PointsOutput(standardised, place[:, :3], LOG_SCALE + place[:, 3], turn, up, transform)

    def latents(self, standardised: Tensor) -> Tensor:
        """Return the latents `(n, 8, 8)` of numbers `(n, 64)`."""
        return (standardised * self.latent_scale + self.latent_mean).reshape(-1, *LATENT_SHAPE)

    def standardise(self, latents: Tensor) -> Tensor:
        """Return the numbers `(n, 64)` of latents `(n, 8, 8)`: the inverse of `latents`."""
        return (latents.reshape(-1, LATENT_SIZE) - self.latent_mean) / self.latent_scale

    @torch.no_grad()
    def set_latent_statistics(self, latents: Tensor, odd: int) -> None:
        """Take mean and standard deviation from training latents `(n, 8, 8)`: see `latent_statistics`."""
        mean, scale = latent_statistics(latents, odd)
        self.latent_mean.copy_(mean)
        self.latent_scale.copy_(scale)
