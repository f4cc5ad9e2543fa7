"""Shared multilayer perceptrons: the same layers for every point, as 1×1 convolutions.

After Qi et al. 2017, "PointNet: Deep Learning on Point Sets for 3D Classification and Segmentation"
(arXiv:1612.00593): each layer is normalised over the batch and rectified.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

Network = TypeVar("Network", bound=nn.Module)


class SharedMLP(nn.Sequential):
    """Layers on features `(n, widths[0], m)` of m points → `(n, widths[-1], m)`."""

    def __init__(self, widths: Sequence[int]) -> None:
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            # A bias would be taken off again by the normalisation.
            layers += [nn.Conv1d(before, after, 1, bias=False), nn.BatchNorm1d(after), nn.ReLU(inplace=True)]
        super().__init__(*layers)


class FullyConnected(nn.Sequential):
    """Layers on features `(n, widths[0])` of whole clouds → `(n, widths[-1])`."""

    def __init__(self, widths: Sequence[int], dropout: float = 0.0) -> None:
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [nn.Linear(before, after, bias=False), nn.BatchNorm1d(after), nn.ReLU(inplace=True)]
        super().__init__(*layers, nn.Dropout(dropout))


def without_normalisations(network: Network) -> Network:
    """Return a copy that does not learn, its normalisations folded into the layers before them.

    Equal up to rounding; on a CPU the normalisations of many points take as long as the layers.
    """
    network = copy.deepcopy(network).eval()
    for layers in network.modules():
        if isinstance(layers, SharedMLP | FullyConnected):
            for i, (layer, norm) in enumerate(pairwise(list(layers))):
                if isinstance(norm, nn.BatchNorm1d) and isinstance(layer, nn.Conv1d):
                    layers[i], layers[i + 1] = fuse_conv_bn_eval(layer, norm), nn.Identity()
                elif isinstance(norm, nn.BatchNorm1d) and isinstance(layer, nn.Linear):
                    layers[i], layers[i + 1] = fuse_linear_bn_eval(layer, norm), nn.Identity()
    return network
