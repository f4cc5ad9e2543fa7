"""The parts of chairs: labels of points and of voxels, by the parts network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from scipy.spatial import cKDTree

from voxview.conventions import RESOLUTION
from voxview.model.autoencoder import choose_device, full_precision
from voxview.model.parts_network import POINTS
from voxview.model.points_card import find_parts_weights
from voxview.model.points_weights import PartsWeights, read_parts_weights
from voxview.model.shared_mlp import without_normalisations
from voxview.shapes.frame import Doubles, Floats, Grid, Integers
from voxview.shapes.parts import NO_PART, PARTS, Labels

MIRROR = np.array([-1.0, 1.0, 1.0])

NEAREST = 3
"""Points of those that the network sees whose logits a further point takes the mean of."""


class PartsLabeller:
    """Labels chairs in their frame, on one device."""

    def __init__(self, weights: PartsWeights, device: str) -> None:
        self.name = weights.name
        self.notes = weights.notes
        self.device = torch.device(device)
        self._network = without_normalisations(weights.network).to(self.device)

    def watch(self, look: Callable[[], None]) -> None:
        """Call `look` before each layer from now on: what it raises ends the labelling."""
        for layer in self._network.modules():
            layer.register_forward_pre_hook(lambda *_: look())

    def label_points(self, points: Doubles) -> Labels:
        """Return the part of each point `(n, 3)` in the chair's frame: `(n,)` uint8, in their order."""
        return self._labels(points, _some(points))

    def label_grid(self, grid: Grid) -> Labels:
        """Return the part of each voxel of a grid, `uint8 (32, 32, 32)`, `NO_PART` where it is empty.

        The mirror image in x of a grid has the mirror image of its labels.
        """
        labels = np.full(grid.shape, NO_PART, np.uint8)
        voxels = np.argwhere(grid)
        if len(voxels):
            centres = (voxels + 0.5) / RESOLUTION - 0.5
            labels[grid] = self._labels(centres, _some_voxels(voxels))
        return labels

    def _labels(self, points: Doubles, seen: Integers) -> Labels:
        """Return the labels of all points; the network sees those whose numbers are given."""
        some = points[seen]
        clouds = [_in_order(cloud) for cloud in (some, some * MIRROR)]
        with torch.inference_mode(), full_precision():
            ordered = np.stack([cloud[order] for cloud, order in clouds]).astype(np.float32)
            logits = self._network(torch.from_numpy(ordered).to(self.device)).cpu().numpy()  # (2, 4, m)
        total = np.zeros((len(seen), len(PARTS)), np.float32)
        for (_, order), said in zip(clouds, logits, strict=True):
            total[order] += said.T  # an order is taken back: chairs are their own mirror images, mostly
        if len(seen) == len(points):
            return total[np.argsort(seen)].argmax(1).astype(np.uint8)
        return _at_all(points, some, total).argmax(1).astype(np.uint8)


def load_parts_labeller(name_or_path: str | Path | None = None, device: str | None = None) -> PartsLabeller:
    """Load the parts network from a file, or the shipped one for None.

    `device` is as in `load_autoencoder`. Raises `VoxViewError` where the shipped weights are not installed or
    the device is not available, `InputError` for weights that cannot be used.
    """
    device = choose_device(device)
    return PartsLabeller(read_parts_weights(find_parts_weights(name_or_path)), device)


def _in_order(cloud: Doubles) -> tuple[Doubles, Integers]:
    """Return a cloud and the order of its points by their coordinates, which is that of no file."""
    return cloud, np.lexsort(cloud.T)


def _some(points: Doubles) -> Integers:
    """Return the numbers of at most `POINTS` points `(n, 3)`, the same ones whatever their order."""
    order = np.lexsort(points.T)
    if len(points) <= POINTS:
        return order
    return order[np.random.default_rng(0).permutation(len(points))[:POINTS]]


def _some_voxels(voxels: Integers) -> Integers:
    """Return the numbers of at most `POINTS` voxels `(n, 3)`: of a mirror image the mirror images."""
    x, y, z = voxels.T
    place = (np.minimum(x, RESOLUTION - 1 - x) * RESOLUTION + y) * RESOLUTION + z
    key = np.random.default_rng(0).permutation(RESOLUTION**3)[place]
    # Both of a pair or none: the last of an odd number would be one side alone.
    chosen = np.argsort(key, kind="stable")
    if len(chosen) <= POINTS:
        return chosen
    limit = key[chosen[POINTS]]
    return np.flatnonzero(key < limit)


def _at_all(points: Doubles, some: Doubles, logits: Floats) -> Floats:
    """Return the mean logits `(n, 4)` of each point's nearest among some, by inverse squared distance."""
    count = min(NEAREST, len(some))
    distances, which = cKDTree(some).query(points, list(range(1, count + 1)))
    weights = 1 / np.maximum(np.square(distances), 1e-12)
    weights /= weights.sum(1, keepdims=True)
    return np.einsum("nk,nkc->nc", weights, logits[which]).astype(np.float32)
