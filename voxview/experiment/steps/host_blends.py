"""The blends on the CPU: our NumPy backend, and beside it what PyTorch makes of the same.

NumPy's blends go to new memory each time, because that is what the backend does. PyTorch's go to the same
buffer again and again, which is the best that it can be given: by `torch.lerp`, by what `torch.compile` makes
of it, and by `torch.add` of the ends, scaled before.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import TYPE_CHECKING

from voxview.conventions import LATENT_SHAPE
from voxview.engine.timings import Summary
from voxview.experiment.clock import Interruptible, Limits, collect_samples, scale, time_call, time_on_host
from voxview.experiment.correctness import compare, measurement, require_correct
from voxview.experiment.problem import Problem
from voxview.experiment.results import StepResults
from voxview.experiment.steps.compiled import COMPILED_SUBJECTS, CompileError, call_aside, compiled_lerp
from voxview.latent.blocks import BLOCK_BYTES
from voxview.latent.interpolate import interpolate, interpolate_all_pairs
from voxview.latent.numpy_blend import blend

if TYPE_CHECKING:
    import torch

HOST_SUBJECTS = ("numpy", "torch.lerp cpu", "torch.compile cpu", "torch.add cpu")

Maker = Callable[[int, int], object]
"""Makes the blends of the m latents from the first to before the second number with all n."""

_LONGEST_RUN = 1_000.0
"""Milliseconds: where all blocks would take longer, some are timed for all."""


def measure_on_host(
    problem: Problem, subject: str, limits: Limits, *, calls: bool = True
) -> Interruptible[StepResults]:
    """Time the subject on the problem, whole or in blocks that memory can hold, and check its blends.

    With `calls` a backend's whole call is timed as well.
    """
    m = problem.shape[0]
    rows = max(1, min(m, BLOCK_BYTES // problem.row_bytes))
    make = _MAKERS[subject](problem, rows)
    if subject in COMPILED_SUBJECTS:
        try:
            yield from call_aside(lambda: [make(m - m % rows, m) if m % rows else None, make(0, rows)])
        except CompileError as failure:
            return StepResults(notes=(f"{subject} at {problem.size:,} was left out: {failure}",))
    comparison = compare(problem, make(0, rows))
    require_correct(subject, problem, comparison)
    yield
    if rows == m:
        summary, note = (yield from time_on_host(lambda: make(0, m), limits)), ""
    else:
        summary, note = yield from _time_in_blocks(make, m, rows, limits)
    measurements = [measurement(problem, subject, "interpolate", summary, note, comparison)]
    if calls and subject == "numpy" and rows == m:  # in blocks there is no call that gives all of them
        total = yield from time_on_host(lambda: call_from_host(problem, "numpy"), limits)
        measurements.append(measurement(problem, subject, "total", total))
    return StepResults(tuple(measurements))


def call_from_host(problem: Problem, backend: str) -> object:
    """Call the backend as a script would: from the host's arrays to the host's arrays."""
    if problem.axis == "inputs":
        return interpolate_all_pairs(problem.z_a, problem.t, backend)
    return interpolate(problem.z_a[0], problem.z_b[0], problem.t, backend)


def _time_in_blocks(make: Maker, m: int, rows: int, limits: Limits) -> Interruptible[tuple[Summary, str]]:
    """Time all blocks, or some of them for all; return the summary and a note that says which."""
    starts = range(0, m, rows)
    megabytes = BLOCK_BYTES // 2**20
    if time_call(lambda: make(0, rows)) * len(starts) <= _LONGEST_RUN:

        def whole() -> float:
            return sum(time_call(lambda: make(i, min(i + rows, m))) for i in starts)  # noqa: B023

        summary = yield from collect_samples(whole, limits)
        return summary, f"made in {len(starts)} blocks of at most {megabytes} MB"
    yield
    # Full blocks only: the last one may be smaller.
    blocks = cycle(range(0, m - rows + 1, rows))

    def one() -> float:
        first = next(blocks)
        return time_call(lambda: make(first, first + rows))

    block = yield from collect_samples(one, limits)
    note = f"projected from blocks of {rows:,} of {m:,} rows, at most {megabytes} MB each"
    return scale(block, m / rows), note


def _numpy(problem: Problem, rows: int) -> Maker:
    return lambda first, end: blend(problem.z_a[first:end, None], problem.z_b[None], problem.t)


def _torch_lerp(problem: Problem, rows: int) -> Maker:
    import torch

    a, b, t, out = _tensors(problem, rows)

    def make(first: int, end: int) -> object:
        return torch.lerp(a[first:end], b, t, out=out[: end - first])

    return make


def _torch_compile(problem: Problem, rows: int) -> Maker:
    a, b, t, out = _tensors(problem, rows)
    lerp = compiled_lerp()

    def make(first: int, end: int) -> object:
        part = out[: end - first]
        lerp(a[first:end], b, t, part)
        return part

    return make


def _torch_add(problem: Problem, rows: int) -> Maker:
    """Return what scales each end once for all its pairs, and adds the two: m + n products a t, not 2·m·n."""
    import torch

    a, b, t, out = _tensors(problem, rows)
    rest = 1 - t
    scaled_a, scaled_b = a[:rows] * rest, b * t

    def make(first: int, end: int) -> object:
        if first == 0:  # those at t = 1 are the same for every block
            torch.mul(b, t, out=scaled_b)
        part = scaled_a[: end - first]
        torch.mul(a[first:end], rest, out=part)
        return torch.add(part, scaled_b, out=out[: end - first])

    return make


def _tensors(problem: Problem, rows: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return A `(m, 1, 1, 8, 8)`, B `(1, n, 1, 8, 8)`, t `(k, 1, 1)`, and memory for the blends of `rows`."""
    import torch

    a, b, t = (torch.from_numpy(array) for array in (problem.z_a, problem.z_b, problem.t))
    out = torch.empty((rows, *problem.shape[1:], *LATENT_SHAPE))
    return a[:, None, None], b[None, :, None], t[:, None, None], out


_MAKERS: dict[str, Callable[[Problem, int], Maker]] = {
    "numpy": _numpy,
    "torch.lerp cpu": _torch_lerp,
    "torch.compile cpu": _torch_compile,
    "torch.add cpu": _torch_add,
}
