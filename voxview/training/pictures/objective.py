"""The loss of a picture encoder: on the latent, on the voxels behind the frozen decoder, and on the view."""

from __future__ import annotations

from torch import Tensor

from voxview.model.network import Network
from voxview.model.picture_network import PictureNetwork, PictureOutput, view_numbers
from voxview.training.latent_losses import latent_losses
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

    They are those of `latent_losses`, and on the view the squared error of `view_numbers`.
    """
    terms = latent_losses(
        output.standardised, batch.latents, batch.occupancy, network, decoder, metric, config, step
    )
    if config.view:
        wanted = view_numbers(batch.azimuth, batch.elevation)
        terms["view"] = config.view * (output.view - wanted).square().sum(1).mean()
    return terms
