"""The experiment: its steps, in order, and the run through them."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from functools import partial

from voxview.engine.device import DeviceReport
from voxview.engine.engine import Engine
from voxview.engine.machine import this_machine
from voxview.engine.request import Backend, Device
from voxview.engine.step import Step
from voxview.experiment.clock import Interruptible, Limits
from voxview.experiment.other_load import OtherLoad
from voxview.experiment.problem import BLENDS, INPUTS, all_pairs, one_pair
from voxview.experiment.results import Benchmark, StepResults, WeightsFile
from voxview.experiment.steps.bandwidth import measure_device_bandwidth, measure_host_bandwidth
from voxview.experiment.steps.compiled import COMPILED_SUBJECTS, compile_problem
from voxview.experiment.steps.control import CONTROLS, measure_again
from voxview.experiment.steps.device_blends import DEVICE_SUBJECTS, measure_on_device
from voxview.experiment.steps.gpu_reading import read_busy_gpu, read_idle_gpu
from voxview.experiment.steps.host_blends import HOST_SUBJECTS, measure_on_host
from voxview.experiment.steps.moves import measure_moves
from voxview.experiment.steps.scoring import measure_scoring
from voxview.experiment.steps.scoring_on_gpus import measure_on_all_gpus
from voxview.experiment.steps.stages import measure_stages
from voxview.experiment.steps.streamed import measure_streamed, measure_streamed_on_all_gpus
from voxview.experiment.steps.surfaces import SURFACES, measure_surfaces


@dataclass(frozen=True)
class Measuring:
    """One thing to measure."""

    run: Callable[[], Interruptible[StepResults]]
    """Measures it; yields between its runs."""
    seconds: float = 0.8
    """About how long it takes on two cores, without `quick`: estimates of the time left begin with that."""


QUICK_INPUTS = (2, 10, 50)
QUICK_BLENDS = (1, 100, 10_000)
QUICK = Limits(seconds=0.05, max_runs=50)

_KERNELS = ("interpolate.cu", "all_pairs.cu", "marching_cubes.cu", "score.cu")
"""Sources without any of which no kernel is measured: the CPU's work would stand under its name."""

_UNIT = "measurements"
_LONG_BYTES = 8e6
"""Blends of that size are timed as long as larger ones: smaller ones reach `max_runs` sooner."""
_PROGRESS_SECONDS = 0.1
"""Seconds between two reports of progress from inside a step."""


def benchmark(engine: Engine, *, quick: bool = False) -> Generator[Step, None, Benchmark]:
    """Run the experiment on the engine's devices; `quick` takes fewer sizes and runs, and compiles nothing.

    Yields how many measurements are done, with the results so far, after each and about ten times a second
    within one, always between two timed runs; whoever stops there has the results so far. Returns the
    results. Raises `VoxViewError` if one of our backends gives wrong blends or a device fails.
    """
    start = time.perf_counter()
    other_load = OtherLoad()
    steps = _steps(engine, quick)
    weights = WeightsFile(engine.weights, engine.weights_digest())
    results = Benchmark(this_machine(_report_in_use(engine)), notes=_left_out(engine, quick), weights=weights)
    share = _Share([step.seconds for step in steps])
    yield Step(0, len(steps), results, _UNIT, 0.0)
    for done, step in enumerate(steps):
        share.begin(done)
        reported, run = time.perf_counter(), step.run()
        while True:
            try:
                next(run)
            except StopIteration as end:
                measured: StepResults = end.value
                break
            if time.perf_counter() - reported >= _PROGRESS_SECONDS:
                yield Step(done, len(steps), results, _UNIT, share.now())
                reported = time.perf_counter()
        results = replace(
            results,
            measurements=results.measurements + measured.measurements,
            rates={**results.rates, **measured.rates},
            notes=results.notes + measured.notes,
            gpu_states=results.gpu_states + measured.gpu_states,
            seconds=time.perf_counter() - start,
            complete=done + 1 == len(steps),
        )
        if results.complete and (note := other_load.note()):
            results = replace(results, notes=(*results.notes, note))
        share.begin(done + 1)
        yield Step(done + 1, len(steps), results, _UNIT, share.now())
    return results


