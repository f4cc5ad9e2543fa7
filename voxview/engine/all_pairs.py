"""Every in-between of a set of chairs, decoded and scored: Algorithm 1 of the study, for a person."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence

import numpy as np

from voxview.engine.engine import Engine
from voxview.engine.request import Backend, Device
from voxview.engine.scores.pair_scores import PairScores
from voxview.engine.scores.scorer import SCORE_COUNT, Scorer
from voxview.errors import InputError
from voxview.shapes.chair import Chair

MAX_CHAIRS = 200
"""More make a matrix that nobody can read, and hours of work for a CPU."""

_SHOWN_EVERY = 0.25
"""Seconds between two pictures of how far it is."""


def score_all_pairs(
    engine: Engine, chairs: Sequence[Chair], steps: int, backend: Backend, device: Device
) -> Generator[tuple[int, int, PairScores | None], None, PairScores]:
    """Decode and score the blends of every pair of `chairs` at `steps` t's from 0 to 1.

    Yields (blends done, blends in all, the scores so far or None where they were shown a moment ago), and
    returns the scores. Raises `InputError` for a set or a number of steps that cannot be used.
    """
    chairs = tuple(dict.fromkeys(chairs))
    if not 2 <= len(chairs) <= MAX_CHAIRS:
        raise InputError(f"all pairs are made of 2 to {MAX_CHAIRS} chairs, but {len(chairs)} were chosen")
    if not 3 <= steps <= 101:
        raise InputError(f"all pairs take 3 to 101 steps, but {steps} were requested")
    start = last = time.perf_counter()
    n, t = len(chairs), np.linspace(0, 1, steps, dtype=np.float32)
    scorer = engine.scorer(chairs, backend, device)
    table = np.full((SCORE_COUNT, n, n, steps), np.nan, np.float32)

    def so_far() -> PairScores:
        whole, standing, novelty, pieces, loose, stable = table.copy()
        known = whole, standing, novelty, pieces, loose, stable
        seconds = time.perf_counter() - start
        return PairScores(chairs, t, *known, scorer.device, seconds, scorer.notice)

    # The ends of a morph are the chairs' own reconstructions, whoever the other chair is.
    ends = scorer.ends()  # (6, n)
    table[:, :, :, 0], table[:, :, :, -1] = ends[:, :, None], ends[:, None, :]
    diagonal = np.arange(n)
    table[:, diagonal, diagonal] = ends[:, :, None]
    done, total = n, n + n * (n - 1) // 2 * (steps - 2)
    yield done, total, so_far()
    between, half_way = np.arange(1, steps - 1), steps // 2
    # Where it takes minutes, half-way first: one look at every pair before the second at any.
    slow = [np.array([half_way]), np.delete(between, half_way - 1)]
    for part in slow if scorer.device == "cpu" else [between]:
        for i, columns in _places(n, len(part), scorer):
            scores = scorer.between(i, columns, t[part])  # (6, m, k)
            there, back = table[:, i, columns], table[:, columns, i]
            there[:, :, part] = scores
            back[:, :, steps - 1 - part] = scores  # t of (i, j) is 1 − t of (j, i): the same blend
            done += scores[0].size
            now = time.perf_counter()
            shown = now - last >= _SHOWN_EVERY
            yield done, total, so_far() if shown else None
            last = now if shown else last
    return so_far()


def _places(n: int, steps: int, scorer: Scorer) -> Iterator[tuple[int, slice]]:
    """Yield each chair with those after it, as many as the scorer takes at once, which may change."""
    for i in range(n - 1 if steps else 0):
        j = i + 1
        while j < n:
            end = min(n, j + max(1, scorer.blends_at_once // steps))
            yield i, slice(j, end)
            j = end
