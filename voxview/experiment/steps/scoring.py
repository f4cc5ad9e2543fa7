"""All pairs of a set of chairs, decoded and scored: what the window's heat map takes.

Inside a time are the symmetry of each chair, encoding and refining all, blending, decoding and scoring, and
the scores' way to the host; the chairs' grids were read before. Between two steps of the benchmark somebody
else works, who draws how far it is: that is no part of the time.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import LATENT_SHAPE, LEVEL, ONE_PIECE, RESOLUTION
from voxview.engine.all_pairs import blocks_between, score_all_pairs
from voxview.engine.engine import Engine
from voxview.engine.request import Backend
from voxview.engine.scores.pair_scores import PairScores, blends_of
from voxview.engine.timings import Summary, summarise
from voxview.errors import VoxViewError
from voxview.experiment.clock import Interruptible, Limits, collect_samples, time_call
from voxview.experiment.results import Measurement, StepResults
from voxview.experiment.study import STEPS
from voxview.latent.numpy_blend import blend
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.to_end import run_to_end

CHAIRS = 50
TF32 = "cuda-shared TF32"
"""The subject whose blends a GPU decodes in TF32."""

_BLENDS = blends_of(CHAIRS, STEPS)
_ALL_BLENDS = f"{_BLENDS:,} blends"
_INSIDE = (
    f"{CHAIRS} chairs decoded and scored: their symmetry, encoding and refining them, and the scores' way to "
    "the host are in the time; reading them, and what is done between two parts, are not."
)
_RUNS = 3
_BLOCKS_TIME = 10
"""A CPU's blocks are timed so many times as long as other things: each has a few of 11,075 blends."""
_DECODED_AT_ONCE = 512


def measure_scoring(engine: Engine, backend: Backend, limits: Limits) -> Interruptible[StepResults]:
    """Score fifty sample chairs at eleven t's: all of them on a GPU, also in TF32; on a CPU some of them."""
    if backend == "numpy":
        return (yield from _project_from_blocks(engine, limits))
    full, scores = yield from _time_on_gpu(engine, backend, limits, tf32=False)
    fast, scores_in_tf32 = yield from _time_on_gpu(engine, backend, limits, tf32=True)
    flips = yield from _count_flips(engine)
    measured = _measurement(backend, full, _ALL_BLENDS), _measurement(TF32, fast, _ALL_BLENDS)
    return StepResults(measured, notes=(_INSIDE, tf32_sentence(flips, scores, scores_in_tf32)))


# ---- on a GPU --------------------------------------------------------------------------------------


def _time_on_gpu(
    engine: Engine, backend: Backend, limits: Limits, *, tf32: bool
) -> Interruptible[tuple[Summary, PairScores]]:
    """Return the milliseconds of some runs, and the scores of the last."""
    import torch

    samples = []
    for run in range(1 + min(_RUNS, limits.min_runs)):
        steps = score_all_pairs(
            engine, sample_catalog()[:CHAIRS], STEPS, backend, "cuda", tf32=tf32, one_gpu=True
        )
        # What a step leaves for the device to do must not be done while nobody looks at the clock.
        milliseconds, scores = yield from _time_steps(steps, torch.cuda.synchronize)
        if scores.device != "cuda":  # the CPU went on: its time must not stand under the GPU's name
            raise VoxViewError(f"all pairs were not scored on the GPU: {scores.notice}")
        if run > 0:  # before, sources are compiled and convolutions planned
            samples.append(milliseconds)
    summary = summarise(samples)
    assert summary is not None
    return summary, scores


def _count_flips(engine: Engine) -> Interruptible[int]:
    """Return how many voxels of the set's blends are on the other side of the level in TF32."""
    import torch

    from voxview.engine.pipelines.cuda import CudaPipeline

    pipeline = engine.pipelines["cuda"]
    assert isinstance(pipeline, CudaPipeline)
    grids = np.stack([chair.read() for chair in sample_catalog()[:CHAIRS]])
    z = (yield from engine.encode_in_steps(grids, "cuda")).cpu().numpy()
    first, second = np.triu_indices(CHAIRS, 1)
    between = blend(z[first], z[second], np.linspace(0, 1, STEPS, dtype=np.float32)[1:-1])
    latents = np.concatenate([z, between.reshape(-1, *LATENT_SHAPE)])  # each blend once
    flips = 0
    for part in torch.from_numpy(latents).split(_DECODED_AT_ONCE):
        flips += pipeline.tf32_flips(part.cuda())
        yield
    return flips


