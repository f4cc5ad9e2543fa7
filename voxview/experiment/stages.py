"""Table 2, made right: one pair at eleven t's, stage by stage, through the path that a slider move takes."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from voxview.engine.engine import Engine
from voxview.engine.pipeline import Pipeline, Shape
from voxview.engine.request import Backend, Device
from voxview.engine.timings import Stage, Timings, summarise
from voxview.errors import VoxViewError
from voxview.experiment.clock import Limits, Ticks, sampled
from voxview.experiment.results import STAGES, Found, Measurement
from voxview.experiment.study import STEPS
from voxview.shapes.samples import sample_catalog

_NEAR = 1e-3
"""Two devices add up a convolution in different orders: their probabilities may differ by so much."""


def measure_stages(engine: Engine, backend: Backend, limits: Limits) -> Ticks[Found]:
    """Two sample chairs to eleven surfaces: each stage, and the host's time for all of it.

    NumPy's column runs on the CPU alone, a kernel's on the GPU with both transfers. `VoxViewError` if a
    device's fields are not the CPU's.
    """
    device: Device = "cpu" if backend == "numpy" else "cuda"
    pipeline = engine.pipelines[device]
    run = _Run(pipeline, backend)
    run.once()  # compiled kernels, chosen convolutions, captured graphs
    yield
    if device == "cuda":
        _require_near(_Run(engine.pipelines["cpu"], "numpy").once(), run.once(), backend)
        yield
    run.stages.clear()
    total = yield from sampled(run.milliseconds, limits)
    note = f"{STEPS} t's, weights {engine.weights}"
    measured = [Measurement("stages", 2, backend, "total", total.median, total.p95, total.count, note=note)]
    for part in STAGES:
        summary = summarise(run.stages.get(Stage(part), []))
        if summary:
            figures = summary.median, summary.p95, summary.count
            measured.append(Measurement("stages", 2, backend, part, *figures, note=note))
    return Found(tuple(measured))


class _Run:
    """Runs the path again and again and keeps what its stages took."""

    def __init__(self, pipeline: Pipeline, backend: Backend) -> None:
        self._pipeline, self._backend = pipeline, backend
        self._grids = np.stack([chair.read() for chair in sample_catalog()[:2]])
        self._t = np.linspace(0, 1, STEPS, dtype=np.float32)
        self.stages: dict[Stage, list[float]] = {}

    def once(self) -> list[Shape]:
        """Two grids → eleven surfaces."""
        z, encoding = self._pipeline.encode(self._grids)
        fields, decoding = self._pipeline.decode(z[0], z[1], self._t, self._backend)
        shapes = [self._pipeline.finish(field) for field in fields]
        self._keep(encoding, decoding, *(shape.timings for shape in shapes))
        return shapes

    def milliseconds(self) -> float:
        """The host's time for one run."""
        start = time.perf_counter()
        self.once()
        return (time.perf_counter() - start) * 1e3

    def _keep(self, *timings: Timings) -> None:
        """A stage that ran several times in this run, as the surface does, counts with their sum."""
        sums: dict[Stage, float] = {}
        for each in timings:
            for stage, milliseconds in each.items():
                sums[stage] = sums.get(stage, 0.0) + milliseconds
        for stage, milliseconds in sums.items():
            self.stages.setdefault(stage, []).append(milliseconds)


def _require_near(expected: list[Shape], got: list[Shape], backend: str) -> None:
    pairs: list[tuple[Any, Any]] = [(a.field, b.field) for a, b in zip(expected, got, strict=True)]
    off = max(float(np.abs(a - b).max()) for a, b in pairs)
    if not off <= _NEAR:
        raise VoxViewError(
            f"the GPU's chairs are not the CPU's ({backend}: probabilities differ by {off:.2g}): "
            "its times mean nothing; please report it with the output of 'voxview info'"
        )
