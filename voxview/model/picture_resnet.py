"""A small residual network for pictures (He et al. 2016, "Deep Residual Learning for Image Recognition").

    227² × 3 → 56² × 64 → 56² × 64 → 28² × 128 → 14² × 192 → 7² × 200 → 7² × 64 → hidden → outputs

The first layer is AlexNet's, 11 pixels wide with a stride of 4; then come four stages of two blocks, and one
convolution that leaves few channels to the fully connected layer, which sees where in the picture they are.
AlexNet of the same size has a third of its parameters in the layer behind its convolutions.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from voxview.model.relu_weights import initialise_for_relu

WIDTHS = (64, 128, 192, 200)
"""Channels of the stages, each of which but the first halves the picture."""

BLOCKS = 2
"""Residual blocks of a stage."""

LAST_SIDE = 7
"""Pixels along each side of what the last stage gives."""

LAST_CHANNELS = 64
"""Channels that the fully connected layer sees."""


class PictureBlock(nn.Module):
    """Two 3² convolutions, added to what came in; where that has another shape, to a 1² convolution of it."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        changes = stride != 1 or inputs != outputs
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride=stride) if changes else None
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Return maps `(n, outputs, h / stride, w / stride)` of maps `(n, inputs, h, w)`."""
        skipped = x if self.shortcut is None else self.shortcut(x)
        return F.relu(skipped + self.conv2(F.relu(self.conv1(x))))


class PictureResNet(nn.Module):
    """A residual network with any number of `outputs` and of numbers in its `hidden` layer."""

    def __init__(self, outputs: int, hidden: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.outputs, self.hidden = outputs, hidden
        self.conv1 = nn.Conv2d(3, WIDTHS[0], 11, stride=4, padding=2)
        stages, inputs = [], WIDTHS[0]
        for number, width in enumerate(WIDTHS):
            for block in range(BLOCKS):
                stages.append(PictureBlock(inputs, width, 2 if number and not block else 1))
                inputs = width
        self.blocks = nn.ModuleList(stages)
        self.conv2 = nn.Conv2d(inputs, LAST_CHANNELS, 1)
        self.fc7 = nn.Linear(LAST_CHANNELS * LAST_SIDE**2, hidden)
        self.dropout = nn.Dropout(dropout)
        self.fc8 = nn.Linear(hidden, outputs)

    def hidden_features(self, x: Tensor) -> Tensor:
        """Return the hidden layer's numbers of pictures `(n, 3, 227, 227)`: `(n, hidden)`, none < 0."""
        x = F.relu(self.conv1(x))
        for block in self.blocks:
            x = block(x)
        x = F.relu(self.conv2(x)).flatten(1)  # in the order channel, row, column
        return F.relu(self.fc7(x))

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs `(n, outputs)` of pictures `(n, 3, 227, 227)`."""
        return self.fc8(self.dropout(self.hidden_features(x)))

    def initialise_for_relu(self) -> PictureResNet:
        """Set initial weights as `relu_weights` does, and return the network."""
        initialise_for_relu(self, self.fc8)
        return self