class _Share:
    """The share of all measurements' time that is over, from what each takes about."""

    def __init__(self, seconds: list[float]) -> None:
        self._seconds, self._all = seconds, sum(seconds)
        self._start = self._begun = time.perf_counter()
        self._before, self._now = 0.0, 0.0
        """Seconds of `seconds`: of those that are over, and of the one that runs."""

    def begin(self, place: int) -> None:
        """Note that those before a place are over, and that the one there begins."""
        self._begun = time.perf_counter()
        self._before, self._now = sum(self._seconds[:place]), sum(self._seconds[place : place + 1])

    def now(self) -> float:
        """Return the share that is over, as fast as it has gone so far."""
        gone = self._begun - self._start
        pace = self._before / gone if gone > 0 and self._before else 1.0
        return (self._before + min((time.perf_counter() - self._begun) * pace, 0.9 * self._now)) / self._all


def _steps(engine: Engine, quick: bool) -> list[Measuring]:
    """Return the steps that this machine can run, in order."""
    limits = QUICK if quick else Limits()
    cuda = "cuda" in engine.devices
    kernels = cuda and engine.report.has_kernels(*_KERNELS)
    device_subjects, host_subjects = _subjects("cuda", kernels, quick), _subjects("cpu", kernels, quick)
    backends: list[Backend] = ["cuda-shared", "cuda-global", "numpy"] if kernels else ["numpy"]

    best_and_cpu: list[Backend] = list(dict.fromkeys((backends[0], backends[-1])))

    busy_gpu = [Measuring(read_busy_gpu)] if cuda else []
    idle_gpu = [Measuring(partial(read_idle_gpu, limits), 1.0)] if cuda else []
    steps = [*idle_gpu, Measuring(partial(measure_host_bandwidth, limits))]
    if cuda:
        steps += [Measuring(partial(measure_device_bandwidth, limits)), *busy_gpu]
    for measure, seconds in ((measure_stages, 4.5), (measure_moves, 1.8)):
        steps += [Measuring(partial(measure, engine, b, limits), _of(b, seconds)) for b in backends]
    steps += [Measuring(partial(measure_surfaces, engine, size, kernels, limits), 4.0) for size in SURFACES]
    steps += [Measuring(partial(measure_scoring, engine, b, limits), _of(b, 18.0, 8.0)) for b in best_and_cpu]
    if kernels and engine.workers.workers:
        steps.append(Measuring(partial(measure_on_all_gpus, engine, backends[0], limits), 25.0))
    for make, sizes in (
        (all_pairs, QUICK_INPUTS if quick else INPUTS),
        (one_pair, QUICK_BLENDS if quick else BLENDS),
    ):
        for problem in map(make, sizes):
            seconds = min(1.0, problem.bytes / _LONG_BYTES)
            if cuda:
                steps += [Measuring(partial(measure_on_device, problem, s, limits)) for s in device_subjects]
            steps += [Measuring(partial(measure_on_host, problem, s, limits), seconds) for s in host_subjects]
            twice = [s for s in CONTROLS if s in (*device_subjects, *host_subjects)]
            steps += [Measuring(partial(measure_again, problem, s, limits), 0.5 * seconds) for s in twice]
    if not quick:
        steps += [Measuring(partial(measure_streamed, backend, limits)) for backend in best_and_cpu]
        if kernels and engine.workers.workers:
            steps.append(Measuring(partial(measure_streamed_on_all_gpus, engine, backends[0], limits)))
    return steps + busy_gpu


def _subjects(device: Device, kernels: bool, quick: bool) -> list[str]:
    """Return what blends on a device: PyTorch always, compiled where it can be, the rest with kernels."""
    subjects: tuple[str, ...] = DEVICE_SUBJECTS if device == "cuda" else HOST_SUBJECTS
    if quick or compile_problem(device):
        subjects = tuple(s for s in subjects if s not in COMPILED_SUBJECTS)
    return [s for s in subjects if device == "cpu" or kernels or s.startswith("torch.")]


def _left_out(engine: Engine, quick: bool) -> tuple[str, ...]:
    """Return a line for each reason why something cannot be compiled on the engine's devices."""
    problems = [] if quick else [compile_problem(device) for device in engine.devices]
    if engine.report.without:
        problems.append(f"The GPU worked {engine.report.without}.")
    return tuple(dict.fromkeys(problem for problem in problems if problem))


def _of(backend: Backend, seconds: float, on_gpu: float = 1.0) -> float:
    """Return how long it takes with a backend what takes the CPU so many seconds, and a GPU so many."""
    return seconds if backend == "numpy" else on_gpu


def _report_in_use(engine: Engine) -> DeviceReport:
    """Return the engine's report, without a GPU that it does not use."""
    report = engine.report
    return report if "cuda" in engine.devices else replace(report, cuda=None)
