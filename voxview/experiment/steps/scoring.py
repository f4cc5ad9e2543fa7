"""All pairs of a set of chairs, decoded and scored: what the window's heat map takes."""

from __future__ import annotations

from voxview.engine.all_pairs import score_all_pairs
from voxview.engine.engine import Engine
from voxview.engine.request import Backend, Device
from voxview.engine.timings import Summary, summarise
from voxview.experiment.clock import Interruptible, Limits, scale
from voxview.experiment.results import Measurement, StepResults
from voxview.experiment.study import STEPS
from voxview.shapes.catalogs.samples import sample_catalog

CHAIRS = 50
_CPU_CHAIRS = 4
"""Chairs whose pairs a CPU scores in a second: it is timed on these."""

_RUNS = 3


def measure_scoring(engine: Engine, backend: Backend, limits: Limits) -> Interruptible[StepResults]:
    """Score fifty sample chairs at eleven t's: a second on a large GPU; a CPU is timed on four of them."""
    device: Device = "cpu" if backend == "numpy" else "cuda"
    chairs = CHAIRS if device == "cuda" else _CPU_CHAIRS
    yield from _time_scoring(engine, _CPU_CHAIRS, backend, device)  # what is compiled and planned
    samples = []
    for _ in range(min(_RUNS, limits.min_runs)):
        samples.append((yield from _time_scoring(engine, chairs, backend, device)))
    summary = summarise(samples)
    assert summary is not None
    blends = f"{_blends(CHAIRS):,} blends"
    if chairs < CHAIRS:
        summary = scale(summary, _blends(CHAIRS) / _blends(chairs))
        blends = f"projected from {_blends(chairs)} of {blends}"
    return StepResults((_measurement(backend, summary, blends),))


def _time_scoring(engine: Engine, chairs: int, backend: Backend, device: Device) -> Interruptible[float]:
    """Return the milliseconds of one run, encoding included."""
    steps = score_all_pairs(engine, sample_catalog()[:chairs], STEPS, backend, device)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return float(end.value.seconds * 1e3)
        yield


def _blends(chairs: int) -> int:
    """Return the number of blends: each pair once between its ends, and each chair's own reconstruction."""
    return chairs + chairs * (chairs - 1) // 2 * (STEPS - 2)


def _measurement(backend: Backend, summary: Summary, note: str) -> Measurement:
    return Measurement(
        "scores", CHAIRS, backend, "total", summary.median, summary.p95, summary.count, note=note
    )
