"""The blends on the CPU: our NumPy backend, and `torch.lerp` beside it.

NumPy's blends go to new memory each time, because that is what the backend does; `torch.lerp` writes to the
same buffer again and again, which is the best that it can be given.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle

from voxview.engine.timings import Summary
from voxview.experiment.check import measurement, require_right, verdict
from voxview.experiment.clock import Limits, Ticks, on_host, sampled, scaled, timed
from voxview.experiment.problem import Problem
from voxview.experiment.results import Found
from voxview.latent.blocks import BLOCK_BYTES
from voxview.latent.interpolate import interpolate, interpolate_all_pairs
from voxview.latent.numpy_blend import blend

HOST_SUBJECTS = ("numpy", "torch.lerp cpu")

Maker = Callable[[int, int], object]
"""Makes the blends of the m latents from the first to before the second number with all n."""

_LONGEST_RUN = 1_000.0
"""Milliseconds: where all blocks would take longer, some are timed for all."""


def measure_on_host(problem: Problem, subject: str, limits: Limits) -> Ticks[Found]:
    """Time the subject on the problem, whole or in blocks that memory is sure to hold, and check it."""
    m = problem.shape[0]
    rows = max(1, min(m, BLOCK_BYTES // problem.row_bytes))
    make = _MAKERS[subject](problem, rows)
    found = verdict(problem, make(0, rows))
    require_right(subject, problem, found)
    yield
    if rows == m:
        summary, note = (yield from on_host(lambda: make(0, m), limits)), ""
    else:
        summary, note = yield from _in_blocks(make, m, rows, limits)
    measurements = [measurement(problem, subject, "interpolate", summary, note, found)]
    if subject == "numpy" and rows == m:  # in blocks there is no call that gives all of them
        total = yield from on_host(lambda: call(problem, "numpy"), limits)
        measurements.append(measurement(problem, subject, "total", total))
    return Found(tuple(measurements))


def call(problem: Problem, backend: str) -> object:
    """What a script would write: from the host's arrays to the host's arrays."""
    if problem.axis == "inputs":
        return interpolate_all_pairs(problem.z_a, problem.t, backend)
    return interpolate(problem.z_a[0], problem.z_b[0], problem.t, backend)


def _in_blocks(make: Maker, m: int, rows: int, limits: Limits) -> Ticks[tuple[Summary, str]]:
    starts = range(0, m, rows)
    megabytes = BLOCK_BYTES // 2**20
    if timed(lambda: make(0, rows)) * len(starts) <= _LONGEST_RUN:

        def whole() -> float:
            return sum(timed(lambda: make(i, min(i + rows, m))) for i in starts)  # noqa: B023

        return (yield from sampled(whole, limits)), f"made in {len(starts)} blocks of at most {megabytes} MB"
    yield
    # Full blocks only: the last one may be smaller.
    blocks = cycle(range(0, m - rows + 1, rows))

    def one() -> float:
        first = next(blocks)
        return timed(lambda: make(first, first + rows))

    block = yield from sampled(one, limits)
    note = f"projected from blocks of {rows:,} of {m:,} rows, at most {megabytes} MB each"
    return scaled(block, m / rows), note


def _numpy(problem: Problem, rows: int) -> Maker:
    return lambda first, end: blend(problem.z_a[first:end, None], problem.z_b[None], problem.t)


def _torch(problem: Problem, rows: int) -> Maker:
    import torch

    a, b, t = (torch.from_numpy(array) for array in (problem.z_a, problem.z_b, problem.t))
    out = torch.empty((rows, *problem.shape[1:], 8, 8))

    def make(first: int, end: int) -> object:
        part = out[: end - first]
        return torch.lerp(a[first:end, None, None], b[None, :, None], t[:, None, None], out=part)

    return make


_MAKERS: dict[str, Callable[[Problem, int], Maker]] = {"numpy": _numpy, "torch.lerp cpu": _torch}
