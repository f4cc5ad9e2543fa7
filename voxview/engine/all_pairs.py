"""Every in-between of a set of chairs, decoded and scored: Algorithm 1 of the study, for a person."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from voxview.engine.engine import Engine
from voxview.engine.request import Backend, Device
from voxview.engine.scores.fallback_scorer import FallbackScorer
from voxview.engine.scores.pair_queue import Block, PairQueue
from voxview.engine.scores.pair_scores import PairScores, blends_of
from voxview.engine.scores.scorer import SCORE_COUNT, Pairs
from voxview.engine.step import Step
from voxview.engine.workers.shared_run import SharedRun
from voxview.errors import InputError
from voxview.model.metrics import symmetry
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Floats

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
    one_gpu: bool = False,
) -> Generator[Step, None, PairScores]:
    """Decode and score the blends of every pair of `chairs` at `steps` t's from 0 to 1; a GPU in TF32 or not.

    Further GPUs take their part, unless it is to be `one_gpu`: the same blocks as on one. Yields how many
    chairs are encoded, then how many blends are scored, with the scores so far, or None where they were shown
    a moment ago; returns the scores. Raises `InputError` for a set or a number of steps that cannot be used.
    """
    chairs = tuple(dict.fromkeys(chairs))
    if not 2 <= len(chairs) <= MAX_CHAIRS:
        raise InputError(f"all pairs are made of 2 to {MAX_CHAIRS} chairs, but {len(chairs)} were chosen")
    if not 3 <= steps <= 101:
        raise InputError(f"all pairs take 3 to 101 steps, but {steps} were requested")
    start = time.perf_counter()
    for chair in chairs:  # one by one: a mesh takes as long as ten grids
        yield Step(0, len(chairs), None, "chairs", 0.0)
        engine.grid(chair)
    scorer = engine.scorer(chairs, backend, device, tf32=tf32)
    workers = engine.share(chairs, scorer, blends_of(len(chairs), steps), backend, tf32=tf32, alone=one_gpu)
    known = np.array([symmetry(engine.grid(chair)) for chair in chairs], np.float32)
    run = _Run(scorer, workers, chairs, known, steps, start, tf32)
    yield from run.encode()
    yield from run.score()
    return run.so_far()


def blocks_between(n: int, steps: int, scorer: FallbackScorer) -> Iterator[Block]:
    """Yield pairs of n chairs and columns, places of t's between the ends: each blend of the set once.

    A block has as many blends as the scorer takes at once, which may change.
    """
    queue = PairQueue(n, steps, half_way_first=scorer.device == "cpu")
    while (block := queue.take(scorer.blends_at_once)) is not None:
        yield block


class _Run:
    """The scores as far as they are known, and how far that is."""

    def __init__(
        self,
        scorer: FallbackScorer,
        workers: SharedRun,
        chairs: tuple[Chair, ...],
        chairs_symmetry: NDArray[np.float32],
        steps: int,
        start: float,
        tf32: bool,
    ) -> None:
        self._scorer, self._workers = scorer, workers
        self._chairs, self._chairs_symmetry = chairs, chairs_symmetry
        self._steps, self._start, self._tf32 = steps, start, tf32
        self._t = np.linspace(0, 1, steps, dtype=np.float32)
        n = len(chairs)
        self._table = np.full((SCORE_COUNT, n, n, steps), np.nan, np.float32)
        self._done, self._total = 0, blends_of(n, steps)
        self._shown = 0.0

    def encode(self) -> Iterator[Step]:
        """Encode the set; those workers that are ready take parts of it."""
        for _ in self._workers.preparing():
            yield self.encoded(0)
        while True:
            self._workers.share_encoding()
            for done in self._scorer.encode():
                yield self.encoded(done)
                self._workers.share_encoding()
            if self._scorer.is_encoded and not self._workers.is_busy:
                break
            self._workers.wait()
            yield self.encoded(len(self._chairs))
        self._workers.share_latents()

    def score(self) -> Iterator[Step]:
        """Score the ends and all that is between them; whoever is free takes the next block."""
        n, at_once = len(self._chairs), self._scorer.blends_at_once
        queue = PairQueue(n, self._steps, half_way_first=self._scorer.device == "cpu")
        self._workers.share_blocks(queue, self._t)
        for first in range(0, n, at_once):
            part = slice(first, first + at_once)
            for done in self._ends(part):
                yield self.encoded(done)
            yield self.scored(last=part.stop >= n)
        while True:
            self._workers.share_blocks(queue, self._t)
            block = queue.take(self._scorer.blends_at_once)
            if block is not None:
                for done in self._between(*block):
                    yield self.encoded(done)
            elif self._workers.is_busy:
                self._workers.wait()
            else:
                return
            for (pairs, columns), scores in self._workers.arrived():
                self._enter(pairs, columns, scores)
            yield self.scored()

    def _ends(self, part: slice) -> Iterator[float]:
        """Score the ends of some chairs' morphs: their own reconstructions, whoever the other chair is."""
        ends = yield from self._scorer.ends(part)  # (7, m)
        table, diagonal = self._table, np.arange(len(self._chairs))[part]
        table[:, part, :, 0], table[:, :, part, -1] = ends[:, :, None], ends[:, None, :]
        table[:, diagonal, diagonal] = ends[:, :, None]
        self._done += ends.shape[1]

    def _between(self, pairs: Pairs, columns: NDArray[np.intp]) -> Iterator[float]:
        """Score the blends of some pairs at some of the t's."""
        self._enter(pairs, columns, (yield from self._scorer.between(pairs, self._t[columns])))

    def _enter(self, pairs: Pairs, columns: NDArray[np.intp], scores: Floats) -> None:
        """Enter the scores `(7, m, k)` of m pairs at k columns."""
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
        seconds, device = time.perf_counter() - self._start, self._scorer.device
        in_tf32 = self._tf32 and device == "cuda"
        notices = [notice for notice in (self._scorer.notice, self._workers.notice) if notice]
        said = "; ".join(notices) or None
        helped = self._workers.helped
        return PairScores(self._chairs, self._t, *known, device, seconds, said, in_tf32, helped)

    def _share(self, encoded: float) -> float:
        """Return the share of all cost that is done when so many chairs are encoded."""
        cost = self._scorer.encoding_cost
        return (encoded * cost + self._done) / (len(self._chairs) * cost + self._total)
