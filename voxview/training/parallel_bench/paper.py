"""The table of Krizhevsky 2014 (arXiv:1404.5997), on up to eight K20: quoted at second hand."""

from __future__ import annotations

from typing import NamedTuple

THE_PAPER = "Krizhevsky 2014, K20 GPUs"


class PaperRow(NamedTuple):
    """One line of it."""

    gpus: int
    batches: tuple[int, int]
    """Pictures of all GPUs for an update of the convolutions, and of the fully connected layers."""
    hours: float
    """Of 90 epochs of ImageNet."""
    times: float
    """As fast as one GPU."""


PAPER = (
    PaperRow(1, (128, 128), 98.05, 1.0),
    PaperRow(2, (256, 256), 50.24, 1.95),
    PaperRow(4, (512, 512), 26.20, 3.74),
    PaperRow(8, (1024, 1024), 15.68, 6.25),
    PaperRow(8, (1024, 128), 15.91, 6.16),
)
