"""The control: a subject's blends timed once more, after all others of the same size.

Rows of the benchmark are timed one after another, so that a machine that becomes slower in between makes a
difference where there is none. How far the same subject's two times lie apart says what differences mean.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from voxview.experiment.clock import Interruptible, Limits
from voxview.experiment.problem import Problem
from voxview.experiment.results import StepResults
from voxview.experiment.steps.device_blends import measure_on_device
from voxview.experiment.steps.host_blends import measure_on_host

CONTROLS: dict[str, Callable[..., Interruptible[StepResults]]] = {
    "cuda-shared": measure_on_device,
    "numpy": measure_on_host,
}
"""What is timed twice: one subject of each device that the others are compared with."""


def measure_again(problem: Problem, subject: str, limits: Limits) -> Interruptible[StepResults]:
    """Time one of `CONTROLS` on the problem once more; return its blends' time alone, as the part `again`."""
    found = yield from CONTROLS[subject](problem, subject, limits, calls=False)
    again = tuple(replace(m, part="again") for m in found.measurements if m.part == "interpolate")
    return StepResults(again)  # its notes were made the first time
