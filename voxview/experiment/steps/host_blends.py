"""The blends on the CPU: our NumPy backend, and `torch.lerp` beside it.

NumPy's blends go to new memory each time, because that is what the backend does; `torch.lerp` writes to the
same buffer again and again, which is the best that it can be given.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle

from voxview.conventions import LATENT_SHAPE
from voxview.engine.timings import Summary
from voxview.experiment.clock import Interruptible, Limits, collect_samples, scale, time_call, time_on_host
from voxview.experiment.correctness import compare, measurement, require_correct
from voxview.experiment.problem import Problem
from voxview.experiment.results import StepResults
from voxview.latent.blocks import BLOCK_BYTES
from voxview.latent.interpolate import interpolate, interpolate_all_pairs
from voxview.latent.numpy_blend import blend

HOST_SUBJECTS = ("numpy", "torch.lerp cpu")

Maker = Callable[[int, int], object]
"""Makes the blends of the m latents from the first to before the second number with all n."""

_LONGEST_RUN = 1_000.0
"""Milliseconds: where all blocks would take longer, some are timed for all."""


def measure_on_host(problem: Problem, subject: str, limits: Limits) -> Interruptible[StepResults]:
    """Time the subject on the problem, whole or in blocks that memory can hold, and check its blends."""
    m = problem.shape[0]
    rows = max(1, min(m, BLOCK_BYTES // problem.row_bytes))
    make = _MAKERS[subject](problem, rows)
    comparison = compare(problem, make(0, rows))
    require_correct(subject, problem, comparison)
    yield
    if rows == m:
        summary, note = (yield from time_on_host(lambda: make(0, m), limits)), ""
    else:
        summary, note = yield from _time_in_blocks(make, m, rows, limits)
    measurements = [measurement(problem, subject, "interpolate", summary, note, comparison)]
    if subject == "numpy" and rows == m:  # in blocks there is no call that gives all of them
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


def _torch(problem: Problem, rows: int) -> Maker:
    import torch

    a, b, t = (torch.from_numpy(array) for array in (problem.z_a, problem.z_b, problem.t))
    out = torch.empty((rows, *problem.shape[1:], *LATENT_SHAPE))

    def make(first: int, end: int) -> object:
        part = out[: end - first]
        return torch.lerp(a[first:end, None, None], b[None, :, None], t[:, None, None], out=part)

    return make


_MAKERS: dict[str, Callable[[Problem, int], Maker]] = {"numpy": _numpy, "torch.lerp cpu": _torch}
