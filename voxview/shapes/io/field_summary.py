"""What a field in a file holds, for a person who chooses its level: how often which values occur."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voxview.shapes.io.arrays import Level, level_of, read_cube

BINS = 96
_BEYOND = 1e30
"""Larger values are left out, as float32 has no room for a span of them."""


@dataclass(frozen=True)
class FieldSummary:
    """The values of a field."""

    counts: tuple[int, ...]
    """How many values lie in each of `BINS` equal parts of the span."""
    low: float
    high: float
    """The span: the smallest and the largest value that is finite."""
    level: Level
    """Where it seems to be cut."""


def read_field(path: Path) -> FieldSummary | None:
    """Return what a `.npy` or `.npz` file holds; None where it is none: whole numbers, or two values.

    Raises `InputError` as `read_npy` does.
    """
    values = read_cube(path)
    if values.dtype.kind != "f":
        return None
    finite = values[np.isfinite(values)].astype(np.float64)
    finite = finite[np.abs(finite) < _BEYOND]
    if finite.size == 0:
        return None
    low, high = float(finite.min()), float(finite.max())
    if ((finite == low) | (finite == high)).all():
        return None
    try:
        counts, _ = np.histogram(finite, BINS, (low, high))
    except ValueError:  # the values are next to each other
        return None
    return FieldSummary(tuple(int(count) for count in counts), low, high, level_of(values)[0])
