"""Shared multilayer perceptrons: the same layers for every point, as 1×1 convolutions.

After Qi et al. 2017, "PointNet: Deep Learning on Point Sets for 3D Classification and Segmentation"
(arXiv:1612.00593): each layer is normalised over the batch and rectified.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from torch import nn


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
