"""The experiment: its steps, in order, and the run through them."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import replace
from functools import partial

from voxview.engine.device import DeviceReport
from voxview.engine.engine import Engine
from voxview.engine.machine import this_machine
from voxview.engine.request import Backend
from voxview.experiment.clock import Interruptible, Limits
from voxview.experiment.other_load import OtherLoad
from voxview.experiment.problem import BLENDS, INPUTS, all_pairs, one_pair
from voxview.experiment.results import Benchmark, StepResults
from voxview.experiment.steps.bandwidth import measure_device_bandwidth, measure_host_bandwidth
from voxview.experiment.steps.device_blends import DEVICE_SUBJECTS, measure_on_device
from voxview.experiment.steps.host_blends import HOST_SUBJECTS, measure_on_host
from voxview.experiment.steps.moves import measure_moves
from voxview.experiment.steps.scoring import measure_scoring
from voxview.experiment.steps.stages import measure_stages
from voxview.experiment.steps.streamed import measure_streamed
from voxview.experiment.steps.surfaces import SURFACES, measure_surfaces

Step = Callable[[], Interruptible[StepResults]]
"""Measures one thing; yields between its runs."""

QUICK_INPUTS = (2, 10, 50)
QUICK_BLENDS = (1, 100, 10_000)
QUICK = Limits(seconds=0.05, max_runs=50)

_PROGRESS_SECONDS = 0.1
"""Seconds between two reports of progress from inside a step."""


def benchmark(
    engine: Engine, *, quick: bool = False
) -> Generator[tuple[int, int, Benchmark], None, Benchmark]:
    """Run the experiment on the engine's devices; `quick` takes fewer sizes and runs.

    Yields (steps done, steps in all, the results so far) after each step and about ten times a second
    within one, always between two timed runs; whoever stops there has the results so far. Returns the
    results. Raises `VoxViewError` if one of our backends gives wrong blends or a device fails.
    """
    start = time.perf_counter()
    other_load = OtherLoad()
    steps = _steps(engine, quick)
    results = Benchmark(this_machine(_report_in_use(engine)))
    yield 0, len(steps), results
    for done, step in enumerate(steps):
        measured = yield from _with_progress(step(), done, len(steps), results)
        results = replace(
            results,
            measurements=results.measurements + measured.measurements,
            rates={**results.rates, **measured.rates},
            notes=results.notes + measured.notes,
            seconds=time.perf_counter() - start,
            complete=done + 1 == len(steps),
        )
        if results.complete and (note := other_load.note()):
            results = replace(results, notes=(*results.notes, note))
        yield done + 1, len(steps), results
    return results


def _with_progress(
    step: Interruptible[StepResults], done: int, total: int, results: Benchmark
) -> Generator[tuple[int, int, Benchmark], None, StepResults]:
    """Run one step, yielding progress between its runs, and return its results."""
    reported = time.perf_counter()
    while True:
        try:
            next(step)
        except StopIteration as end:
            measured: StepResults = end.value
            return measured
        if time.perf_counter() - reported >= _PROGRESS_SECONDS:
            yield done, total, results
            reported = time.perf_counter()


def _steps(engine: Engine, quick: bool) -> list[Step]:
    """Return the steps that this machine can run, in order."""
    limits = QUICK if quick else Limits()
    cuda = "cuda" in engine.devices
    kernels = cuda and engine.report.kernel_problem is None
    device_subjects = [s for s in DEVICE_SUBJECTS if kernels or (cuda and s == "torch.lerp cuda")]
    backends: list[Backend] = ["cuda-shared", "cuda-global", "numpy"] if kernels else ["numpy"]

    steps: list[Step] = [partial(measure_host_bandwidth, limits)]
    if cuda:
        steps.append(partial(measure_device_bandwidth, limits))
    steps += [partial(measure_stages, engine, backend, limits) for backend in backends]
    steps += [partial(measure_moves, engine, backend, limits) for backend in backends]
    steps += [partial(measure_surfaces, engine, size, kernels, limits) for size in SURFACES]
    best_and_cpu: list[Backend] = list(dict.fromkeys((backends[0], backends[-1])))
    steps += [partial(measure_scoring, engine, backend, limits) for backend in best_and_cpu]
    for make, sizes in (
        (all_pairs, QUICK_INPUTS if quick else INPUTS),
        (one_pair, QUICK_BLENDS if quick else BLENDS),
    ):
        for problem in map(make, sizes):
            steps += [partial(measure_on_device, problem, subject, limits) for subject in device_subjects]
            steps += [partial(measure_on_host, problem, subject, limits) for subject in HOST_SUBJECTS]
    if not quick:
        steps += [partial(measure_streamed, backend, limits) for backend in best_and_cpu]
    return steps


def _report_in_use(engine: Engine) -> DeviceReport:
    """Return the engine's report, without a GPU that it does not use."""
    report = engine.report
    return report if "cuda" in engine.devices else replace(report, cuda=None)
