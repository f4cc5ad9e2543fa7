"""What a points network says of clouds that may be turned: two passes, the second of clouds turned back."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from voxview.model.point_pose import Pose, likely_turns, turn
from voxview.model.points_network import PointsNetwork, PointsOutput
from voxview.model.symmetric import negate_odd
from voxview.shapes.orient import UPS

MIRRORED_UPS = [UPS.index({"x": "-x", "-x": "x"}.get(up, up)) for up in UPS]
"""Which axis of the mirror image is up where each of `UPS` is."""


class PointsPrediction(NamedTuple):
    """What a network says of n clouds."""

    latents: Tensor
    """`(n, 8, 8)`."""
    pose: Pose


def predict(network: PointsNetwork, points: Tensor) -> PointsPrediction:
    """Return what a network in evaluation mode says of normalised clouds `(n, m, 3)` with y up.

    Networks learn chairs that are nearly straight better than those that are turned by any angle, so the
    first pass says only by how much a cloud is turned.
    """
    return predict_turned(network, points, likely_turns(network(points).turn, 1)[0][:, 0])


def predict_turned(
    network: PointsNetwork, points: Tensor, angle: Tensor, mirrored_odd: int = 0
) -> PointsPrediction:
    """Return what the network says of clouds `(n, m, 3)` that are turned by about the angles `(n,)`.

    With `mirrored_odd`, the number of a latent's last numbers that the mirror image has negated, it is the
    mean with what the network says of the mirror images: the same chair seen once more.
    """
    straight = turn(points, -angle)
    output = with_mirrored(network, straight, mirrored_odd) if mirrored_odd else network(straight)
    return PointsPrediction(network.latents(output.standardised), straightened(output, angle))


def with_mirrored(network: PointsNetwork, points: Tensor, odd: int) -> PointsOutput:
    """Return the mean of the outputs for clouds `(n, m, 3)` and for their mirror images, mirrored back."""
    sign = torch.tensor([-1.0, 1.0, 1.0], device=points.device)
    own, other = network(points), network(points * sign)
    return PointsOutput(
        (own.standardised + negate_odd(other.standardised, odd)) / 2,
        (own.centre + other.centre * sign) / 2,
        (own.log_scale + other.log_scale) / 2,
        (own.turn + other.turn.flip(1).roll(1, 1)) / 2,  # a turn by −k is bin 24 − k
        (own.up + other.up[:, MIRRORED_UPS]) / 2,
        None,
    )


def straightened(output: PointsOutput, angle: Tensor) -> Pose:
    """Return the poses in clouds that were turned back by angles `(n,)` before the network saw them."""
    left, _ = likely_turns(output.turn, 1)
    return Pose(turn(output.centre[:, None], angle)[:, 0], output.log_scale, angle + left[:, 0])


@torch.no_grad()
def predict_in_parts(network: PointsNetwork, points: Tensor, at_once: int) -> PointsPrediction:
    """Return `predict` of clouds `(n, m, 3)`, some at a time."""
    parts = [predict(network, part) for part in points.split(at_once)]
    latents = torch.cat([part.latents for part in parts])
    pose = Pose(*(torch.cat(same) for same in zip(*(part.pose for part in parts), strict=True)))
    return PointsPrediction(latents, pose)
