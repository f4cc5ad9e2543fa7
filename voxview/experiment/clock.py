"""Timing: a warm-up outside the clock, then runs until there are enough of them or their time is over.

A timing is a generator that yields between its runs, never inside one: its caller may do something else
there, or stop.

What is timed on the host lies between two readings of `perf_counter`. What is timed on the device lies
between two CUDA events, behind work from before; short kernels many at once in one CUDA graph. So no time of
Python's is in it, and none in which the device waits for Python.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from voxview.engine.timings import Summary, summarise

T = TypeVar("T")
Interruptible = Generator[None, None, T]
"""Yields between two timed runs, where its caller may stop it; returns a T."""

_MOST_LAUNCHES = 100
_GRAPH_MILLISECONDS = 4.0
"""What one graph's launches should take together: long against the few microseconds between two graphs."""


@dataclass(frozen=True)
class Limits:
    """How long one measurement goes on."""

    seconds: float = 0.4
    """A budget, once `min_runs` are done."""
    min_runs: int = 5
    max_runs: int = 500
    long_run: float = 1.0
    """Seconds: where one run takes that long, three are enough."""


def time_call(call: Callable[[], object]) -> float:
    """Return the milliseconds of one call."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1e3


def time_on_host(call: Callable[[], object], limits: Limits) -> Interruptible[Summary]:
    """Time `call`, which returns when everything is done; milliseconds."""
    call()  # first uses: pages, threads, compiled kernels
    yield
    return (yield from collect_samples(lambda: time_call(call), limits))


def time_on_device(launch: Callable[[], None], limits: Limits) -> Interruptible[Summary]:
    """Time `launch`, which queues a kernel on torch's current stream; milliseconds of the device a launch.

    Everything that `launch` needs is there before: a capture refuses to allocate or to wait.
    """
    import torch

    launch()  # compiles
    torch.cuda.synchronize()
    yield
    once = _time_between_events(launch)
    if once > _GRAPH_MILLISECONDS / 2:
        # Long enough to time alone; and a graph gives a plain copy to the copy engines, which are slower.
        return (yield from collect_samples(partial(_time_when_busy, launch), limits))
    launches = max(1, min(_MOST_LAUNCHES, round(_GRAPH_MILLISECONDS / once)))
    graph = torch.cuda.CUDAGraph()
    # Other threads of the program may call the driver meanwhile.
    with torch.cuda.graph(graph, capture_error_mode="thread_local"):
        for _ in range(launches):
            launch()
    graph.replay()
    torch.cuda.synchronize()
    yield

    return (yield from collect_samples(lambda: _time_when_busy(graph.replay) / launches, limits))


def collect_samples(sample: Callable[[], float], limits: Limits) -> Interruptible[Summary]:
    """Take samples, milliseconds each, within the limits, and summarise them."""
    samples: list[float] = []
    spent = 0.0
    while _wants_more(len(samples), spent, limits):
        start = time.perf_counter()
        samples.append(sample())
        spent += time.perf_counter() - start
        yield
    summary = summarise(samples)
    assert summary is not None
    return summary


def scale(summary: Summary, factor: float) -> Summary:
    """Return the same runs, projected to `factor` times the work."""
    return Summary(summary.median * factor, summary.p95 * factor, summary.count)


def _wants_more(runs: int, spent: float, limits: Limits) -> bool:
    """Return whether another run is due after `runs` runs and `spent` seconds."""
    min_runs = min(3, limits.min_runs) if spent > runs * limits.long_run else limits.min_runs
    return runs < min_runs or (runs < limits.max_runs and spent < limits.seconds)


def _time_when_busy(queue: Callable[[], None]) -> float:
    """Return the milliseconds of what is queued while the device is still busy with the same from before."""
    queue()
    return _time_between_events(queue)


def _time_between_events(queue: Callable[[], None]) -> float:
    """Return the device's milliseconds between two events around what is queued."""
    import torch

    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start.record()
    queue()
    end.record()
    end.synchronize()
    return start.elapsed_time(end)
