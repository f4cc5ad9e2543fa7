"""Blends decoded and scored where they are made: nothing but the scores leaves the device."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from voxview.engine.request import LEVEL, Device
from voxview.latent.numpy_blend import blend
from voxview.model.autoencoder import Autoencoder
from voxview.model.metrics import largest_iou, largest_piece, lowest_layers, stands
from voxview.shapes.frame import RESOLUTION

Floats = NDArray[np.float32]
Grids = NDArray[np.bool_]
T = TypeVar("T")


class Scorer(Protocol):
    """Scores the in-betweens of one set of n chairs: (whole, standing, novelty), as in `PairScores`."""

    @property
    def device(self) -> Device:
        """Where it scores now."""

    @property
    def notice(self) -> str | None:
        """What the person should know: that the GPU failed and the CPU goes on."""

    @property
    def blends_at_once(self) -> int:
        """About as many in one call of `between`: few enough that a slider move need not wait for long."""

    def ends(self) -> Floats:
        """The scores of the chairs' own reconstructions, `(3, n)`."""

    def between(self, i: int, others: slice, t: Floats) -> Floats:
        """The scores of the blends of chair i with each of m others at t `(k,)` → `(3, m, k)`."""


class CpuScorer:
    """Decoded by PyTorch on the host, scored by NumPy and SciPy."""

    device: Device = "cpu"
    notice: str | None = None
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
        return scores_of(self._autoencoder.decode(latents) > LEVEL, floors, self._grids)


class SteadyScorer:
    """Scores on a GPU; when that fails, the same call is made again on the CPU, which goes on from there."""

    def __init__(
        self,
        on_gpu: Callable[[], Scorer],
        on_cpu: Callable[[], Scorer],
        is_failure: Callable[[Exception], bool],
        give_up: Callable[[Exception], str],
    ) -> None:
        """`is_failure` knows a GPU's errors from others; `give_up` leaves the GPU and says so."""
        self.notice: str | None = None
        self._on_cpu, self._is_failure, self._give_up = on_cpu, is_failure, give_up
        self._scorer: Scorer = self._try(on_gpu, on_cpu)

    @property
    def device(self) -> Device:
        """Where it scores now."""
        return self._scorer.device

    @property
    def blends_at_once(self) -> int:
        """See `Scorer`."""
        return self._scorer.blends_at_once

    def ends(self) -> Floats:
        """See `Scorer`."""
        return self._steadily(lambda scorer: scorer.ends())

    def between(self, i: int, others: slice, t: Floats) -> Floats:
        """See `Scorer`."""
        return self._steadily(lambda scorer: scorer.between(i, others, t))

    def _steadily(self, work: Callable[[Scorer], Floats]) -> Floats:
        def again() -> Floats:
            self._scorer = self._on_cpu()
            return work(self._scorer)

        return self._try(lambda: work(self._scorer), again)

    def _try(self, first: Callable[[], T], otherwise: Callable[[], T]) -> T:
        try:
            return first()
        except Exception as error:
            if not self._is_failure(error):
                raise
            self.notice = self._give_up(error)
        return otherwise()


def scores_of(blends: Grids, floors: NDArray[np.int32], chairs: NDArray[np.bool_]) -> Floats:
    """(whole, standing, novelty) of m blends `(m, 32, 32, 32)`, `(3, m)`.

    Each should stand from its layer of `floors` on, and is compared with the flat `chairs` `(n, 32768)`.
    """
    whole = [largest_piece(grid) for grid in blends]
    standing = [stands(grid, floor) for grid, floor in zip(blends, floors, strict=True)]
    novelty = 1 - largest_iou(blends.reshape(len(blends), -1), chairs)
    return np.array([whole, standing, novelty], np.float32)


def common_floors(floors: NDArray[np.int32], i: int, others: slice, steps: int) -> NDArray[np.int32]:
    """Where the blends of chair i with each of m others should stand, at k steps: `(m · k,)` layers.

    That is the higher of the two chairs' lowest layers.
    """
    return np.repeat(np.maximum(floors[i], floors[others]), steps).astype(np.int32)
