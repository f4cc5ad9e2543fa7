"""Vectorised enumeration and counting of the integer positions in many boxes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from voxview.shapes.frame import Doubles, Integers

_PLACES_AT_ONCE = 1 << 18
"""Positions per chunk: processing them takes about 100 MB of temporaries."""


def bounds(corners: Doubles) -> tuple[Doubles, Doubles]:
    """Return the lowest and highest coordinates `(m, d)` of triangles `(m, 3, d)`.

    NumPy's own minimum over an axis of three takes eight times as long.
    """
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    return np.minimum(np.minimum(a, b), c), np.maximum(np.maximum(a, b), c)


def places_in_boxes(low: Integers, spans: Integers) -> Iterator[tuple[Integers, Integers]]:
    """Yield, in bounded chunks, box indices `(p,)` and positions `(p, d)` for each position in each box.

    `low (m, d)` is the lowest position of each box, `spans (m, d)` its size along each axis.
    """
    sizes = spans.prod(axis=1)
    ends = np.cumsum(sizes)
    start = 0
    while start < len(sizes):
        done = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, done + _PLACES_AT_ONCE, side="right")))
        box = np.repeat(np.arange(start, stop), sizes[start:stop])
        rest = np.arange(len(box)) - (ends[box] - sizes[box] - done)
        places = np.empty((len(box), spans.shape[1]), np.int64)
        for axis in reversed(range(spans.shape[1])):
            rest, places[:, axis] = np.divmod(rest, spans[box, axis])
        yield box, low[box] + places
        start = stop


def count_in_boxes(marked: NDArray[np.bool_], low: Integers, high: Integers) -> Integers:
    """Return how many marked positions are in each box, from `low (m, d)` to `high`, both included.

    By sums from the first corner on (summed-area table, Crow 1984): 2^d look-ups a box, whatever its size.
    """
    sums = np.pad(marked, [(1, 0)] * marked.ndim).astype(np.int64)
    for axis in range(marked.ndim):
        sums = sums.cumsum(axis)
    count = np.zeros(len(low), np.int64)
    for ends in product((0, 1), repeat=marked.ndim):
        place = tuple(high[:, axis] + 1 if end else low[:, axis] for axis, end in enumerate(ends))
        count += (-1) ** (marked.ndim - sum(ends)) * sums[place]
    return count
