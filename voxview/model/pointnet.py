"""PointNet: features of a point cloud that do not depend on the order of its points.

Qi et al. 2017, "PointNet: Deep Learning on Point Sets for 3D Classification and Segmentation"
(arXiv:1612.00593), section 4.2 and its figure 2: shared layers on every point, two small networks that
predict a transform of the points and one of their features, and a maximum over all points. Widths are
narrower than the paper's where its layers have most of their weights: 2 MB in float16.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from voxview.model.shared_mlp import FullyConnected, SharedMLP

WIDTH = 64
"""Features of a point's first layers; all other widths are multiples of it."""


class TransformNet(nn.Module):
    """Predicts a matrix `(size, size)` from features `(n, size, m)`: at first the identity."""

    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        self.size = size
        self.points = SharedMLP((size, width, 2 * width, 4 * width))
        self.cloud = FullyConnected((4 * width, width))
        self.matrix = nn.Linear(width, size * size)
        with torch.no_grad():
            self.matrix.weight.zero_()
            self.matrix.bias.copy_(torch.eye(size).flatten())

    def forward(self, features: Tensor) -> Tensor:
        """Return the matrices `(n, size, size)`, float32."""
        pooled = self.points(features).amax(2)
        return self.matrix(self.cloud(pooled)).float().reshape(-1, self.size, self.size)


class PointNet(nn.Module):
    """Points `(n, m, 3)` → features `(n, 4 · width)`, and the transform of features for its loss term."""

    def __init__(self, width: int = WIDTH, dropout: float = 0.3) -> None:
        super().__init__()
        self.size = 4 * width
        """Numbers of features."""
        self.input_transform = TransformNet(3, width)
        self.first = SharedMLP((3, width, width))
        self.feature_transform = TransformNet(width, width)
        self.last = SharedMLP((width, width, 2 * width, 16 * width))
        self.cloud = FullyConnected((16 * width, 4 * width, 4 * width), dropout)

    def forward(self, points: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return the features `(n, 4 · width)` and the feature transform `(n, width, width)`."""
        x = points.transpose(1, 2)  # (n, 3, m)
        x = torch.bmm(self.input_transform(x).to(x.dtype), x)
        x = self.first(x)  # (n, width, m)
        transform = self.feature_transform(x)
        x = torch.bmm(transform.to(x.dtype), x)
        return self.cloud(self.last(x).amax(2)), transform


def orthogonality(transform: Tensor) -> Tensor:
    """Return how far transforms `(n, k, k)` are from orthogonal ones, the mean of ‖I − AAᵀ‖²: a scalar.

    Equation 2 of the paper; a loss term that keeps the feature transform from losing information.
    """
    transform = transform.float()
    identity = torch.eye(transform.shape[1], device=transform.device)
    return (identity - transform @ transform.mT).square().sum((1, 2)).mean()
