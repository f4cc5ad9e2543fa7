"""The network that labels the parts of a chair: PointNet++ with feature propagation."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from voxview.model.pointnet2 import FeaturePropagation, Scale, SetAbstraction, drop_points
from voxview.model.shared_mlp import SharedMLP
from voxview.shapes.parts import PARTS

POINTS = 2048
"""Points that the network sees of a chair."""


class PartsNetwork(nn.Module):
    """Points `(n, m, 3)` in the chair's frame → logits `(n, 4, m)` of seat, back, leg and arm."""

    def __init__(self, width: int = 64, dropout: float = 0.3) -> None:
        super().__init__()
        self.width = width
        half, wide = width // 2, 3 * width // 2
        self.level1 = SetAbstraction(
            512, 3, (Scale(0.08, 16, (half, half, width)), Scale(0.16, 32, (half, half, width)))
        )
        self.level2 = SetAbstraction(
            128,
            self.level1.channels,
            (Scale(0.2, 16, (wide, wide, 2 * width)), Scale(0.4, 32, (wide, wide, 2 * width))),
        )
        self.level3 = SharedMLP((3 + self.level2.channels, 4 * width, 8 * width))
        self.up3 = SharedMLP((12 * width, 4 * width, 4 * width))
        self.up2 = FeaturePropagation((6 * width, 4 * width, 2 * width))
        self.up1 = FeaturePropagation((2 * width + 3, 2 * width, 2 * width))
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Conv1d(2 * width, len(PARTS), 1)

    def forward(self, points: Tensor) -> Tensor:
        """Return the logits `(n, 4, m)`, float32."""
        seen = drop_points(points) if self.training else points
        positions = seen.transpose(1, 2)  # (n, 3, m): where a point is says much of which part it is of
        points1, features1 = self.level1(seen, positions)
        points2, features2 = self.level2(points1, features1)
        x = torch.cat([points2.transpose(1, 2).to(features2.dtype), features2], 1)
        whole = self.level3(x).amax(2, keepdim=True).expand(-1, -1, features2.shape[2])
        features2 = self.up3(torch.cat([whole, features2], 1))
        features1 = self.up2(points1, features1, points2, features2)
        features = self.up1(points, points.transpose(1, 2), points1, features1)
        return self.output(self.dropout(features)).float()
