"""What one slider move costs: from a position to the field, and to the surface that is drawn."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from voxview.engine.engine import Engine
from voxview.engine.pipeline import Pipeline
from voxview.engine.request import Backend, Device
from voxview.engine.timings import Stage, Summary
from voxview.experiment.clock import Limits, Ticks, on_host, sampled, timed
from voxview.experiment.results import Found, Measurement, Part
from voxview.shapes.samples import sample_catalog

_POSITIONS = 101


def measure_moves(engine: Engine, backend: Backend, limits: Limits) -> Ticks[Found]:
    """Moves between two sample chairs, encoded before: host times, each after the device has passed.

    NumPy's moves run on the CPU, a kernel's on the GPU. `field` ends when the field is there, `total` when
    the surface's arrays are on the host.
    """
    device: Device = "cpu" if backend == "numpy" else "cuda"
    pipeline = engine.pipelines[device]
    (z_a, z_b), _ = pipeline.encode(np.stack([chair.read() for chair in sample_catalog()[:2]]))
    positions = itertools.cycle(np.arange(_POSITIONS) / (_POSITIONS - 1))
    to_field = (_on_cpu if device == "cpu" else _on_gpu)(pipeline, z_a, z_b, positions, backend)
    to_field()
    pipeline.shape(z_a, z_b, 0.5, backend)
    yield
    field = yield from sampled(to_field, limits)
    total = yield from on_host(lambda: pipeline.shape(z_a, z_b, next(positions), backend), limits)

    def measurement(part: Part, summary: Summary) -> Measurement:
        figures = summary.median, summary.p95, summary.count
        return Measurement("moves", 1, backend, part, *figures, note=f"weights {engine.weights}")

    return Found((measurement("field", field), measurement("total", total)))


def _on_cpu(
    pipeline: Pipeline, z_a: Any, z_b: Any, positions: Iterator[float], backend: Backend
) -> Callable[[], float]:
    """Milliseconds from a position to its field."""
    return lambda: timed(lambda: pipeline.decode(z_a, z_b, np.array([next(positions)], np.float32), backend))


def _on_gpu(
    pipeline: Pipeline, z_a: Any, z_b: Any, positions: Iterator[float], backend: Backend
) -> Callable[[], float]:
    """Milliseconds from a position to its field, each move begun when the one before is done with."""
    import torch

    from voxview.engine.cuda_pipeline import CudaPipeline

    assert isinstance(pipeline, CudaPipeline)
    graph = pipeline.graph(backend)

    def move() -> None:
        graph.launch(z_a, z_b, next(positions))
        graph.wait_for(Stage.DECODE)

    def sample() -> float:
        torch.cuda.synchronize()  # the surface of the move before is still being made
        return timed(move)

    return sample
