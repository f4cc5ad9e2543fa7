"""The network that encodes pictures: AlexNet, or a residual network, in front of a voxel decoder's latents.

Girdhar et al. 2016, "Learning a Predictable and Generative Vector Representation for Objects", train an
AlexNet with an output of 64 numbers towards the latents of an autoencoder of voxels. Here these are the 64
numbers of an autoencoder of VoxView; three more say from where the chair is seen, and these and the last
hidden layer say how familiar the picture is. What is shipped has a residual network in AlexNet's place, which
comes closer to the chairs with as many parameters and steps.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from voxview.conventions import LATENT_SHAPE, LATENT_SIZE
from voxview.model.alexnet import AlexNet
from voxview.model.latent_statistics import latent_statistics
from voxview.model.picture_resnet import PictureResNet

ALEXNET, RESNET = "alexnet", "resnet"
ENCODERS = (RESNET, ALEXNET)
"""What can stand in front of the outputs; the first is shipped."""

HIDDEN = 144
"""Numbers of the hidden layers of what is shipped, instead of AlexNet's 4,096: less than 8 MB in float16."""

VIEW_SIZE = 3
"""Outputs beside the latent: sine and cosine of the azimuth, and the scaled elevation."""

MIDDLE_ELEVATION, ELEVATION_SCALE = 20.0, 20.0
"""Degrees: elevation = 20 + 20 × output, so that the output is about as large as the others."""

SHRINKAGE = 1e-3
"""Added to the variance of each hidden number, as a share of the mean variance: some are always 0."""


class PictureOutput(NamedTuple):
    """What the network says of n pictures."""

    standardised: Tensor
    """The latents' numbers before they are scaled, `(n, 64)`."""
    view: Tensor
    """Sine and cosine of the azimuth, scaled elevation, `(n, 3)`."""
    features: Tensor
    """The last hidden layer, `(n, hidden)`."""


