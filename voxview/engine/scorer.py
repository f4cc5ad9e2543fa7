"""Blends decoded and scored where they are made: nothing but the scores leaves the device."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voxview.engine.request import LEVEL, Device
from voxview.latent.numpy_blend import blend
from voxview.model.autoencoder import Autoencoder
from voxview.model.metrics import largest_iou, largest_piece, lowest_layers, stands
from voxview.shapes.frame import RESOLUTION

Floats = NDArray[np.float32]
Grids = NDArray[np.bool_]


class Scorer(Protocol):
    """Scores the in-betweens of one set of n chairs: (whole, standing, novelty), as in `PairScores`."""

    device: Device
    blends_at_once: int
    """About as many in one call of `between`: few enough that a slider move need not wait for long."""

    def ends(self) -> Floats:
        """The scores of the chairs' own reconstructions, `(3, n)`."""

    def between(self, i: int, others: slice, t: Floats) -> Floats:
        """The scores of the blends of chair i with each of m others at t `(k,)` → `(3, m, k)`."""


class CpuScorer:
    """Decoded by PyTorch on the host, scored by NumPy and SciPy."""

    device: Device = "cpu"
    blends_at_once = 8

    def __init__(self, autoencoder: Autoencoder, grids: Grids) -> None:
        """Of chairs whose `grids` are `(n, 32, 32, 32)`."""
        self._autoencoder = autoencoder
        self._grids = grids.reshape(len(grids), RESOLUTION**3)
        self._floors = lowest_layers(grids)
        self._latents = autoencoder.encode(grids)  # (n, 8, 8)

    def ends(self) -> Floats:
        """See `Scorer`."""
        return self._scores(self._latents, self._floors)

    def between(self, i: int, others: slice, t: Floats) -> Floats:
        """See `Scorer`."""
        blends = blend(self._latents[i], self._latents[others], t)  # (m, k, 8, 8)
        floors = common_floors(self._floors, i, others, len(t))
        return self._scores(blends.reshape(-1, 8, 8), floors).reshape(3, -1, len(t))

    def _scores(self, latents: Floats, floors: NDArray[np.int32]) -> Floats:
        blends = self._autoencoder.decode(latents) > LEVEL  # (m, 32, 32, 32)
        whole = [largest_piece(grid) for grid in blends]
        standing = [stands(grid, floor) for grid, floor in zip(blends, floors, strict=True)]
        novelty = 1 - largest_iou(blends.reshape(len(blends), -1), self._grids)
        return np.array([whole, standing, novelty], np.float32)


def common_floors(floors: NDArray[np.int32], i: int, others: slice, steps: int) -> NDArray[np.int32]:
    """Where the blends of chair i with each of m others should stand, at k steps: `(m · k,)` layers.

    That is the higher of the two chairs' lowest layers.
    """
    return np.repeat(np.maximum(floors[i], floors[others]), steps).astype(np.int32)
