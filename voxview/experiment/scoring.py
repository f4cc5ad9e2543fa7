"""All pairs for a person: every in-between of a set, decoded and scored."""

from __future__ import annotations

from voxview.engine.all_pairs import score_all_pairs
from voxview.engine.engine import Engine
from voxview.engine.request import Backend, Device
from voxview.engine.timings import Summary, summarise
from voxview.experiment.clock import Limits, Ticks, scaled
from voxview.experiment.results import Found, Measurement
from voxview.experiment.study import STEPS
from voxview.shapes.samples import sample_catalog

CHAIRS = 50
_FEW = 4
"""Chairs whose pairs a CPU scores in a second: it is timed on these."""

_RUNS = 3


def measure_scoring(engine: Engine, backend: Backend, limits: Limits) -> Ticks[Found]:
    """Fifty sample chairs at eleven t's: a second on a large GPU, minutes on a CPU, which is timed on few."""
    device: Device = "cpu" if backend == "numpy" else "cuda"
    chairs = CHAIRS if device == "cuda" else _FEW
    yield from _scored(engine, _FEW, backend, device)  # what is compiled and planned
    samples = []
    for _ in range(min(_RUNS, limits.least)):
        samples.append((yield from _scored(engine, chairs, backend, device)))
    summary = summarise(samples)
    assert summary is not None
    blends = f"{_blends(CHAIRS):,} blends"
    if chairs < CHAIRS:
        summary = scaled(summary, _blends(CHAIRS) / _blends(chairs))
        blends = f"projected from {_blends(chairs)} of {blends}"
    return Found((_measurement(backend, summary, blends),))


def _scored(engine: Engine, chairs: int, backend: Backend, device: Device) -> Ticks[float]:
    """Milliseconds of one run, encoding included."""
    steps = score_all_pairs(engine, sample_catalog()[:chairs], STEPS, backend, device)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return float(end.value.seconds * 1e3)
        yield


def _blends(chairs: int) -> int:
    """Each pair once between its ends, and each chair's own reconstruction."""
    return chairs + chairs * (chairs - 1) // 2 * (STEPS - 2)


def _measurement(backend: Backend, summary: Summary, note: str) -> Measurement:
    return Measurement(
        "scores", CHAIRS, backend, "total", summary.median, summary.p95, summary.count, note=note
    )