class PictureNetwork(nn.Module):
    """An encoder with 64 + 3 outputs, and the statistics that its inputs and outputs are scaled with."""

    alexnet: AlexNet
    """Or `resnet`, as `encoder` says: tensors' names in files begin with it."""
    resnet: PictureResNet
    colour_mean: Tensor
    colour_scale: Tensor
    latent_mean: Tensor
    latent_scale: Tensor
    feature_mean: Tensor
    feature_whitening: Tensor
    familiar_distance: Tensor
    certain_view: Tensor

    def __init__(
        self, hidden: int = HIDDEN, groups: int = 2, dropout: float = 0.5, encoder: str = ALEXNET
    ) -> None:
        """Make a network of `ENCODERS`; `groups` are those of AlexNet's convolutions."""
        super().__init__()
        self.encoder = encoder
        outputs = LATENT_SIZE + VIEW_SIZE
        if encoder == ALEXNET:
            self.alexnet = AlexNet(outputs, hidden, groups, dropout)
        else:
            self.resnet = PictureResNet(outputs, hidden, dropout)
        statistics = {
            "colour_mean": torch.full((3,), 0.5),
            "colour_scale": torch.ones(3),
            "latent_mean": torch.zeros(LATENT_SIZE),
            "latent_scale": torch.ones(LATENT_SIZE),
            "feature_mean": torch.zeros(hidden),
            "feature_whitening": torch.eye(hidden),
            "familiar_distance": torch.ones(()),
            "certain_view": torch.ones(()),
        }
        for name, value in statistics.items():
            self.register_buffer(name, value)

    @property
    def layers(self) -> AlexNet | PictureResNet:
        """The encoder's layers."""
        return self.alexnet if self.encoder == ALEXNET else self.resnet

    def forward(self, pixels: Tensor) -> PictureOutput:
        """Return the outputs for pictures `(n, 3, 227, 227)` float in [0, 1]."""
        scaled = (pixels - self.colour_mean[:, None, None]) / self.colour_scale[:, None, None]
        features = self.layers.hidden_features(scaled)
        outputs = self.layers.fc8(self.layers.dropout(features)).float()
        standardised, view = outputs.split([LATENT_SIZE, VIEW_SIZE], 1)
        return PictureOutput(standardised, view, features)

    def latents(self, standardised: Tensor) -> Tensor:
        """Return the latents `(n, 8, 8)` of numbers `(n, 64)`."""
        return (standardised * self.latent_scale + self.latent_mean).reshape(-1, *LATENT_SHAPE)

    def standardise(self, latents: Tensor) -> Tensor:
        """Return the numbers `(n, 64)` of latents `(n, 8, 8)`: the inverse of `latents`."""
        return (latents.reshape(-1, LATENT_SIZE) - self.latent_mean) / self.latent_scale

    def unfamiliarity(self, features: Tensor, view: Tensor) -> Tensor:
        """Return how unlike the training pictures some are, `(n,)`: 99 of 100 held-out ones stay below 1.

        It is the larger of two. One is the Mahalanobis distance of their hidden features `(n, hidden)` to the
        mean (Lee et al. 2018, arXiv:1807.03888). A picture with next to nothing in it lies near the mean;
        but of what is no chair the network cannot say from where it is seen, so the other is how short the
        azimuth's sine and cosine in `view` `(n, 3)` are: of all sides together their mean is 0.
        """
        far = self._distance(features) / self.familiar_distance
        return torch.maximum(far, self.certain_view / _certainty(view))

    def _distance(self, features: Tensor) -> Tensor:
        return ((features.float() - self.feature_mean) @ self.feature_whitening).norm(dim=1)

    @torch.no_grad()
    def set_latent_statistics(self, latents: Tensor, odd: int) -> None:
        """Take mean and standard deviation from training latents `(n, 8, 8)`: see `latent_statistics`."""
        mean, scale = latent_statistics(latents, odd)
        self.latent_mean.copy_(mean)
        self.latent_scale.copy_(scale)

    @torch.no_grad()
    def set_colour_statistics(self, pixels: Tensor) -> None:
        """Take the mean and the standard deviation of colours from pictures `(n, 3, h, w)` in [0, 1]."""
        self.colour_mean.copy_(pixels.float().mean((0, 2, 3)))
        self.colour_scale.copy_(pixels.float().std((0, 2, 3)).clamp(min=1e-2))

    @torch.no_grad()
    def set_familiar(self, training: Tensor, held_out: Tensor, view: Tensor) -> None:
        """Take what is familiar from hidden features of training pictures and of held-out ones.

        Both are `(n, hidden)`; `view` `(n, 3)` is of the held-out ones, 1 % of which are then unfamiliar.
        """
        training, held_out = training.double(), held_out.float()
        mean = training.mean(0)
        covariance = (training - mean).T @ (training - mean) / len(training)
        floor = SHRINKAGE * covariance.diagonal().mean().clamp(min=1e-6)
        values, vectors = torch.linalg.eigh(covariance)
        self.feature_mean.copy_(mean)
        self.feature_whitening.copy_(vectors * (values.clamp(min=0) + floor).rsqrt())
        limit = torch.quantile(self._distance(held_out), 0.99)
        self.familiar_distance.copy_(limit.clamp(min=1e-6))
        self.certain_view.copy_(torch.quantile(_certainty(view), 0.01))
        both = torch.quantile(self.unfamiliarity(held_out, view), 0.99)  # each left out 1 % of its own
        self.familiar_distance.mul_(both)
        self.certain_view.div_(both)


def _certainty(view: Tensor) -> Tensor:
    """Return how long the azimuth's sine and cosine in `(n, 3)` are, `(n,)`: 1 where the network is sure."""
    return view[:, :2].float().norm(dim=1).clamp(min=1e-2)


def view_numbers(azimuth: Tensor, elevation: Tensor) -> Tensor:
    """Return what the network should say of views in degrees, `(n,)` each: `(n, 3)`."""
    a = torch.deg2rad(azimuth)
    return torch.stack([a.sin(), a.cos(), (elevation - MIDDLE_ELEVATION) / ELEVATION_SCALE], 1)


def view_angles(numbers: Tensor) -> tuple[Tensor, Tensor]:
    """Return azimuth in (−180, 180] and elevation in degrees, `(n,)` each, of the network's `(n, 3)`."""
    azimuth = torch.rad2deg(torch.atan2(numbers[:, 0], numbers[:, 1]))
    azimuth = torch.where(azimuth <= -180, azimuth + 360, azimuth)
    return azimuth, (MIDDLE_ELEVATION + ELEVATION_SCALE * numbers[:, 2]).clamp(-90, 90)
