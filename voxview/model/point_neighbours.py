"""Neighbours in point clouds: farthest-point sampling, ball queries, the nearest points.

Nothing is compiled: on a GPU it is `torch.cdist` and `topk`, on the CPU SciPy's k-d tree. Points are
`(n, m, 3)`: n clouds of m points. No gradient passes.
"""

from __future__ import annotations

import numpy as np
import torch
from scipy.spatial import cKDTree
from torch import Tensor


@torch.no_grad()
def farthest_points(points: Tensor, count: int) -> Tensor:
    """Return the numbers of `count` points, each the farthest from those before it: `(n, count)` int64.

    The first is the one farthest from the centroid (Qi et al. 2017, arXiv:1706.02413, begin at random), so
    that one cloud has one result. Of points that are equally far the first in the cloud's order is taken;
    `points_input.canonical` gives clouds an order of their own.
    """
    points = points.float()
    chosen = torch.empty(len(points), count, dtype=torch.int64, device=points.device)
    if points.is_meta:  # shapes alone
        return chosen
    centroid = points.double().mean(1, keepdim=True)
    last = (points - centroid).square().sum(2).argmax(1)  # (n,)
    chosen[:, 0] = last
    if points.device.type == "cpu":
        for cloud, numbers in zip(points.numpy(), chosen.numpy(), strict=True):
            _farthest_on_cpu(cloud, numbers)
        return chosen
    distances = _distances(points, points)  # (n, m, m): once, as a launch costs more than its sums
    rows = torch.arange(len(points), device=points.device)
    nearest = torch.full(points.shape[:2], torch.inf, device=points.device)
    for i in range(1, count):
        torch.minimum(nearest, distances[rows, last], out=nearest)
        last = nearest.argmax(1)
        chosen[:, i] = last
    return chosen


def _farthest_on_cpu(cloud: np.ndarray, numbers: np.ndarray) -> None:
    """Fill in the numbers after the first, of one cloud `(m, 3)`."""
    axes = np.ascontiguousarray(cloud.T)  # (3, m)
    nearest = np.full(len(cloud), np.inf, np.float32)
    for i in range(1, len(numbers)):
        away = axes - axes[:, numbers[i - 1], None]
        np.minimum(nearest, np.einsum("am,am->m", away, away), out=nearest)
        numbers[i] = nearest.argmax()


@torch.no_grad()
def nearest_points(points: Tensor, centres: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return distances and numbers of the `count` points nearest to each centre, the nearest first.

    `centres` are `(n, s, 3)`; the results `(n, s, k)`, where k is `count`, or m in a cloud of fewer points.
    """
    count = min(count, points.shape[1])
    if points.device.type != "cpu":
        distances, numbers = _distances(centres.float(), points.float()).topk(count, largest=False)
        return distances, numbers
    distances = torch.empty(*centres.shape[:2], count)
    numbers = torch.empty(*centres.shape[:2], count, dtype=torch.int64)
    for i, (cloud, around) in enumerate(zip(points.numpy(), centres.numpy(), strict=True)):
        far, which = cKDTree(cloud).query(around, list(range(1, count + 1)))
        distances[i], numbers[i] = torch.from_numpy(far), torch.from_numpy(which)
    return distances, numbers


def within(distances: Tensor, numbers: Tensor, radius: float, count: int) -> Tensor:
    """Return the ball query: up to `count` of the nearest points within a radius, `(n, s, k)`.

    `distances` and `numbers` are from `nearest_points`. Where there are fewer the nearest stands again, which
    a maximum over the points does not feel.
    """
    few = numbers[..., :count]
    return torch.where(distances[..., :count] <= radius, few, few[..., :1])


def take(features: Tensor, numbers: Tensor) -> Tensor:
    """Return features `(n, c, m)` of points by their numbers `(n, …)`: `(n, c, …)`."""
    flat = numbers.reshape(len(numbers), 1, -1).expand(-1, features.shape[1], -1)
    return features.gather(2, flat).reshape(*features.shape[:2], *numbers.shape[1:])


def _distances(a: Tensor, b: Tensor) -> Tensor:
    """Return distances `(n, s, m)`, in float32 whatever autocast says."""
    if a.is_meta:  # shapes alone; autocast does not know that device
        return torch.cdist(a, b)
    with torch.autocast(a.device.type, enabled=False):
        return torch.cdist(a, b)
