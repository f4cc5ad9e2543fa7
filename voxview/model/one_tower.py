"""AlexNet in one tower, which Krizhevsky 2014 ("One weird trick for parallelizing convolutional neural
networks", arXiv:1404.5997) parallelises.

    224² × 3 → 55² × 64 → 27² × 192 → 13² × 384 → 13² × 256 → 13² × 256 → 6² × 256 → 4096 → 4096 → 1000

61,100,840 parameters: torchvision calls it AlexNet. There are no groups and no response normalisation.
"""

from __future__ import annotations

from torch import nn

from voxview.model.alexnet import AlexNet
from voxview.model.one_tower_sizes import CHANNELS, feature_count

SIDE = 224
"""Pixels along each edge of the pictures."""


class OneTower(AlexNet):
    """AlexNet of 2014; pictures may be smaller than 224 pixels along each `side`."""

    def __init__(
        self, outputs: int = 1000, hidden: int = 4096, side: int = SIDE, dropout: float = 0.5
    ) -> None:
        super().__init__(outputs, hidden=1, groups=1, dropout=dropout)
        first, second, third, fourth, fifth = CHANNELS
        self.hidden = hidden
        self.conv1 = nn.Conv2d(3, first, 11, stride=4, padding=2)
        self.conv2 = nn.Conv2d(first, second, 5, padding=2)
        self.conv3 = nn.Conv2d(second, third, 3, padding=1)
        self.conv4 = nn.Conv2d(third, fourth, 3, padding=1)
        self.conv5 = nn.Conv2d(fourth, fifth, 3, padding=1)
        self.norm = nn.Identity()  # type: ignore[assignment]
        self.fc6 = nn.Linear(feature_count(side), hidden)
        self.fc7 = nn.Linear(hidden, hidden)
        self.fc8 = nn.Linear(hidden, outputs)
