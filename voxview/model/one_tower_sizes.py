"""The sizes of the layers of AlexNet in one tower. Free of torch, as records are."""

from __future__ import annotations

CHANNELS = (64, 192, 384, 256, 256)
"""Of the five convolutions."""


def feature_count(side: int) -> int:
    """Return the numbers that the convolutions give of pictures of this side: 9,216 of 224 pixels."""
    side = (side - 7) // 4 + 1  # the first convolution: kernel 11, stride 4, padding 2
    for _ in range(3):
        side = (side - 3) // 2 + 1  # the pools
    return CHANNELS[-1] * side**2
