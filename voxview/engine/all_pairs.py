"""Every in-between of a set of chairs, decoded and scored: Algorithm 1 of the study, for a person."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from voxview.engine.engine import Engine
from voxview.engine.request import Backend, Device
from voxview.engine.scores.fallback_scorer import FallbackScorer
from voxview.engine.scores.pair_scores import PairScores, blends_of
from voxview.engine.scores.scorer import SCORE_COUNT, Pairs
from voxview.engine.step import Step
from voxview.errors import InputError
from voxview.model.metrics import symmetry
from voxview.shapes.chair import Chair

MAX_CHAIRS = 200
"""More make a matrix that nobody can read, and hours of work for a CPU."""

_SHOWN_EVERY = 0.25
"""Seconds between two pictures of how far it is."""


def score_all_pairs(
    engine: Engine,
    chairs: Sequence[Chair],
    steps: int,
    backend: Backend,
    device: Device,
    *,
    tf32: bool = False,
) -> Generator[Step, None, PairScores]:
    """Decode and score the blends of every pair of `chairs` at `steps` t's from 0 to 1; a GPU in TF32 or not.

    Yields how many chairs are encoded, then how many blends are scored, with the scores so far, or None where
    they were shown a moment ago; returns the scores. Raises `InputError` for a set or a number of steps that
    cannot be used.
    """
    chairs = tuple(dict.fromkeys(chairs))
    if not 2 <= len(chairs) <= MAX_CHAIRS:
        raise InputError(f"all pairs are made of 2 to {MAX_CHAIRS} chairs, but {len(chairs)} were chosen")
    if not 3 <= steps <= 101:
        raise InputError(f"all pairs take 3 to 101 steps, but {steps} were requested")
    start = time.perf_counter()
    symmetries = []
    for chair in chairs:  # one by one: a mesh takes as long as ten grids
        yield Step(0, len(chairs), None, "chairs", 0.0)
        symmetries.append(symmetry(engine.grid(chair)))
    known = np.array(symmetries, np.float32)
    run = _Run(engine.scorer(chairs, backend, device, tf32=tf32), chairs, known, steps, start, tf32)
    for done in run.scorer.encode():
        yield run.encoded(done)
    for first in range(0, len(chairs), run.scorer.blends_at_once):
        part = slice(first, first + run.scorer.blends_at_once)
        for done in run.ends(part):
            yield run.encoded(done)
        yield run.scored(last=part.stop >= len(chairs))
    for pairs, columns in blocks_between(len(chairs), steps, run.scorer):
        for done in run.between(pairs, columns):
            yield run.encoded(done)
        yield run.scored()
    return run.so_far()


def blocks_between(n: int, steps: int, scorer: FallbackScorer) -> Iterator[tuple[Pairs, NDArray[np.intp]]]:
    """Yield pairs of n chairs and columns, places of t's between the ends: each blend of the set once.

    A block has as many blends as the scorer takes at once, which may change.
    """
    between, half_way = np.arange(1, steps - 1), steps // 2
    # Where it takes minutes, half-way first: one look at every pair before the second at any.
    slow = [np.array([half_way]), np.delete(between, half_way - 1)]
    pairs = np.stack(np.triu_indices(n, 1), axis=1)  # (m, 2), row by row
    for columns in slow if scorer.device == "cpu" else [between]:
        start = 0
        while len(columns) and start < len(pairs):
            end = start + max(1, scorer.blends_at_once // len(columns))
            yield pairs[start:end], columns
            start = end


class _Run:
    """The scores as far as they are known, and how far that is."""

    def __init__(
        self,
        scorer: FallbackScorer,
        chairs: tuple[Chair, ...],
        chairs_symmetry: NDArray[np.float32],
        steps: int,
        start: float,
        tf32: bool,
    ) -> None:
        self.scorer = scorer
        self._chairs, self._chairs_symmetry = chairs, chairs_symmetry
        self._steps, self._start, self._tf32 = steps, start, tf32
        self._t = np.linspace(0, 1, steps, dtype=np.float32)
        n = len(chairs)
        self._table = np.full((SCORE_COUNT, n, n, steps), np.nan, np.float32)
        self._done, self._total = 0, blends_of(n, steps)
        self._shown = 0.0

    def ends(self, part: slice) -> Iterator[float]:
        """Score the ends of some chairs' morphs: their own reconstructions, whoever the other chair is."""
        ends = yield from self.scorer.ends(part)  # (7, m)
        table, diagonal = self._table, np.arange(len(self._chairs))[part]
        table[:, part, :, 0], table[:, :, part, -1] = ends[:, :, None], ends[:, None, :]
        table[:, diagonal, diagonal] = ends[:, :, None]
        self._done += ends.shape[1]

    def between(self, pairs: Pairs, columns: NDArray[np.intp]) -> Iterator[float]:
        """Score the blends of some pairs at some of the t's."""
        scores = yield from self.scorer.between(pairs, self._t[columns])  # (7, m, k)
        i, j = pairs.T[:, :, None]  # (m, 1) each, beside the columns (k,)
        self._table[:, i, j, columns] = scores
        self._table[:, j, i, self._steps - 1 - columns] = scores  # t of (i, j) is 1 − t of (j, i): the same
        self._done += scores[0].size

    def encoded(self, chairs: float) -> Step:
        """Return the step after which so many chairs are encoded."""
        return Step(int(chairs), len(self._chairs), None, "chairs", self._share(chairs))

    def scored(self, *, last: bool = True) -> Step:
        """Return the step after some blends, with the scores so far if it is their time and `last` is set."""
        now = time.perf_counter()
        shown = last and now - self._shown >= _SHOWN_EVERY
        self._shown = now if shown else self._shown
        share = self._share(len(self._chairs))
        return Step(self._done, self._total, self.so_far() if shown else None, "blends", share)

    def so_far(self) -> PairScores:
        """Return what is known now."""
        whole, standing, novelty, pieces, loose, stable, symmetries = self._table.copy()
        known = whole, standing, novelty, pieces, loose, stable, symmetries, self._chairs_symmetry
        seconds, device = time.perf_counter() - self._start, self.scorer.device
        in_tf32 = self._tf32 and device == "cuda"
        return PairScores(self._chairs, self._t, *known, device, seconds, self.scorer.notice, in_tf32)

    def _share(self, encoded: float) -> float:
        """Return the share of all cost that is done when so many chairs are encoded."""
        cost = self.scorer.encoding_cost
        return (encoded * cost + self._done) / (len(self._chairs) * cost + self._total)
