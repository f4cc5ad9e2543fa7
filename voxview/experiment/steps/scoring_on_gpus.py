"""All pairs of a set on every GPU beside one alone, in turn: how much faster, and whether the scores agree.

Workers on further GPUs go on while this process does something else, so a run is timed in one piece, from its
first step to its last.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from voxview.counts import counted
from voxview.engine.all_pairs import score_all_pairs
from voxview.engine.engine import Engine
from voxview.engine.request import Backend, Device
from voxview.engine.scores.pair_scores import PairScores, blends_of
from voxview.engine.timings import Summary, summarise
from voxview.errors import VoxViewError
from voxview.experiment.clock import Interruptible, Limits
from voxview.experiment.results import ALL_GPUS, Measurement, StepResults
from voxview.experiment.steps.scoring import CHAIRS
from voxview.experiment.study import STEPS
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.chair import Chair
from voxview.to_end import run_to_end

_ROUNDS = 5
_START_SECONDS = 120.0


@dataclass(frozen=True)
class Comparison:
    """The milliseconds of a set on one GPU and on all, in turn, everything warm."""

    one: Summary
    every: Summary
    gpus: int
    same_bits: bool
    """Whether the scores of every run were the same, to the last bit."""

    @property
    def ratio(self) -> float:
        """How many times as fast all GPUs are."""
        return self.one.median / self.every.median

    def sentence(self, n: int) -> str:
        """Return the result for a person."""
        bits = "the scores are the same bits" if self.same_bits else "the scores differ"
        times = f"{self.every.median:,.0f} and {self.one.median:,.0f} ms, in turn"
        return (
            f"{counted(n, 'chair')} decoded and scored by {counted(self.gpus, 'GPU')}: "
            f"{self.ratio:.2f} times as fast as by one ({times}); {bits}."
        )


def measure_on_all_gpus(engine: Engine, backend: Backend, limits: Limits) -> Interruptible[StepResults]:
    """Score fifty sample chairs at eleven t's on one GPU and on all, in turn; workers are started before."""
    start = time.perf_counter()
    while not engine.workers.have_started() and time.perf_counter() - start < _START_SECONDS:
        time.sleep(0.02)
        yield
    rounds = min(_ROUNDS, limits.min_runs)
    try:
        compared = yield from compare_in_turn(engine, sample_catalog()[:CHAIRS], STEPS, backend, rounds)
    except VoxViewError as problem:
        return StepResults(notes=(f"All pairs on several GPUs were left out: {problem}.",))
    summary, note = compared.every, f"{blends_of(CHAIRS, STEPS):,} blends, {counted(compared.gpus, 'GPU')}"
    figures = summary.median, summary.p95, summary.count
    measured = Measurement("scores", CHAIRS, ALL_GPUS, "total", *figures, note=note)
    return StepResults((measured,), notes=(compared.sentence(CHAIRS),))


def compare_in_turn(
    engine: Engine,
    chairs: Sequence[Chair],
    steps: int,
    backend: Backend,
    rounds: int,
    *,
    device: Device = "cuda",
    tf32: bool = False,
) -> Interruptible[Comparison]:
    """Score the set on one device of that kind and on all in turn, so many rounds, all warmed up before.

    Raises `VoxViewError` where another device had to score, or a worker does not take part.
    """
    milliseconds: dict[bool, list[float]] = {True: [], False: []}

    def score(alone: bool) -> PairScores:
        start = time.perf_counter()
        run = score_all_pairs(engine, chairs, steps, backend, device, tf32=tf32, one_gpu=alone)
        scores = run_to_end(run)
        milliseconds[alone].append((time.perf_counter() - start) * 1e3)
        if scores.device != device or scores.notice:
            raise VoxViewError(scores.notice or f"they were scored on the {scores.device}")
        return scores

    first = score(True)
    yield
    end = time.perf_counter() + _START_SECONDS
    expected = {worker.device.name for worker in engine.workers.workers if worker.failure is None}
    while not (expected and set(score(False).further) == expected):  # they load weights, and plan
        if not expected or time.perf_counter() > end:
            raise VoxViewError("not every further GPU took a part")
        yield
    milliseconds = {True: [], False: []}
    same_bits = True
    for _ in range(rounds):
        for alone in (True, False):
            same_bits &= score(alone).is_same(first)
            yield
    one, every = summarise(milliseconds[True]), summarise(milliseconds[False])
    assert one is not None and every is not None
    return Comparison(one, every, 1 + len(expected), same_bits)
