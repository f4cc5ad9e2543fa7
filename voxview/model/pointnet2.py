"""PointNet++: features of neighbourhoods in a point cloud, level by level.

Qi et al. 2017, "PointNet++: Deep Hierarchical Feature Learning on Point Sets in a Metric Space"
(arXiv:1706.02413). A level of *set abstraction* samples some of the points, groups the neighbours of each,
and puts a small PointNet on each group, here at several scales (multi-scale grouping, section 3.3). *Feature
propagation* (section 3.4) goes back to every point by interpolation. In training a random share of each
cloud's points is left out (random input dropout).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from voxview.model.point_neighbours import farthest_points, nearest_points, take, within
from voxview.model.shared_mlp import FullyConnected, SharedMLP

MOST_DROPPED = 0.7
"""The largest share of a cloud's points that input dropout leaves out; the paper has 0.875. Of 1,024 points
these are as few as 300, a scan of which says little of a chair."""


@dataclass(frozen=True)
class Scale:
    """One scale of a level: how far neighbours may be, how many there are, and the layers on them."""

    radius: float
    count: int
    widths: tuple[int, ...]


class SetAbstraction(nn.Module):
    """One level: `(n, m, 3)` points with `(n, c, m)` features → fewer points with more features."""

    def __init__(self, centres: int, channels: int, scales: Sequence[Scale]) -> None:
        super().__init__()
        self.centres, self.scales = centres, tuple(scales)
        self.channels = sum(scale.widths[-1] for scale in scales)
        """Features of each point that comes out."""
        self.pointnets = nn.ModuleList(SharedMLP((3 + channels, *scale.widths)) for scale in scales)

    def forward(self, points: Tensor, features: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return the centres `(n, s, 3)` and their features `(n, channels, s)`; s is m in a small cloud."""
        chosen = farthest_points(points, min(self.centres, points.shape[1]))
        positions = points.transpose(1, 2)  # (n, 3, m)
        centres = take(positions, chosen)  # (n, 3, s)
        most = max(scale.count for scale in self.scales)
        distances, numbers = nearest_points(points, centres.transpose(1, 2), most)
        pooled = []
        for scale, pointnet in zip(self.scales, self.pointnets, strict=True):
            group = within(distances, numbers, scale.radius, scale.count)  # (n, s, k)
            inside = (take(positions, group) - centres[..., None]) / scale.radius  # (n, 3, s, k)
            if features is not None:
                inside = torch.cat([inside.to(features.dtype), take(features, group)], 1)
            pooled.append(pointnet(inside.flatten(2)).unflatten(2, group.shape[1:]).amax(3))
        return centres.transpose(1, 2), torch.cat(pooled, 1)


class FeaturePropagation(nn.Module):
    """Features of a coarse level, interpolated at the points of a fine one, and layers on both."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        self.layers = SharedMLP(widths)

    def forward(self, fine: Tensor, features: Tensor, coarse: Tensor, given: Tensor) -> Tensor:
        """Return features `(n, widths[-1], m)` of the fine points `(n, m, 3)`, which have `features` so far.

        The coarse points `(n, s, 3)` have `given` `(n, c, s)`: each fine point takes the mean of the three
        nearest, weighted by the inverse squared distance.
        """
        distances, numbers = nearest_points(coarse, fine, 3)  # (n, m, 3)
        weights = 1 / distances.square().clamp(min=1e-8)
        weights = (weights / weights.sum(2, keepdim=True)).to(given.dtype)
        mean = (take(given, numbers) * weights[:, None]).sum(3)  # (n, c, m)
        return self.layers(torch.cat([mean, features.to(mean.dtype)], 1))


class PointNet2(nn.Module):
    """Points `(n, m, 3)`, whose root mean square is 1, → features `(n, 4 · width)` of the whole cloud."""

    def __init__(self, width: int = 64, dropout: float = 0.3) -> None:
        super().__init__()
        self.size = 4 * width
        """Numbers of features."""
        half, wide = width // 2, 3 * width // 2
        self.level1 = SetAbstraction(
            256, 0, (Scale(0.3, 16, (half, half, width)), Scale(0.6, 32, (half, half, width)))
        )
        self.level2 = SetAbstraction(
            64,
            self.level1.channels,
            (Scale(0.6, 16, (wide, wide, 2 * width)), Scale(1.2, 32, (wide, wide, 2 * width))),
        )
        self.level3 = SharedMLP((3 + self.level2.channels, 4 * width, 12 * width))
        self.cloud = FullyConnected((12 * width, 6 * width, 4 * width), dropout)

    def forward(self, points: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return the features `(n, 4 · width)`, and None: there is no transform."""
        if self.training:
            points = drop_points(points)
        centres, features = self.level2(*self.level1(points, None))
        x = torch.cat([centres.transpose(1, 2).to(features.dtype), features], 1)
        return self.cloud(self.level3(x).amax(2)), None


def drop_points(points: Tensor) -> Tensor:
    """Return clouds `(n, m, 3)` with a random share of the points replaced by the first one."""
    share = MOST_DROPPED * torch.rand(len(points), 1, device=points.device)
    dropped = torch.rand(points.shape[:2], device=points.device) < share
    return torch.where(dropped[..., None], points[:, :1], points)
