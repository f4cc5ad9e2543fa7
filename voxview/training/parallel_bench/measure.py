"""One case timed: steps without a clock inside, then steps with one, then its collectives alone."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import torch
import torch.distributed as dist

from voxview.training.parallel.collectives import (
    Exchange,
    Pending,
    Traffic,
    start_gather,
    start_scatter,
    start_sum,
)
from voxview.training.parallel.mesh import Axis
from voxview.training.parallel.step_clock import StepClock
from voxview.training.parallel.step_parts import Span
from voxview.training.parallel_bench.formulas import predicted_bytes, sizes_of
from voxview.training.parallel_bench.options import Case, Options
from voxview.training.parallel_bench.record import Row
from voxview.training.parallel_bench.timed_step import TimedStep, own_part, synthetic
from voxview.training.replayed import EAGER_CALLS

WARM_UP = EAGER_CALLS + 2
"""Steps before the clock starts, on a GPU: memory, cuDNN's algorithms, the recording and its first replay.
On the CPU one is enough."""
CLOCKED = 3
"""Steps with a clock inside."""
ALONE = 5
"""Times that the collectives are timed by themselves."""

_STARTS = {"gather": start_gather, "scatter": start_scatter, "sum": start_sum}


def measure(options: Options, case: Case, world: Axis, device: str, with_timeline: bool = False) -> Row:
    """Return a case's figures; its processes call this together."""
    on_gpu = torch.device(device).type == "cuda"
    step = TimedStep(options, case.scheme, world, device)
    batch = synthetic(options, case.batch, own_part(world, case.batch), device)
    number = 0

    def take(steps: int) -> None:
        nonlocal number
        for _ in range(steps):
            number += 1
            step.take(batch, number)

    take(WARM_UP if on_gpu else 1)
    seconds = _seconds(lambda: take(options.steps), world, device)
    traffic = step.traffic
    parts, exchanges = _parts_of_a_step(step, take, world, device)
    sent = dict(traffic.sent)
    timeline = _timeline_of_a_step(step, take, world, device) if with_timeline else ()
    if step.replayed is not None:
        step.replayed.forget()  # NCCL ends its communicators after the graphs that have their work
    predicted = predicted_bytes(sizes_of(options, on_gpu), case.scheme, case.processes, case.batch)
    return Row(
        case,
        case.batch * options.steps / seconds,
        seconds / options.steps * 1e3,
        parts,
        _time_alone(exchanges, world, device),
        sent,
        None if predicted is None else round(predicted),
        timeline,
    )


def _parts_of_a_step(
    step: TimedStep, take: Callable[[int], None], world: Axis, device: str
) -> tuple[dict[str, float], list[Exchange]]:
    """Return the milliseconds of a step's parts, means of some steps, and its collectives in their order.

    A recorded step is recorded anew, with events in it. What a step sends stands in its traffic afterwards.
    """
    traffic, sums = step.traffic, Counter[str]()
    if step.replayed is not None:
        step.replayed.forget()
    exchanges: list[Exchange] = []
    for number in range(CLOCKED):
        if number == 0 or step.replayed is None:
            traffic.sent.clear()
            traffic.log, traffic.clock = [], StepClock(device)
        _wait_for_all(world, device)  # or the first wait is for processes that begin later
        take(1)
        assert traffic.clock is not None and traffic.log is not None
        sums.update(traffic.clock.read())
        exchanges = traffic.log
    traffic.log = traffic.clock = None
    return {name: ms / CLOCKED for name, ms in sums.items()}, exchanges


def _timeline_of_a_step(
    step: TimedStep, take: Callable[[int], None], world: Axis, device: str
) -> tuple[Span, ...]:
    """Return the parts and collectives of one more step with their times; a recorded one's third replay."""
    if step.replayed is not None:
        step.replayed.forget()
    _wait_for_all(world, device)
    step.traffic.clock = clock = StepClock(device, watches_collectives=True)
    take(1 if step.replayed is None else 3)
    timeline = tuple(map(_to_microseconds, clock.timeline()))
    step.traffic.clock = None
    return timeline


def _to_microseconds(span: Span) -> Span:
    """Round to what events can tell."""
    return replace(span, begin=round(span.begin, 3), end=round(span.end, 3))


def _seconds(work: Callable[[], None], world: Axis, device: str) -> float:
    """Return how long the slowest process takes, from a common start to the end of its device's work."""
    _wait_for_all(world, device)
    began = time.perf_counter()
    work()
    if torch.device(device).type == "cuda":
        torch.cuda.synchronize()
    seconds = torch.tensor(time.perf_counter() - began, device=device)
    if world.size > 1:
        dist.all_reduce(seconds, dist.ReduceOp.MAX, group=world.group)
    return float(seconds)


def _wait_for_all(world: Axis, device: str) -> None:
    """Return when all processes of the axis are here, and their devices idle."""
    if world.size > 1:
        dist.all_reduce(torch.zeros((), device=device), group=world.group)
    if torch.device(device).type == "cuda":
        torch.cuda.synchronize()


def _time_alone(exchanges: list[Exchange], world: Axis, device: str) -> dict[str, float]:
    """Return the milliseconds of a step's collectives by name, each started when the one before is over."""
    tensors = [torch.zeros(e.shape, dtype=e.dtype, device=device) for e in exchanges]
    quiet, clock = Traffic(), StepClock(device)
    for repeat in range(ALONE + 1):
        _wait_for_all(world, device)
        if repeat == 1:
            clock.milliseconds()  # the first time was a warm-up
        for exchange, tensor in zip(exchanges, tensors, strict=True):
            clock.begin(exchange.name)
            pending: Pending = _STARTS[exchange.kind](tensor, exchange.axis, exchange.name, quiet)
            pending.wait()
        clock.begin("")
    return {name: ms / ALONE for name, ms in clock.milliseconds().items()}
