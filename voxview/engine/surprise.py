"""A good and new in-between of a set of chairs, found without scoring all pairs.

Half-way blends of unrefined encodings are quick and tell which pairs are worth a closer look; that is of
refined latents at several t's, as they will be shown. The best at first glance is found at once: of 16
such finds among ShapeNet's chairs all were good with refined latents, too. What is found later is better.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Generator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from voxview.conventions import LEVEL
from voxview.engine.request import BlendRequest
from voxview.engine.shape_quality import ShapeQuality, quality_of
from voxview.engine.step import Step
from voxview.errors import InputError, VoxViewError
from voxview.latent.numpy_blend import blend
from voxview.model.metrics import largest_iou, lowest_layers

if TYPE_CHECKING:
    from voxview.engine.engine import Engine
    from voxview.engine.request import Backend, Device
    from voxview.shapes.chair import Chair
    from voxview.shapes.frame import Floats, Grid

log = logging.getLogger(__name__)

PAIRS = 12
"""Pairs that are looked at closely; on two cores one takes half a second or so."""
BETTER = 0.02
"""Novelty by which a blend has to be better than the one before: one does not look up for less."""
_CHAIRS_A_ROUND = 12
_READING_SECONDS = 0.6
"""After which a round begins with the chairs that were read: of meshes it may be three or four."""
_LEAST_CHAIRS = 3
_PAIRS_A_ROUND = 16
"""Of the chairs that are known so far, glanced at."""
_CLOSER_A_ROUND = 4
_AT_ONCE = 4
"""Chairs encoded and blends decoded in one step: a slider that moves does not wait for long."""
_POSITIONS = (0.3, 0.4, 0.5, 0.6, 0.7)
_HALF_WAY = np.array([0.5], np.float32)
_BEST_NEW = 0.45
"""Novelty that counts most; what is newer counts for less again, as it is ever less a chair. Where more was
always better, two of five searches among the sample chairs ended at what is no chair; with this, none."""
_FLAWED = 0.25
"""What the novelty of a blend counts that would fall over, or is lopsided."""

Pair = tuple[int, int]
"""The places of two chairs among those that were read."""


@dataclass(frozen=True)
class Surprise:
    """A blend that is in one piece and stands, and how new it is among the chairs that were looked at."""

    a: Chair
    b: Chair
    t: float
    quality: ShapeQuality

    @property
    def worth(self) -> float:
        """What it is ranked by: novelty up to a point, less where it is lopsided or would fall over."""
        return _worth(self.quality)


def find_surprise(
    engine: Engine,
    chairs: Sequence[Chair],
    backend: Backend,
    device: Device,
    rng: np.random.Generator,
    known: Collection[frozenset[Chair]] = (),
) -> Generator[Step, None, Surprise | None]:
    """Look for a good blend of two of `chairs`, but of no pair in `known`; return the best, if any is good.

    Yields how many pairs were looked at closely, with a `Surprise` whenever there is a better one. A chair
    that cannot be read is passed over; `InputError` where fewer than two can be.
    """
    search = _Search(engine, chairs, backend, device, rng, known)
    yield search.step()
    while search.looked < PAIRS:
        yield from search.read()
        glances = yield from search.glance()
        if not glances:
            break
        if search.best is None:
            yield from search.take_at_a_glance(glances[0])
        for pair in glances[:_CLOSER_A_ROUND]:
            yield from search.look_closer(pair)
    return search.best


class _Search:
    """The chairs that were read, and the best blend so far."""

    def __init__(
        self,
        engine: Engine,
        chairs: Sequence[Chair],
        backend: Backend,
        device: Device,
        rng: np.random.Generator,
        known: Collection[frozenset[Chair]],
    ) -> None:
        self._engine, self._backend, self._device, self._rng = engine, backend, device, rng
        unique = list(dict.fromkeys(chairs))
        self._rest = [unique[place] for place in rng.permutation(len(unique))]
        self._known = set(known)
        self._chairs: list[Chair] = []
        self._grids: list[Grid] = []
        self._latents: list[Floats] = []
        """Unrefined, of the chairs that were read."""
        self._glanced: dict[Pair, ShapeQuality] = {}
        """Of half-way blends of unrefined encodings."""
        self._at_a_glance: Pair | None = None
        """The pair of the best so far, where nobody has looked closer."""
        self.looked = 0
        self.best: Surprise | None = None

    def step(self, found: Surprise | None = None) -> Step:
        """Return how far it is."""
        return Step(self.looked, PAIRS, found, "pairs")

    def read(self) -> Generator[Step, None, None]:
        """Read and encode some more chairs, one or a few a step."""
        began, first = time.monotonic(), len(self._grids)
        while self._rest and len(self._grids) - first < _CHAIRS_A_ROUND:
            is_late = time.monotonic() - began > _READING_SECONDS
            if is_late and len(self._grids) - first >= _LEAST_CHAIRS:
                break
            chair = self._rest.pop()
            try:
                self._grids.append(self._engine.grid(chair))
            except VoxViewError as error:
                log.debug("passed over: %s", error)  # who chooses it hears of it
                continue
            self._chairs.append(chair)
            yield self.step()
        if len(self._chairs) < 2:
            raise InputError("fewer than two of the listed chairs can be read: open another folder")
        while (start := len(self._latents)) < len(self._grids):
            some = np.stack(self._grids[start : start + _AT_ONCE])
            self._latents.extend(self._engine.encode_unrefined(some, self._device))
            yield self.step()

    def glance(self) -> Generator[Step, None, list[Pair]]:
        """Score half-way blends of some pairs by their unrefined encodings; return them, the best first."""
        pairs = self._new_pairs()
        for start in range(0, len(pairs), _AT_ONCE):
            some = np.array(pairs[start : start + _AT_ONCE])
            z = np.stack(self._latents)
            halves = blend(z[some[:, 0]], z[some[:, 1]], _HALF_WAY)[:, 0]  # (m, 8, 8)
            fields = self._engine.decode(halves, self._device)
            for field, pair in zip(fields, pairs[start : start + _AT_ONCE], strict=True):
                self._glanced[pair] = self._quality(field > LEVEL, *pair)
            yield self.step()
        return sorted(pairs, key=lambda pair: _worth(self._glanced[pair]), reverse=True)

    def take_at_a_glance(self, pair: Pair) -> Generator[Step, None, None]:
        """Take a pair's half-way blend for the best, if it is good."""
        a, b = (self._chairs[place] for place in pair)
        found = Surprise(a, b, 0.5, self._glanced[pair])
        if found.worth:
            self.best, self._at_a_glance = found, pair
            yield self.step(found)

    def look_closer(self, pair: Pair) -> Generator[Step, None, None]:
        """Refine a pair and score its blends; what is better than the best so far is in the last step."""
        a, b = (self._chairs[place] for place in pair)
        self._known.add(frozenset((a, b)))
        request = BlendRequest(a, b, 0.5, self._backend, self._device)
        for _ in self._engine.encode_pair(request):
            yield self.step()
        self.looked += 1
        grids = np.concatenate(list(self._engine.grids(request, _POSITIONS)))
        found = [
            Surprise(a, b, t, self._quality(grid, *pair)) for t, grid in zip(_POSITIONS, grids, strict=True)
        ]
        best = max(found, key=lambda one: one.worth)
        if pair == self._at_a_glance:
            self._at_a_glance = None
            half_way = found[len(found) // 2]
            self.best = half_way if half_way.worth else None  # what is on screen, by refined latents
        before = 0.0 if self.best is None else self.best.worth + BETTER
        if best.worth > before:
            self.best = best
            yield self.step(best)
        else:
            yield self.step()

    def _new_pairs(self) -> list[Pair]:
        """Return some pairs by chance that were not looked at."""
        places = np.stack(np.triu_indices(len(self._chairs), 1), axis=1)
        chosen: list[Pair] = []
        for a, b in self._rng.permutation(places).tolist():
            if frozenset((self._chairs[a], self._chairs[b])) not in self._known:
                chosen.append((a, b) if self._rng.random() < 0.5 else (b, a))
            if len(chosen) == _PAIRS_A_ROUND:
                break
        return chosen

    def _quality(self, grid: Grid, a: int, b: int) -> ShapeQuality:
        """Return the quality of a blend of two chairs, whose novelty is among all that were read."""
        pair = np.stack([self._grids[a], self._grids[b]])
        quality = quality_of(grid, int(lowest_layers(pair).max()), pair)
        everyone = np.stack(self._grids)
        iou = largest_iou(grid.reshape(1, -1), everyone.reshape(len(everyone), -1))
        return replace(quality, novelty=1 - float(iou[0]))


def _worth(quality: ShapeQuality) -> float:
    if not quality.is_good or quality.novelty is None:
        return 0.0
    has_flaw = quality.is_lopsided or not quality.is_stable
    as_symmetric = quality.symmetry / max(quality.chairs_symmetry or 1.0, quality.symmetry, 1e-6)
    new = max(0.0, min(quality.novelty, 2 * _BEST_NEW - quality.novelty))
    return new * as_symmetric * (_FLAWED if has_flaw else 1.0)
