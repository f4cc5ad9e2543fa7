"""The loss of an encoder of pictures or points: on the latent, and on the voxels that are decoded from it."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from voxview.model.network import Network
from voxview.training.configs import EncoderConfig
from voxview.training.formats import mixed_precision
from voxview.training.losses import soft_iou


class LatentScaling(Protocol):
    """A network that predicts standardised latents, such as `PictureNetwork`."""

    @property
    def latent_scale(self) -> Tensor:
        """Standard deviations of the latents' numbers, `(64,)`."""

    def latents(self, standardised: Tensor) -> Tensor:
        """Return the latents `(n, 8, 8)` of numbers `(n, 64)`."""

    def standardise(self, latents: Tensor) -> Tensor:
        """Return the numbers `(n, 64)` of latents `(n, 8, 8)`."""


def latent_losses(
    standardised: Tensor,
    latents: Tensor,
    occupancy: Tensor,
    network: LatentScaling,
    decoder: Network,
    metric: Tensor,
    config: EncoderConfig,
    step: int,
) -> dict[str, Tensor]:
    """Return the terms of the loss at a step by name, weights included. Scalars.

    `standardised` `(n, 64)` is what the network says, `latents` `(n, 8, 8)` and `occupancy`
    `(n, 1, 32, 32, 32)` are true. On the latent it is the squared error, by `metric` `(64, 64)` from
    `targets.learnt_metric`: 1 is what the mean latent costs. On the voxels it is an autoencoder's loss of a
    reconstruction, 0 in the first steps.
    """
    terms = {}
    if config.latent:
        error = (standardised - network.standardise(latents)) * network.latent_scale
        terms["latent"] = config.latent * ((error @ metric) * error).sum(1).mean()
    if config.voxels:
        names, weights = ("cross-entropy", "soft IoU"), (config.voxels * config.cross_entropy, config.voxels)
        if step > config.voxels_from * config.steps:
            losses = _voxel_losses(network.latents(standardised), occupancy, decoder, config)
        else:
            zero = standardised.new_zeros(())
            losses = zero, zero  # the log has the same columns from the start
        terms |= {name: w * loss for name, w, loss in zip(names, weights, losses, strict=True)}
    return terms


def _voxel_losses(
    latents: Tensor, occupancy: Tensor, decoder: Network, config: EncoderConfig
) -> tuple[Tensor, Tensor]:
    """Return the mean cross-entropy and 1 − soft IoU of what latents `(n, 8, 8)` decode to. Scalars."""
    with mixed_precision(config):
        logits = decoder.decode(latents).float()
    overlap = soft_iou(torch.sigmoid(logits), occupancy).mean()
    return F.binary_cross_entropy_with_logits(logits, occupancy), 1 - overlap
