"""Scoring blends where they are decoded: nothing but the scores leaves the device."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import LATENT_SHAPE, LEVEL, RESOLUTION
from voxview.engine.request import Device
from voxview.engine.scores.pair_scores import ENCODING_COST
from voxview.latent.numpy_blend import blend
from voxview.model.autoencoder import Autoencoder
from voxview.model.metrics import is_stable, largest_iou, lowest_layers, stands, symmetry
from voxview.model.refine import STEPS
from voxview.shapes.components import largest_component
from voxview.shapes.frame import Floats, Grids

Pairs = NDArray[np.intp]
"""`(m, 2)`: the places of two chairs in their set, for each of m pairs."""

Places = NDArray[np.intp]
"""`(m,)`: the places of chairs in their set."""

SCORE_COUNT = 7
"""Numbers of each blend: whole, standing, novelty, pieces, loose voxels, stable, symmetry."""

_ENCODED_AT_ONCE = 2
"""Chairs whose refinement goes on together on a CPU: a step of it takes 50 ms on two cores."""


class Scorer(Protocol):
    """The scores of the in-betweens of one set of n chairs, in the order of `scores_of`; see `PairScores`.

    The set is encoded first, by running `encode` to its end.
    """

    @property
    def device(self) -> Device:
        """The device that it scores on now."""

    @property
    def notice(self) -> str | None:
        """What the person should know: that the GPU failed and the CPU goes on."""

    @property
    def blends_at_once(self) -> int:
        """About how many blends one call of `between` takes: a slider move does not wait for long."""

    @property
    def encoding_cost(self) -> float:
        """How many blends can be scored in the time in which one chair is encoded, about."""

    @property
    def waiting(self) -> deque[Places]:
        """The parts of the set that are to be encoded; who takes one away brings its latents by `learn`."""

    def encode(self) -> Iterator[float]:
        """Encode what waits in small steps; yields how many chairs are done, with parts of a chair."""

    def learn(self, places: Places, latents: Floats) -> None:
        """Take the latents `(m, 8, 8)` of the chairs at some places, which were encoded elsewhere."""

    def latents(self) -> Floats:
        """Return the latents of the set `(n, 8, 8)`, on the host."""

    def ends(self, some: slice) -> Floats:
        """Return the scores of the own reconstructions of m of the chairs, `(7, m)`."""

    def between(self, pairs: Pairs, t: Floats) -> Floats:
        """Return the scores of the blends of m pairs of chairs at t `(k,)`: `(7, m, k)`."""


class CpuScorer:
    """A scorer that decodes with PyTorch on the host, and scores with NumPy and SciPy."""

    device: Device = "cpu"
    notice: str | None = None
    blends_at_once = 4

    def __init__(
        self, autoencoder: Autoencoder, grids: Grids, known: Mapping[int, Floats] | None = None
    ) -> None:
        """Take the chairs with `grids` `(n, 32, 32, 32)`; `known` has latents of some, by their places."""
        self._autoencoder = autoencoder
        self._known = known or {}
        self._grids = grids.reshape(len(grids), RESOLUTION**3)
        self._floors = lowest_layers(grids)
        self._latents = np.empty((len(grids), *LATENT_SHAPE), np.float32)
        self.waiting = parts_to_encode(len(grids), self._known, _ENCODED_AT_ONCE)
        self._done = 0
        self.encoding_cost = ENCODING_COST if autoencoder.refines else 1.0

    def encode(self) -> Iterator[float]:
        """See `Scorer`."""
        grids = self._grids.reshape(-1, *(RESOLUTION,) * 3)
        for place, z in self._known.items():
            self.learn(np.array([place]), z[None])
        self._known = {}
        while self.waiting:
            part = self.waiting.popleft()
            steps, taken = self._autoencoder.encode_in_steps(grids[part]), 0
            while True:
                try:
                    next(steps)
                except StopIteration as end:
                    self.learn(part, end.value)
                    break
                taken += 1  # chairs unlike the training set take more than twice as many steps
                yield self._done + len(part) * min(taken / (STEPS + 1), 0.99)
            yield self._done

    def learn(self, places: Places, latents: Floats) -> None:
        """See `Scorer`."""
        self._latents[places] = latents
        self._done += len(places)

    def latents(self) -> Floats:
        """See `Scorer`."""
        return self._latents

    def ends(self, some: slice) -> Floats:
        """See `Scorer`."""
        return self._scores(self._latents[some], self._floors[some])

    def between(self, pairs: Pairs, t: Floats) -> Floats:
        """See `Scorer`."""
        first, second = pairs.T
        blends = blend(self._latents[first], self._latents[second], t)  # (m, k, 8, 8)
        floors = common_floors(self._floors, pairs, len(t))
        return self._scores(blends.reshape(-1, *LATENT_SHAPE), floors).reshape(SCORE_COUNT, -1, len(t))

    def _scores(self, latents: Floats, floors: NDArray[np.int32]) -> Floats:
        return scores_of(self._autoencoder.decode(latents) > LEVEL, floors, self._grids)


def parts_to_encode(count: int, known: Mapping[int, Floats], at_once: int) -> deque[Places]:
    """Return the places, of so many chairs, whose latents are not known, in parts encoded at once."""
    unknown = np.array([place for place in range(count) if place not in known], np.intp)
    return deque(unknown[start : start + at_once] for start in range(0, len(unknown), at_once))


def scores_of(blends: Grids, floors: NDArray[np.int32], chairs: NDArray[np.bool_]) -> Floats:
    """Return (whole, standing, novelty, pieces, loose voxels, stable, symmetry) of m blends: `(7, m)`.

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
    symmetries = [symmetry(grid) for grid in blends]
    return np.array([whole, standing, novelty, pieces, voxels - largest, stable, symmetries], np.float32)


def common_floors(floors: NDArray[np.int32], pairs: Pairs, steps: int) -> NDArray[np.int32]:
    """Return the layers that the blends of m pairs at k steps should stand on, `(m · k,)`.

    That is the higher of the two chairs' lowest layers.
    """
    return np.repeat(floors[pairs].max(1), steps).astype(np.int32)
