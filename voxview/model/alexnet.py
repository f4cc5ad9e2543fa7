"""AlexNet (Krizhevsky, Sutskever and Hinton 2012, "ImageNet Classification with Deep Convolutional Neural
Networks"), as its paper describes it: five convolutions, three overlapping max-pools, three linear layers.

    227² × 3 → 55² × 96 → 27² × 256 → 13² × 384 → 13² × 384 → 13² × 256 → 6² × 256 → hidden → hidden → outputs

The paper says that pictures are 224 pixels wide; with its kernel of 11 and its stride of 4, 227 gives the 55
that it then counts with. It ran on two GPUs, each of which kept half of the channels of the second, fourth
and fifth convolution to itself: `groups=2` computes the same in one place.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from voxview.model.relu_weights import initialise_for_relu

SIDE = 227
"""Pixels along each edge of the pictures."""

FEATURES = 256 * 6 * 6
"""Numbers that the convolutions give."""


class LocalResponseNorm(nn.Module):
    """Local response normalisation: each channel is divided by what its neighbours at the pixel amount to.

    b = a / (k + α Σ a²)^β over n channels around each, with the paper's k = 2, n = 5, α = 10⁻⁴, β = 0.75.
    `torch.nn.LocalResponseNorm` divides α by n: there it is 5·10⁻⁴. That one pools over channels in three
    dimensions, for which a GPU turns maps with the channels innermost round and back; here slices are added.
    """

    def __init__(self, size: int = 5, alpha: float = 1e-4, beta: float = 0.75, k: float = 2.0) -> None:
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, x: Tensor) -> Tensor:
        """Return maps `(n, c, h, w)` normalised."""
        around, channels = self.size // 2, x.shape[1]
        squares = F.pad(x.square(), (0, 0, 0, 0, around, around))
        total = squares.narrow(1, 0, channels)
        for start in range(1, self.size):
            total = total + squares.narrow(1, start, channels)
        scale = (self.k + self.alpha * total).pow(-self.beta)
        return x * scale.to(x.dtype)  # autocast takes powers in float32, and the maps would stay so


class AlexNet(nn.Module):
    """AlexNet with any number of `outputs` and of numbers in its two `hidden` layers."""

    def __init__(
        self, outputs: int = 1000, hidden: int = 4096, groups: int = 2, dropout: float = 0.5
    ) -> None:
        super().__init__()
        self.outputs, self.hidden, self.groups = outputs, hidden, groups
        self.conv1 = nn.Conv2d(3, 96, 11, stride=4)
        self.conv2 = nn.Conv2d(96, 256, 5, padding=2, groups=groups)
        self.conv3 = nn.Conv2d(256, 384, 3, padding=1)  # across both GPUs, whatever the groups
        self.conv4 = nn.Conv2d(384, 384, 3, padding=1, groups=groups)
        self.conv5 = nn.Conv2d(384, 256, 3, padding=1, groups=groups)
        self.norm = LocalResponseNorm()
        self.dropout = nn.Dropout(dropout)
        self.fc6 = nn.Linear(FEATURES, hidden)
        self.fc7 = nn.Linear(hidden, hidden)
        self.fc8 = nn.Linear(hidden, outputs)

    def features(self, x: Tensor) -> Tensor:
        """Return what the convolutions see in pictures `(n, 3, 227, 227)`: `(n, 256, 6, 6)`."""
        x = _pool(self.norm(F.relu(self.conv1(x))))  # (n, 96, 27, 27)
        x = _pool(self.norm(F.relu(self.conv2(x))))  # (n, 256, 13, 13)
        x = F.relu(self.conv3(x))  # (n, 384, 13, 13)
        x = F.relu(self.conv4(x))
        return _pool(F.relu(self.conv5(x)))

    def hidden_features(self, x: Tensor) -> Tensor:
        """Return the last hidden layer's numbers of pictures `(n, 3, 227, 227)`: `(n, hidden)`, none < 0."""
        x = self.features(x).flatten(1)  # in the order channel, row, column, whatever the memory format
        x = self.dropout(F.relu(self.fc6(x)))
        return F.relu(self.fc7(x))

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs `(n, outputs)` of pictures `(n, 3, 227, 227)`."""
        return self.fc8(self.dropout(self.hidden_features(x)))

    def initialise_as_published(self) -> AlexNet:
        """Set the paper's initial values, and return the network.

        Weights have a standard deviation of 0.01; biases are 1 in the second, fourth and fifth convolution
        and in the hidden layers, so that their ReLUs pass something from the start, and 0 elsewhere.
        """
        ones = (self.conv2, self.conv4, self.conv5, self.fc6, self.fc7)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                nn.init.normal_(layer.weight, std=0.01)
                nn.init.constant_(layer.bias, float(layer in ones))  # type: ignore[arg-type]
        return self

    def initialise_for_relu(self) -> AlexNet:
        """Set initial weights as `relu_weights` does, and return the network."""
        initialise_for_relu(self, self.fc8)
        return self


def _pool(x: Tensor) -> Tensor:
    """Return maxima of 3×3 pixels at every second pixel: the pools overlap."""
    return F.max_pool2d(x, 3, 2)
