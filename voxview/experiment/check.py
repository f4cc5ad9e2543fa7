"""Whether what was timed is right: the same bits as NumPy's, and how far from the exact blends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from voxview.engine.timings import Summary
from voxview.errors import VoxViewError
from voxview.experiment.problem import Floats, Problem
from voxview.experiment.results import Measurement, Part
from voxview.latent.checks import BACKENDS
from voxview.latent.numpy_blend import blend

LARGEST_DEVIATION = 2.0
"""In units in the last place of the larger end: what every backend promises."""

_MOST = (16, 200, 4_096)
"""Rows, columns and t's that are compared, at most, evenly spread with the first and last of each. The axes
are never all long at once: two million numbers at the most."""


@dataclass(frozen=True)
class Verdict:
    """How the compared blends differ from what they should be."""

    deviation: float
    """From the float64 blends, at most, in units in the last place of the larger end."""
    same_bits: bool
    """As the NumPy backend."""


def verdict(problem: Problem, blends: Any) -> Verdict:
    """Compare `blends`, the first rows of the problem's: NumPy's array, or torch's on any device."""
    _, n, k = problem.shape
    axes = [_spread(length, most) for length, most in zip((len(blends), n, k), _MOST, strict=True)]
    got = _taken(blends, axes)
    a, b, t = problem.z_a[axes[0]][:, None], problem.z_b[axes[1]][None], problem.t[axes[2]]
    same = np.array_equal(got.view(np.uint32), blend(a, b, t).view(np.uint32))
    return Verdict(_deviation(a, b, t, got), same)


def require_right(subject: str, problem: Problem, found: Verdict) -> None:
    """Raise `VoxViewError` if one of our own backends is wrong; a baseline may round as it likes."""
    if subject in BACKENDS and not (found.same_bits and found.deviation <= LARGEST_DEVIATION):
        raise VoxViewError(
            f"{subject} gives wrong blends ({problem.axis}, {problem.size}: {found.deviation:.3g} ulp off, "
            f"{'the same bits as' if found.same_bits else 'other bits than'} NumPy): "
            "its times mean nothing; please report it with the output of 'voxview info'"
        )


def _spread(length: int, most: int) -> np.ndarray:
    return np.unique(np.linspace(0, length - 1, min(length, most)).astype(np.int64))


def _taken(blends: Any, axes: list[np.ndarray]) -> Floats:
    """The blends at the crossings of `axes`, on the host."""
    if isinstance(blends, np.ndarray):
        return blends[np.ix_(*axes)]
    import torch

    index = [torch.from_numpy(axis).to(blends.device) for axis in np.ix_(*axes)]
    taken: Floats = blends[tuple(index)].cpu().numpy()
    return taken


def _deviation(a: Floats, b: Floats, t: Floats, got: Floats) -> float:
    left, right = (z[..., None, :, :].astype(np.float64) for z in (a, b))
    weight = t[:, None, None].astype(np.float64)
    exact = (1 - weight) * left + weight * right
    larger = np.maximum(np.abs(left), np.abs(right)).astype(np.float32)
    ulp = np.spacing(larger).astype(np.float64)
    off = np.abs(got - exact) / ulp
    return float("inf") if np.isnan(off).any() else float(off.max())


def measurement(
    problem: Problem, subject: str, part: Part, summary: Summary, note: str = "", found: Verdict | None = None
) -> Measurement:
    """What the subject took for one part of the problem; with `found`, what it wrote and how right it was."""
    return Measurement(
        problem.axis,
        problem.size,
        subject,
        part,
        summary.median,
        summary.p95,
        summary.count,
        problem.bytes if found else None,
        found.deviation if found else None,
        note,
        found.same_bits if found else None,
    )
