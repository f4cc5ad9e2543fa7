"""The check of timed blends: whether they are NumPy's to the bit, and how far from the exact ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from voxview.engine.timings import Summary
from voxview.errors import VoxViewError
from voxview.experiment.problem import Problem
from voxview.experiment.results import Measurement, Part
from voxview.latent.checks import BACKENDS
from voxview.latent.numpy_blend import blend
from voxview.shapes.frame import Floats

OURS = (*BACKENDS, "cuda-elementwise")
"""The subjects whose blends have to be NumPy's to the bit."""

LARGEST_DEVIATION = 2.0
"""In units in the last place of the larger end: the bound of every backend."""

_LARGEST_SAMPLE = (16, 200, 4_096)
"""Rows, columns and t's that are compared, at most, evenly spread with the first and last of each. The axes
are never all long at once: two million numbers at the most."""


@dataclass(frozen=True)
class Comparison:
    """The difference between timed blends and those that they should be."""

    deviation: float
    """The largest from the float64 blends, in units in the last place of the larger end."""
    same_bits: bool
    """Whether they are the NumPy backend's to the bit."""


def compare(problem: Problem, blends: Any) -> Comparison:
    """Compare `blends`, the first rows of the problem's: NumPy's array, or torch's on any device."""
    _, n, k = problem.shape
    axes = [
        _evenly_spaced(length, most)
        for length, most in zip((len(blends), n, k), _LARGEST_SAMPLE, strict=True)
    ]
    got = _take(blends, axes)
    a, b, t = problem.z_a[axes[0]][:, None], problem.z_b[axes[1]][None], problem.t[axes[2]]
    same = np.array_equal(got.view(np.uint32), blend(a, b, t).view(np.uint32))
    return Comparison(_deviation(a, b, t, got), same)


def require_correct(subject: str, problem: Problem, comparison: Comparison) -> None:
    """Raise `VoxViewError` if a subject of ours is wrong; a baseline may round as it likes."""
    if subject in OURS and not (comparison.same_bits and comparison.deviation <= LARGEST_DEVIATION):
        raise VoxViewError(
            f"{subject} gives wrong blends ({problem.axis}, {problem.size}: "
            f"{comparison.deviation:.3g} ulp off, "
            f"{'the same bits as' if comparison.same_bits else 'other bits than'} NumPy): "
            "its times mean nothing; please report it with the output of 'voxview info'"
        )


def _evenly_spaced(length: int, most: int) -> np.ndarray:
    """Return at most `most` indices below `length`, with the first and the last."""
    return np.unique(np.linspace(0, length - 1, min(length, most)).astype(np.int64))


def _take(blends: Any, axes: list[np.ndarray]) -> Floats:
    """Return the blends at the crossings of `axes`, on the host."""
    if isinstance(blends, np.ndarray):
        return blends[np.ix_(*axes)]
    import torch

    index = [torch.from_numpy(axis).to(blends.device) for axis in np.ix_(*axes)]
    taken: Floats = blends[tuple(index)].cpu().numpy()
    return taken


def _deviation(a: Floats, b: Floats, t: Floats, got: Floats) -> float:
    """Return the largest distance from the float64 blends in ulp; infinite for NaN."""
    left, right = (z[..., None, :, :].astype(np.float64) for z in (a, b))
    weight = t[:, None, None].astype(np.float64)
    exact = (1 - weight) * left + weight * right
    larger = np.maximum(np.abs(left), np.abs(right)).astype(np.float32)
    ulp = np.spacing(larger).astype(np.float64)
    off = np.abs(got - exact) / ulp
    return float("inf") if np.isnan(off).any() else float(off.max())


def measurement(
    problem: Problem,
    subject: str,
    part: Part,
    summary: Summary,
    note: str = "",
    comparison: Comparison | None = None,
) -> Measurement:
    """Return the measurement of one part of a problem.

    A `comparison` adds the bytes that were written, and how exact they are.
    """
    return Measurement(
        problem.axis,
        problem.size,
        subject,
        part,
        summary.median,
        summary.p95,
        summary.count,
        problem.bytes if comparison else None,
        comparison.deviation if comparison else None,
        note,
        comparison.same_bits if comparison else None,
    )
