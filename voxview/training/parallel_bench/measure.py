"""One case timed: steps without a clock inside, then steps with one, then its collectives alone."""

from __future__ import annotations

import time
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

WARM_UP = 3
"""Steps before the clock starts, on a GPU: memory and cuDNN's algorithms. On the CPU one is enough."""
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
    counted = min(3, options.steps)
    traffic = step.traffic
    traffic.sent.clear()
    traffic.log, traffic.clock = [], StepClock(device)
    take(counted)
    parts = {name: ms / counted for name, ms in traffic.clock.milliseconds().items()}
    exchanges = traffic.log[: len(traffic.log) // counted]
    sent = {name: sent // counted for name, sent in traffic.sent.items()}
    timeline: tuple[Span, ...] = ()
    if with_timeline:
        _wait_for_all(world, device)
        traffic.clock = StepClock(device, watches_collectives=True)
        traffic.begin("")  # the step's begin: `model` starts a collective before it names a part
        take(1)
        timeline = tuple(map(_to_microseconds, traffic.clock.timeline()))
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