def tf32_sentence(flips: int, full: PairScores, fast: PairScores) -> str:
    """Return what TF32 changes: voxels on the other side of the level, and verdicts of blends."""
    changed = ", ".join(f"{count:,} of {name!r}" for name, count in changed_verdicts(full, fast).items())
    n = blends_of(len(full.chairs), len(full.t))
    return (
        f"Scored in TF32, {flips:,} of {n * RESOLUTION**3:,} voxels are on the other side of {LEVEL}; "
        f"of {n:,} blends' verdicts change {changed}."
    )


def changed_verdicts(full: PairScores, fast: PairScores) -> dict[str, int]:
    """Return for each verdict how many blends two scorings of one set differ in; each blend counts once."""
    n, k = len(full.chairs), len(full.t)
    each_once = np.zeros((n, n, k), bool)
    each_once[(*np.triu_indices(n, 1), slice(1, k - 1))] = True
    each_once[range(n), range(n), 0] = True
    return {
        name: int(((verdict != other) & each_once).sum())
        for (name, verdict), other in zip(_verdicts(full).items(), _verdicts(fast).values(), strict=True)
    }


def _verdicts(scores: PairScores) -> dict[str, NDArray[np.bool_]]:
    return {
        "in one piece": scores.whole >= ONE_PIECE,
        "stands": scores.standing > 0,
        "stable": scores.stable > 0,
    }


# ---- on a CPU --------------------------------------------------------------------------------------


def _project_from_blocks(engine: Engine, limits: Limits) -> Interruptible[StepResults]:
    """Encode all chairs once, time blocks of blends picked at random, and project all blends from these."""
    scorer = engine.scorer(tuple(sample_catalog()[:CHAIRS]), "numpy", "cpu")
    encoding, _ = yield from _time_steps(scorer.encode())
    t = np.linspace(0, 1, STEPS, dtype=np.float32)
    blocks = list(blocks_between(CHAIRS, STEPS, scorer))
    picked = itertools.cycle(np.random.default_rng(0).permutation(len(blocks)))
    timed, spent = 0, 0.0

    def one_block() -> float:
        """Return the milliseconds of a blend."""
        nonlocal timed, spent
        pairs, columns = blocks[next(picked)]
        blends = len(pairs) * len(columns)
        milliseconds = time_call(lambda: run_to_end(scorer.between(pairs, t[columns])))
        timed, spent = timed + blends, spent + milliseconds
        return milliseconds / blends

    one_block()  # first uses
    timed, spent = 0, 0.0
    yield
    each = yield from collect_samples(one_block, replace(limits, seconds=_BLOCKS_TIME * limits.seconds))
    mean = spent / timed  # all blends take the sum of all blocks: the median would leave slow ones out
    whole = Summary(encoding + _BLENDS * mean, encoding + _BLENDS * max(mean, each.p95), each.count)
    note = f"projected from the mean of {timed:,} of {_ALL_BLENDS}, all chairs encoded"
    return StepResults((_measurement("numpy", whole, note),))


def _time_steps(
    steps: Iterator[object], wait: Callable[[], object] = lambda: None
) -> Interruptible[tuple[float, Any]]:
    """Return the milliseconds of a generator without what is done between its steps, and what it returns.

    After each step `wait` waits for what the step began and has not ended.
    """
    milliseconds = 0.0
    while True:
        start = time.perf_counter()
        try:
            next(steps)
        except StopIteration as end:
            wait()
            return milliseconds + (time.perf_counter() - start) * 1e3, end.value
        wait()
        milliseconds += (time.perf_counter() - start) * 1e3
        yield


def _measurement(subject: str, summary: Summary, note: str) -> Measurement:
    return Measurement(
        "scores", CHAIRS, subject, "total", summary.median, summary.p95, summary.count, note=note
    )
