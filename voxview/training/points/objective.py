"""The loss of a points encoder: on the latent and its voxels, and on where the chair is in the cloud."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from voxview.model.network import Network
from voxview.model.point_pose import turn_targets
from voxview.model.pointnet import orthogonality
from voxview.model.points_network import PointsNetwork, PointsOutput
from voxview.training.latent_losses import latent_losses
from voxview.training.points.batch import PointsBatch
from voxview.training.points_config import PointsConfig

CLOSE = 0.1
"""Error of centre or logarithm of the size below which the loss is quadratic, and above linear."""


def points_losses(
    output: PointsOutput,
    batch: PointsBatch,
    network: PointsNetwork,
    decoder: Network,
    metric: Tensor,
    config: PointsConfig,
    step: int,
) -> dict[str, Tensor]:
    """Return the terms of the loss by name, weights included: they add up to it. Scalars.

    They are those of `latent_losses`, the smooth L1 distance of the chair's place, the cross-entropy of its
    turn and of the axis that is up, and the orthogonality of PointNet's feature transform.
    """
    upright = slice(0, batch.upright)
    terms = latent_losses(
        output.standardised[upright], batch.latents, batch.occupancy, network, decoder, metric, config, step
    )
    if config.place:
        far = F.smooth_l1_loss(output.centre[upright], batch.pose.centre, beta=CLOSE)
        size = F.smooth_l1_loss(output.log_scale[upright], batch.pose.log_scale, beta=CLOSE)
        terms["place"] = config.place * (3 * far + size)
    if config.turn:
        targets = turn_targets(batch.pose.angle)
        terms["turn"] = config.turn * F.cross_entropy(output.turn[upright], targets)
    if config.up:
        terms["up"] = config.up * F.cross_entropy(output.up, batch.up)
    if config.orthogonal and output.transform is not None:
        terms["orthogonality"] = config.orthogonal * orthogonality(output.transform)
    return terms
