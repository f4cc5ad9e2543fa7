"""What a points encoder makes of one cloud: the points that its maximum keeps, its centres and their balls.

PointNet's features are maxima over all points, each of one point: the *critical points* (Qi et al. 2017,
arXiv:1612.00593, section 4.3). Of this maximum the others could go, and nothing would change; the networks
that predict its two transforms have maxima of their own. PointNet++ takes its last maximum over the centres
of its second level, so that there centres are critical.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from voxview.model.autoencoder import full_precision
from voxview.model.point_neighbours import farthest_points, nearest_points, take, within
from voxview.model.pointnet import PointNet
from voxview.model.pointnet2 import SetAbstraction
from voxview.model.points_network import PointsNetwork
from voxview.shapes.frame import Floats

Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Ball:
    """The neighbourhoods of a level's centres at one scale."""

    radius: float
    """In the unit of the cloud that the network sees."""
    most: int
    """Points that it has at most; of more the nearest are taken."""
    members: Numbers
    """The numbers of its points in the cloud, `(centres, most)`; where there are fewer one stands again."""


@dataclass(frozen=True, eq=False)
class Level:
    """A level of set abstraction."""

    centres: Numbers
    """The numbers of the cloud's points that are centres, `(s,)`, in the order in which they were chosen."""
    balls: tuple[Ball, ...]


@dataclass(frozen=True, eq=False)
class CloudInside:
    """What a points encoder makes of one cloud."""

    critical: Numbers
    """The numbers of the cloud's points that hold a maximum, the one with most features first."""
    features_of: Numbers
    """How many features each of them holds."""
    features: int
    """Features over which there is a maximum; some are 0 at every point, and held by none."""
    levels: tuple[Level, ...]
    """PointNet++'s; PointNet has none."""


def look_inside_cloud(
    network: PointsNetwork, points: Floats, check: Callable[[], None] = lambda: None
) -> CloudInside:
    """Return what a network in evaluation mode, on the CPU, makes of a cloud `(m, 3)` that it is given.

    `check` is called between levels, and raises where nobody waits for it any more.
    """
    cloud = torch.from_numpy(np.array(points, np.float32))[None]
    with torch.inference_mode(), full_precision():
        front = network.front
        levels: tuple[Level, ...] = ()
        if isinstance(front, PointNet):
            held = _critical(_before_maximum(front, cloud))
        else:
            first, centres, features = _level(front.level1, cloud, None, np.arange(len(points)))
            check()
            second, centres, features = _level(front.level2, centres, features, first.centres)
            check()
            levels = (first, second)
            x = torch.cat([centres.transpose(1, 2), features], 1)
            held = _critical(front.level3(x))
            held = second.centres[held[0]], held[1], held[2]
    return CloudInside(*held, levels)


def _before_maximum(front: PointNet, cloud: Tensor) -> Tensor:
    """Return the features `(1, c, m)` of PointNet's points."""
    x = cloud.transpose(1, 2)
    x = torch.bmm(front.input_transform(x), x)
    x = front.first(x)
    x = torch.bmm(front.feature_transform(x), x)
    features: Tensor = front.last(x)
    return features


def _critical(features: Tensor) -> tuple[Numbers, Numbers, int]:
    """Return which positions of features `(1, c, m)` hold a maximum, how many each, and c."""
    largest, at = features[0].max(1)  # of several equal ones the first
    held = at[largest > 0]
    numbers, counts = held.unique(return_counts=True)
    order = counts.argsort(descending=True, stable=True)
    return numbers[order].numpy(), counts[order].numpy(), features.shape[1]


def _level(
    level: SetAbstraction, points: Tensor, features: Tensor | None, numbers: Numbers
) -> tuple[Level, Tensor, Tensor]:
    """Return a level, its centres `(1, s, 3)` and their features; `numbers` are those in the cloud."""
    chosen = farthest_points(points, min(level.centres, points.shape[1]))
    centres = take(points.transpose(1, 2), chosen).transpose(1, 2)
    most = max(scale.count for scale in level.scales)
    distances, near = nearest_points(points, centres, most)
    balls = []
    for scale in level.scales:
        group = within(distances, near, scale.radius, scale.count)[0].numpy()
        balls.append(Ball(scale.radius, scale.count, numbers[group]))
    centres, after = level(points, features)
    return Level(numbers[chosen[0].numpy()], tuple(balls)), centres, after
