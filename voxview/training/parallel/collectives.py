"""The collectives of parallel training: started without waiting, and their bytes counted.

Written on plain tensors, and not on DTensor, because DTensors and plain tensors do not mix in
`clip_grad_norm_`, in the foreach and fused optimisers and in Muon, DTensor's dropout draws other masks for
another placement, and the rounds of hybrid-c have to start the next gather before they use this one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import torch
import torch.distributed as dist
from torch import Tensor

from voxview.training.parallel.mesh import Axis
from voxview.training.parallel.step_clock import StepClock
from voxview.training.parallel.step_parts import WAIT

# PyTorch 2.13 has new names for these two, and warns of the ones that 2.11 has.
_all_gather = getattr(dist, "all_gather_single", None) or dist.all_gather_into_tensor
_reduce_scatter = getattr(dist, "reduce_scatter_single", None) or dist.reduce_scatter_tensor


@dataclass(frozen=True)
class Exchange:
    """One collective as it was started: what it takes to do it again by itself."""

    kind: Literal["gather", "scatter", "sum"]
    name: str
    shape: tuple[int, ...]
    dtype: torch.dtype
    axis: Axis


@dataclass
class Traffic:
    """What one process sent, by the name of the exchange, and how long its work and its waits took."""

    sent: Counter[str] = field(default_factory=Counter)
    """Bytes, as a ring sends them (https://arxiv.org/abs/1802.05799): the other N − 1 parts."""
    log: list[Exchange] | None = None
    """If a list, all collectives in the order in which they were started."""
    clock: StepClock | None = None

    def begin(self, part: str) -> str:
        """Begin a part of the step, if there is a clock; return the name of the one before."""
        return self.clock.begin(part) if self.clock else ""

    def note(self, kind: Literal["gather", "scatter", "sum"], name: str, given: Tensor, axis: Axis) -> None:
        """Count what a collective of this process's tensor sends."""
        parts = {"gather": axis.size - 1, "scatter": (axis.size - 1) / axis.size}
        self.sent[name] += round(given.nbytes * parts.get(kind, 2 * (axis.size - 1) / axis.size))
        if self.log is not None:
            self.log.append(Exchange(kind, name, tuple(given.shape), given.dtype, axis))


class Pending:
    """A collective that runs; `wait` returns its result."""

    def __init__(
        self,
        name: str,
        work: dist.Work | None,
        result: Callable[[], Tensor],
        traffic: Traffic,
        *tensors: Tensor,
    ) -> None:
        """Take what was started on some `tensors`; without `work` the result is there."""
        self._name, self._work, self._result, self._traffic = name, work, result, traffic
        self._number: int | None = None
        if work is not None and traffic.clock is not None and traffic.clock.watches_collectives:
            self._number = traffic.clock.watch(name, work, *tensors)

    def wait(self) -> Tensor:
        """Return the result, when it is there; on a GPU the current stream waits and the host does not."""
        if self._work is not None:
            before = self._traffic.begin(WAIT + self._name)
            self._work.wait()
            self._traffic.begin(before)
            if self._number is not None and self._traffic.clock is not None:
                self._traffic.clock.end(self._number)
        return self._result()


def start_gather(part: Tensor, axis: Axis, name: str, traffic: Traffic) -> Pending:
    """Start to gather `(n, …)` of each process, `(N·n, …)` by rank."""
    if axis.size == 1:
        return Pending(name, None, lambda: part, traffic)
    part = part.contiguous()
    whole = part.new_empty((axis.size * len(part), *part.shape[1:]))
    traffic.note("gather", name, part, axis)
    work = _all_gather(whole, part, group=axis.group, async_op=True)
    return Pending(name, work, lambda: whole, traffic, whole, part)


def start_scatter(whole: Tensor, axis: Axis, name: str, traffic: Traffic) -> Pending:
    """Start to sum `(N·n, …)` over the processes; each gets its own `(n, …)` of the sum."""
    if axis.size == 1:
        return Pending(name, None, lambda: whole, traffic)
    whole = whole.contiguous()
    part = whole.new_empty((len(whole) // axis.size, *whole.shape[1:]))
    traffic.note("scatter", name, whole, axis)
    work = _reduce_scatter(part, whole, group=axis.group, async_op=True)
    return Pending(name, work, lambda: part, traffic, whole, part)


def start_sum(tensor: Tensor, axis: Axis, name: str, traffic: Traffic) -> Pending:
    """Start to sum a tensor over the processes, in place."""
    if axis.size == 1:
        return Pending(name, None, lambda: tensor, traffic)
    traffic.note("sum", name, tensor, axis)
    work = dist.all_reduce(tensor, group=axis.group, async_op=True)
    return Pending(name, work, lambda: tensor, traffic, tensor)


def gather_units(part: Tensor, axis: Axis, name: str, traffic: Traffic) -> Tensor:
    """Return `(n, N·c, …)` of each process's units `(n, c, …)`; gradients are summed and scattered."""
    return part if axis.size == 1 else _GatherUnits.apply(part, axis, name, traffic)


def scatter_examples(partial: Tensor, axis: Axis, name: str, traffic: Traffic) -> Tensor:
    """Return each process's own examples `(n, …)` of the sum of `(N·n, …)`; gradients are gathered."""
    return partial if axis.size == 1 else _ScatterExamples.apply(partial, axis, name, traffic)


class _GatherUnits(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: torch.autograd.function.FunctionCtx, part: Tensor, axis: Axis, name: str, traffic: Traffic
    ) -> Tensor:
        ctx.given = axis, name, traffic  # type: ignore[attr-defined]
        whole = start_gather(part.transpose(0, 1), axis, name, traffic).wait()  # (N·c, n, …)
        return whole.transpose(0, 1).contiguous()

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, gradient: Tensor) -> tuple[Tensor | None, ...]:
        axis, name, traffic = ctx.given  # type: ignore[attr-defined]
        part = start_scatter(gradient.transpose(0, 1), axis, name, traffic).wait()
        return part.transpose(0, 1).contiguous(), None, None, None


class _ScatterExamples(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: torch.autograd.function.FunctionCtx, partial: Tensor, axis: Axis, name: str, traffic: Traffic
    ) -> Tensor:
        ctx.given = axis, name, traffic  # type: ignore[attr-defined]
        return start_scatter(partial, axis, name, traffic).wait()

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, gradient: Tensor) -> tuple[Tensor | None, ...]:
        axis, name, traffic = ctx.given  # type: ignore[attr-defined]
        return start_gather(gradient, axis, name, traffic).wait(), None, None, None
