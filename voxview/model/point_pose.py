"""Where a chair is in a point cloud: normalised clouds, turns about the vertical, and the way between frames.

A point f of the chair's frame, the cube [−0.5, 0.5]³, is at x = scale · R f + centre in a normalised cloud,
where R turns about y by an angle. Angles are in radians, counter-clockwise seen from above: at π/2, +x goes
to −z, as in `shapes.orient`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

TURN_BINS = 24
"""Turns that the network tells apart, 15° each: their probabilities say which ones are possible."""

LOG_SCALE = math.log(2.6)
"""About the mean logarithm of the edge of a chair's cube in normalised clouds."""


class Pose(NamedTuple):
    """Where n chairs are in their clouds."""

    centre: Tensor
    """`(n, 3)`."""
    log_scale: Tensor
    """`(n,)`."""
    angle: Tensor
    """`(n,)`."""

    def to_frame(self, points: Tensor) -> Tensor:
        """Return points `(n, m, 3)` of the clouds in the chairs' frames."""
        moved = points - self.centre[:, None]
        return turn(moved, -self.angle) * torch.exp(-self.log_scale)[:, None, None]

    def from_frame(self, points: Tensor) -> Tensor:
        """Return points `(n, m, 3)` of the chairs' frames in the clouds: the inverse of `to_frame`."""
        return turn(points, self.angle) * torch.exp(self.log_scale)[:, None, None] + self.centre[:, None]


def normalise(points: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return clouds `(n, m, 3)` with mean 0 and root mean square 1; their means `(n, 3)`, sizes `(n,)`."""
    mean = points.mean(1)
    centred = points - mean[:, None]
    size = centred.square().sum(2).mean(1).sqrt().clamp(min=1e-12)
    return centred / size[:, None, None], mean, size


def turn(points: Tensor, angle: Tensor) -> Tensor:
    """Return points `(n, m, 3)` turned about y by angles `(n,)`."""
    x, y, z = points.unbind(2)
    cos, sin = angle.cos()[:, None], angle.sin()[:, None]
    return torch.stack([x * cos + z * sin, y, z * cos - x * sin], 2)


def turn_targets(angle: Tensor) -> Tensor:
    """Return the probabilities `(n, TURN_BINS)` of angles `(n,)`: shared by the two nearest turns."""
    place = angle * (TURN_BINS / (2 * math.pi))  # in turns of one bin
    steps = torch.arange(TURN_BINS, device=angle.device)
    away = (place[:, None] - steps + TURN_BINS / 2).remainder(TURN_BINS) - TURN_BINS / 2
    return (1 - away.abs()).clamp(min=0)


def likely_turns(logits: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return the most likely angles of logits `(n, TURN_BINS)`, and their probabilities: `(n, count)` each.

    Each is a peak: the mean direction of a turn and its two neighbours, none of which is another peak.
    """
    p = torch.softmax(logits.float(), 1)
    around = torch.stack([p.roll(1, 1), p, p.roll(-1, 1)], 2)  # (n, bins, 3)
    mass = around.sum(2)
    is_peak = (p >= around[..., 0]) & (p > around[..., 2])
    mass, best = torch.where(is_peak, mass, mass - 2).topk(count, 1)
    step = 2 * math.pi / TURN_BINS
    shift = (around[..., 2] - around[..., 0]) / around.sum(2).clamp(min=1e-9)
    angles = (best + shift.gather(1, best)) * step
    return angles, mass.clamp(min=0)
