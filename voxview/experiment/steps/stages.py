"""Table 2: one pair at eleven t's, stage by stage, through the path that a slider move takes."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from voxview.engine.engine import Engine
from voxview.engine.pipelines.pipeline import Pipeline, Shape
from voxview.engine.request import Backend, Device
from voxview.engine.timings import Stage, Timings, summarise
from voxview.errors import VoxViewError
from voxview.experiment.clock import Interruptible, Limits, collect_samples
from voxview.experiment.results import STAGES, Measurement, StepResults
from voxview.experiment.study import STEPS
from voxview.shapes.catalogs.samples import sample_catalog

_TOLERANCE = 1e-3
"""Two devices add up a convolution in different orders: their probabilities may differ by so much."""


def measure_stages(engine: Engine, backend: Backend, limits: Limits) -> Interruptible[StepResults]:
    """Time the path from two sample chairs to eleven surfaces: each stage, and all of it on the host.

    NumPy's column runs on the CPU alone, a kernel's on the GPU with both transfers. Raises `VoxViewError`
    if a device's fields are not the CPU's.
    """
    device: Device = "cpu" if backend == "numpy" else "cuda"
    pipeline = engine.pipelines[device]
    run = _PathRuns(pipeline, backend)
    run.once()  # compiled kernels, chosen convolutions, captured graphs
    yield
    if device == "cuda":
        _require_close(_PathRuns(engine.pipelines["cpu"], "numpy").once(), run.once(), backend)
        yield
    run.stages.clear()
    total = yield from collect_samples(run.milliseconds, limits)
    note = f"{STEPS} t's, weights {engine.weights}"
    measured = [Measurement("stages", 2, backend, "total", total.median, total.p95, total.count, note=note)]
    for part in STAGES:
        summary = summarise(run.stages.get(Stage(part), []))
        if summary:
            figures = summary.median, summary.p95, summary.count
            measured.append(Measurement("stages", 2, backend, part, *figures, note=note))
    return StepResults(tuple(measured))


class _PathRuns:
    """Repeated runs of the path, and the times of their stages."""

    def __init__(self, pipeline: Pipeline, backend: Backend) -> None:
        self._pipeline, self._backend = pipeline, backend
        self._grids = np.stack([chair.read() for chair in sample_catalog()[:2]])
        self._t = np.linspace(0, 1, STEPS, dtype=np.float32)
        self.stages: dict[Stage, list[float]] = {}

    def once(self) -> list[Shape]:
        """Run the path from two grids to eleven surfaces, and return these."""
        z, encoding = self._pipeline.encode(self._grids)
        fields, decoding = self._pipeline.decode(z[0], z[1], self._t, self._backend)
        shapes = [self._pipeline.finish(field) for field in fields]
        self._record(encoding, decoding, *(shape.timings for shape in shapes))
        return shapes

    def milliseconds(self) -> float:
        """Return the host's time for one run."""
        start = time.perf_counter()
        self.once()
        return (time.perf_counter() - start) * 1e3

    def _record(self, *timings: Timings) -> None:
        """Add a run's stages; one that ran several times, as the surface does, counts with the sum."""
        sums: dict[Stage, float] = {}
        for each in timings:
            for stage, milliseconds in each.items():
                sums[stage] = sums.get(stage, 0.0) + milliseconds
        for stage, milliseconds in sums.items():
            self.stages.setdefault(stage, []).append(milliseconds)


def _require_close(expected: list[Shape], got: list[Shape], backend: str) -> None:
    """Raise `VoxViewError` unless the fields differ by at most `_TOLERANCE`."""
    pairs: list[tuple[Any, Any]] = [(a.field, b.field) for a, b in zip(expected, got, strict=True)]
    off = max(float(np.abs(a - b).max()) for a, b in pairs)
    if not off <= _TOLERANCE:
        raise VoxViewError(
            f"the GPU's chairs are not the CPU's ({backend}: probabilities differ by {off:.2g}): "
            "its times mean nothing; please report it with the output of 'voxview info'"
        )
