"""The loss of a picture encoder: on the latent, on the voxels behind the frozen decoder, and on the view."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from voxview.model.network import Network
from voxview.model.picture_network import PictureNetwork, PictureOutput, view_numbers
from voxview.training.formats import mixed_precision
from voxview.training.losses import soft_iou
from voxview.training.picture_config import PictureConfig
from voxview.training.pictures.batch import PictureBatch


def picture_losses(
    output: PictureOutput,
    batch: PictureBatch,
    network: PictureNetwork,
    decoder: Network,
    metric: Tensor,
    config: PictureConfig,
    step: int,
) -> dict[str, Tensor]:
    """Return the terms of the loss by name, weights included: they add up to it. Scalars.

    On the latent it is the squared error, by `metric` `(64, 64)` from `targets.learnt_metric`: 1 is what the
    mean latent costs. On the voxels it is an autoencoder's loss of a reconstruction, 0 in the first
    steps. On the view it is the squared error of `view_numbers`.
    """
    terms = {}
    if config.latent:
        error = (output.standardised - network.standardise(batch.latents)) * network.latent_scale
        terms["latent"] = config.latent * ((error @ metric) * error).sum(1).mean()
    if config.voxels:
        names, weights = ("cross-entropy", "soft IoU"), (config.voxels * config.cross_entropy, config.voxels)
        if step > config.voxels_from * config.steps:
            losses = _voxel_losses(network.latents(output.standardised), batch.occupancy, decoder, config)
        else:
            zero = output.view.new_zeros(())
            losses = zero, zero  # the log has the same columns from the start
        terms |= {name: w * loss for name, w, loss in zip(names, weights, losses, strict=True)}
    if config.view:
        wanted = view_numbers(batch.azimuth, batch.elevation)
        terms["view"] = config.view * (output.view - wanted).square().sum(1).mean()
    return terms


def _voxel_losses(
    latents: Tensor, occupancy: Tensor, decoder: Network, config: PictureConfig
) -> tuple[Tensor, Tensor]:
    """Return the mean cross-entropy and 1 − soft IoU of what latents `(n, 8, 8)` decode to. Scalars."""
    with mixed_precision(config):
        logits = decoder.decode(latents).float()
    overlap = soft_iou(torch.sigmoid(logits), occupancy).mean()
    return F.binary_cross_entropy_with_logits(logits, occupancy), 1 - overlap
