"""Scoring blends where they are decoded: nothing but the scores leaves the device."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import LATENT_SHAPE, LEVEL, RESOLUTION
from voxview.engine.request import Device
from voxview.latent.numpy_blend import blend
from voxview.model.autoencoder import Autoencoder
from voxview.model.metrics import is_stable, largest_iou, lowest_layers, stands
from voxview.shapes.components import largest_component
from voxview.shapes.frame import Floats, Grids

SCORE_COUNT = 6
"""Numbers of each blend: whole, standing, novelty, pieces, loose voxels, stable."""


class Scorer(Protocol):
    """The scores of the in-betweens of one set of n chairs, in the order of `scores_of`; see `PairScores`."""

    @property
    def device(self) -> Device:
        """The device that it scores on now."""

    @property
    def notice(self) -> str | None:
        """What the person should know: that the GPU failed and the CPU goes on."""

    @property
    def blends_at_once(self) -> int:
        """About how many blends one call of `between` takes: a slider move does not wait for long."""

    def ends(self) -> Floats:
        """Return the scores of the chairs' own reconstructions, `(6, n)`."""

    def between(self, i: int, others: slice, t: Floats) -> Floats:
        """Return the scores of the blends of chair i with each of m others at t `(k,)`: `(6, m, k)`."""


class CpuScorer:
    """A scorer that decodes with PyTorch on the host, and scores with NumPy and SciPy."""

    device: Device = "cpu"
    notice: str | None = None
    blends_at_once = 8

    def __init__(self, autoencoder: Autoencoder, grids: Grids) -> None:
        """Encode the chairs whose `grids` are `(n, 32, 32, 32)`."""
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
        return self._scores(blends.reshape(-1, *LATENT_SHAPE), floors).reshape(SCORE_COUNT, -1, len(t))

    def _scores(self, latents: Floats, floors: NDArray[np.int32]) -> Floats:
        return scores_of(self._autoencoder.decode(latents) > LEVEL, floors, self._grids)


def scores_of(blends: Grids, floors: NDArray[np.int32], chairs: NDArray[np.bool_]) -> Floats:
    """Return (whole, standing, novelty, pieces, loose voxels, stable) of m blends: `(6, m)`.

    These are the numbers of `ShapeQuality`. Each of the blends `(m, 32, 32, 32)` should stand from its layer
    of `floors` on, and is compared with the flat `chairs` `(n, 32768)`.
    """
    largest_components, sizes = zip(*(largest_component(grid) for grid in blends), strict=True)
    voxels = np.array([of.sum() for of in sizes])
    largest = np.array([of.max(initial=0) for of in sizes])
    standing = [stands(grid, floor) for grid, floor in zip(blends, floors, strict=True)]
    novelty = 1 - largest_iou(blends.reshape(len(blends), -1), chairs)
    pieces = [len(of) for of in sizes]
    stable = [is_stable(piece, floor) for piece, floor in zip(largest_components, floors, strict=True)]
    whole = largest / np.maximum(voxels, 1)
    return np.array([whole, standing, novelty, pieces, voxels - largest, stable], np.float32)


def common_floors(floors: NDArray[np.int32], i: int, others: slice, steps: int) -> NDArray[np.int32]:
    """Return the layers that the blends of chair i with each of m others should stand on, `(m · k,)`.

    That is the higher of the two chairs' lowest layers.
    """
    return np.repeat(np.maximum(floors[i], floors[others]), steps).astype(np.int32)
