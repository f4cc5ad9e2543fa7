"""Thinning: the mean of the points in each cell of a fine grid, in chunks."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from voxview.shapes.frame import Doubles, Integers

CELLS = 144
"""Cells along the longest side; a chair's surface is in 15,000 to 30,000 of them."""

CHUNK = 1_000_000
_BITS = 21
_SAMPLE = 1_000_000


def thin(points: Doubles, cells: int = CELLS) -> Generator[float, None, Doubles]:
    """Return the mean of the points `(n, 3)` in each cell, `(m, 3)` by cell, yielding the share that is done.

    The longest side of the box around all but stray points has `cells` of them, so that one point far away
    does not make the cells large. The order of the points does not matter.
    """
    low, size = robust_box(points)
    edge = max(float(size.max()), 1e-300) / cells
    keys, sums = np.empty(0, np.int64), np.empty((0, 4))
    for start in range(0, len(points), CHUNK):
        part = points[start : start + CHUNK] - low
        new, total = _by_cell(_cell_keys(part, edge), np.column_stack([part, np.ones(len(part))]))
        keys, sums = _by_cell(np.concatenate([keys, new]), np.concatenate([sums, total]))
        yield min((start + CHUNK) / len(points), 1.0)
    return sums[:, :3] / sums[:, 3:] + low


def robust_box(points: Doubles) -> tuple[Doubles, Doubles]:
    """Return the lowest corner and the size of the box around all points `(n, 3)` but 1 % at each side."""
    some = points[:: max(1, len(points) // _SAMPLE)]
    low, high = np.percentile(some, [1, 99], axis=0)
    return low, high - low


def _cell_keys(points: Doubles, edge: float) -> Integers:
    """Return a number of each point's cell; what is far outside shares the cells at the border."""
    half = 1 << (_BITS - 1)
    cell = np.clip(np.floor(points / edge), -half, half - 1).astype(np.int64) + half
    return (cell[:, 0] << 2 * _BITS) | (cell[:, 1] << _BITS) | cell[:, 2]


def _by_cell(keys: Integers, values: Doubles) -> tuple[Integers, Doubles]:
    """Return each key once, ascending, and the sums of its values `(n, 4)`."""
    unique, which = np.unique(keys, return_inverse=True)
    sums = [np.bincount(which, values[:, column], len(unique)) for column in range(values.shape[1])]
    return unique, np.column_stack(sums)
