"""The time of one slider move: from a position to the field, and to the surface that is drawn."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from voxview.engine.engine import Engine
from voxview.engine.pipelines.pipeline import Pipeline
from voxview.engine.request import Backend, Device
from voxview.engine.timings import Stage, Summary
from voxview.experiment.clock import Interruptible, Limits, collect_samples, time_call, time_on_host
from voxview.experiment.results import Measurement, Part, StepResults
from voxview.shapes.catalogs.samples import sample_catalog

_POSITIONS = 101


def measure_moves(engine: Engine, backend: Backend, limits: Limits) -> Interruptible[StepResults]:
    """Time moves between two sample chairs, encoded before, on the host, after the device is done.

    NumPy's moves run on the CPU, a kernel's on the GPU. `field` ends when the field is there, `total` when
    the surface's arrays are on the host.
    """
    device: Device = "cpu" if backend == "numpy" else "cuda"
    pipeline = engine.pipelines[device]
    grids = np.stack([chair.read() for chair in sample_catalog()[:2]])
    z_a, z_b = yield from engine.encode_in_steps(grids, device)
    positions = itertools.cycle(np.arange(_POSITIONS) / (_POSITIONS - 1))
    to_field = (_cpu_move if device == "cpu" else _gpu_move)(pipeline, z_a, z_b, positions, backend)
    to_field()
    pipeline.shape(z_a, z_b, 0.5, backend)
    yield
    field = yield from collect_samples(to_field, limits)
    total = yield from time_on_host(lambda: pipeline.shape(z_a, z_b, next(positions), backend), limits)

    def measurement(part: Part, summary: Summary) -> Measurement:
        figures = summary.median, summary.p95, summary.count
        return Measurement("moves", 1, backend, part, *figures, note=f"weights {engine.weights}")

    return StepResults((measurement("field", field), measurement("total", total)))


def _cpu_move(
    pipeline: Pipeline, z_a: Any, z_b: Any, positions: Iterator[float], backend: Backend
) -> Callable[[], float]:
    """Return a call that gives the milliseconds from a position to its field."""
    return lambda: time_call(
        lambda: pipeline.decode(z_a, z_b, np.array([next(positions)], np.float32), backend)
    )


def _gpu_move(
    pipeline: Pipeline, z_a: Any, z_b: Any, positions: Iterator[float], backend: Backend
) -> Callable[[], float]:
    """Return a call that gives the milliseconds from a position to its field.

    Each move begins when the surface of the one before is there.
    """
    import torch

    from voxview.engine.pipelines.cuda import CudaPipeline

    assert isinstance(pipeline, CudaPipeline)
    graph = pipeline.graph(backend)

    def move() -> None:
        graph.launch(z_a, z_b, next(positions))
        graph.wait_for(Stage.DECODE)

    def sample() -> float:
        torch.cuda.synchronize()  # the surface of the move before is still being made
        return time_call(move)

    return sample
