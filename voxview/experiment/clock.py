"""Timing: a warm-up outside the clock, then runs until there are enough of them or their time is over.

A timing is a generator that yields between its runs, never inside one: its caller may do something else
there, or stop.

What is timed on the host lies between two readings of `perf_counter`. What is timed on the device lies
between two CUDA events, as a CUDA graph behind work from before, with as many launches as take long against
what lies between two graphs. How many that is comes from the time of a first, small graph. That one is over
before Python has launched it again, so that its launches seem longer than they are; hence the graph that is
made is timed, too, and made larger until it lasts as long as it should.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from voxview.engine.timings import Summary, summarise

if TYPE_CHECKING:
    import torch

T = TypeVar("T")
Interruptible = Generator[None, None, T]
"""Yields between two timed runs, where its caller may stop it; returns a T."""

_FEW = 5
"""Launches of the first graph, from which the second one's number comes."""
_TRIALS = 3
"""Times that the first graph and Python's part of a launch are timed; the least counts."""
_GRAPH_MILLISECONDS = 4.0
"""What one graph's launches should take together: long against the few microseconds between two graphs."""
_NEARLY = 0.9
"""A graph that lasts this share of it is not made larger."""
_MOST_ENLARGED = 4
"""Times that a graph is made larger at most; once has been enough where each launch takes the same."""
_RECORDING_SECONDS = 1.0
"""What Python may take to launch them, at most, while the graph is captured."""
_LEAST_MOST = 100
"""Launches that may be captured however long Python takes."""


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
    graph, launches = yield from _long_graph(launch)
    graph.replay()
    torch.cuda.synchronize()
    yield
    return (yield from collect_samples(lambda: _time_when_busy(graph.replay) / launches, limits))


def _long_graph(launch: Callable[[], None]) -> Interruptible[tuple[torch.cuda.CUDAGraph, int]]:
    """Return a graph that lasts 4 ms or nearly, and how many launches it holds.

    It is shorter only where Python takes too long to launch more of them while it is captured.
    """
    # Of Python alone: a launch returns once the kernel is queued. The least, for one may be interrupted.
    seconds = min(time_call(launch) for _ in range(_TRIALS)) / 1e3
    graph, held = _capture(launch, _FEW), _FEW
    milliseconds = yield from _least_time(graph)
    for _ in range(1 + _MOST_ENLARGED):
        wanted = launches_in_a_graph(milliseconds / held, seconds)
        if wanted == held:
            break
        graph, held = _capture(launch, wanted), wanted
        milliseconds = yield from _least_time(graph)
        if milliseconds >= _NEARLY * _GRAPH_MILLISECONDS:
            break
    return graph, held


def _least_time(graph: torch.cuda.CUDAGraph) -> Interruptible[float]:
    """Return the least milliseconds of some replays of a graph."""
    times = []
    for _ in range(_TRIALS):
        yield
        times.append(_time_when_busy(graph.replay))
    return min(times)


def launches_in_a_graph(milliseconds: float, seconds: float) -> int:
    """Return how many launches one graph is to hold: 4 ms of them or more, captured in a second.

    One takes the device so many `milliseconds`, and Python so many `seconds` to queue.
    """
    most = max(_LEAST_MOST, int(_RECORDING_SECONDS / max(seconds, 1e-6)))
    return max(1, min(most, math.ceil(_GRAPH_MILLISECONDS / max(milliseconds, 1e-6))))


def _capture(launch: Callable[[], None], launches: int) -> torch.cuda.CUDAGraph:
    """Return a CUDA graph of so many launches, one after another."""
    import torch

    graph = torch.cuda.CUDAGraph()
    # Other threads of the program may call the driver meanwhile.
    with torch.cuda.graph(graph, capture_error_mode="thread_local"):
        for _ in range(launches):
            launch()
    return graph


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
    import torch

    queue()
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start.record()
    queue()
    end.record()
    end.synchronize()
    return start.elapsed_time(end)
