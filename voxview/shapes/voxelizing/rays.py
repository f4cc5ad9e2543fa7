"""Ray casting: crossings of axis-parallel rays through the cells' centres with a set of triangles."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import RESOLUTION
from voxview.shapes.frame import Doubles, Integers
from voxview.shapes.voxelizing.boxes import bounds, count_in_boxes, places_in_boxes
from voxview.shapes.voxelizing.overlap import Corners

_AWAY = (1.3719e-7, 0.7283e-7)
"""Offset (in cells) of the rays from the centres, on which vertices of extracted surfaces lie exactly."""


_MARGIN = 1e-3
"""Margin (in cells) of the intervals of candidate rays."""

_AT_ONCE = 1 << 18
"""Rays, or triangles, that are tested in one step: about 100 MB of temporaries."""

_LEVEL = 1e-6
"""Rise of an edge (in cells) below which rounding could move its crossing by `_MARGIN`."""


def count_crossings(
    corners: Corners, axis: int, wanted: NDArray[np.bool_] | None = None
) -> tuple[Integers, Integers]:
    """Count the crossings of each ray along `axis`, binned by the first cell whose centre is behind them.

    Returns `(signed, plain)`, each `(32, 32, 33)` with the ray's axis last: signed counts +1 for a face
    that points against the ray (an entry) and −1 for one that points along it; the last bin is behind all
    cells. Of `wanted (32, 32)` rays alone, where given.
    """
    shape = (RESOLUTION, RESOLUTION, RESOLUTION + 1)
    signed, plain = np.zeros(shape, np.int64).ravel(), np.zeros(shape, np.int64).ravel()
    for begin in range(0, len(corners), _AT_ONCE):
        for index, into in _crossings(corners[begin : begin + _AT_ONCE], axis, wanted):
            signed += np.bincount(index, into, minlength=signed.size).astype(np.int64)
            plain += np.bincount(index, minlength=plain.size)
    return signed.reshape(shape), plain.reshape(shape)


def _crossings(
    corners: Corners, axis: int, wanted: NDArray[np.bool_] | None
) -> Iterator[tuple[Integers, Doubles]]:
    """Yield the bins `(p,)` of crossings with triangles, and their signs."""
    origin = np.array([0.5 + _AWAY[0], 0.5 + _AWAY[1]])
    flat = corners[:, :, ((axis + 1) % 3, (axis + 2) % 3)]
    lowest, highest = bounds(flat)
    low = np.ceil(lowest - origin).clip(0, RESOLUTION).astype(np.int64)
    high = np.floor(highest - origin).clip(-1, RESOLUTION - 1).astype(np.int64)
    spans = (high - low + 1).clip(0)
    hit = (spans[:, 0] > 0) & (spans[:, 1] > 0)
    if wanted is not None:
        hit[hit] = count_in_boxes(wanted, low[hit], high[hit]) > 0
    flat, depth, low, spans = flat[hit], corners[hit][:, :, axis], low[hit], spans[hit]
    for triangle, ray in _rays_near(flat, low, spans, origin):
        if wanted is not None:
            needed = wanted[ray[:, 0], ray[:, 1]]
            triangle, ray = triangle[needed], ray[needed]
        met, into, where = _intersect(flat[triangle] - (ray + origin)[:, None], depth[triangle])
        cell = np.ceil(where - 0.5).clip(0, RESOLUTION).astype(np.int64)
        yield (ray[met, 0] * RESOLUTION + ray[met, 1]) * (RESOLUTION + 1) + cell, into


def _rays_near(
    flat: Doubles, low: Integers, spans: Integers, origin: Doubles
) -> Iterator[tuple[Integers, Integers]]:
    """Yield triangle indices `(p,)` and candidate rays `(p, 2)` that may hit them, with a small margin.

    Most rays of a large triangle's box miss it; testing only the candidates takes a third of the time. Most
    boxes of a fine mesh have one ray, which needs no more.
    """
    is_single = (spans == 1).all(axis=1)
    single, several = np.flatnonzero(is_single), np.flatnonzero(~is_single)
    for begin in range(0, len(single), _AT_ONCE):
        some = single[begin : begin + _AT_ONCE]
        yield some, low[some]
    for place, row in places_in_boxes(low[several, 1:], spans[several, 1:]):
        triangle = several[place]
        left, right = _interval(flat[triangle], row[:, 0] + origin[1])
        first = np.maximum(low[triangle, 0], np.ceil(left - origin[0] - _MARGIN).astype(np.int64))
        last = low[triangle, 0] + spans[triangle, 0] - 1
        last = np.minimum(last, np.floor(right - origin[0] + _MARGIN).astype(np.int64))
        met = last >= first
        triangle, row, first, last = triangle[met], row[met], first[met], last[met]
        for line, along_row in places_in_boxes(first[:, None], (last - first + 1)[:, None]):
            yield triangle[line], np.column_stack([along_row[:, 0], row[line, 0]])


def _interval(corners: Doubles, height: Doubles) -> tuple[Doubles, Doubles]:
    """Return both ends `(p,)` of the interval of a horizontal line inside triangle p `(p, 3, 2)`."""
    start, end = corners, corners[:, (1, 2, 0)]
    rise = end[:, :, 1] - start[:, :, 1]
    level = np.abs(rise) < _LEVEL
    part = (height[:, None] - start[:, :, 1]) / np.where(level, 1.0, rise)
    crossed = ~level & (part >= -_LEVEL) & (part <= 1 + _LEVEL)
    where = start[:, :, 0] + part.clip(0, 1) * (end[:, :, 0] - start[:, :, 0])
    # The crossing of an edge that is nearly level is undefined: the whole edge is taken.
    beside = level & (np.abs(height[:, None] - start[:, :, 1]) < 2 * _LEVEL)
    low = np.where(beside, np.minimum(start[:, :, 0], end[:, :, 0]), np.where(crossed, where, np.inf))
    high = np.where(beside, np.maximum(start[:, :, 0], end[:, :, 0]), np.where(crossed, where, -np.inf))
    low, high = low.min(axis=1), high.max(axis=1)
    found = low <= high
    return np.where(found, low, 1.0), np.where(found, high, 0.0)


def _intersect(corners: Doubles, depth: Doubles) -> tuple[NDArray[np.bool_], Doubles, Doubles]:
    """Return which triangles `(p, 3, 2)` contain the origin, and for those the crossing's sign and depth."""
    next_corners = corners[:, (1, 2, 0)]
    # Swapping an edge's ends flips the sign of this exactly, so no ray passes between two neighbours.
    areas = corners[:, :, 0] * next_corners[:, :, 1] - next_corners[:, :, 0] * corners[:, :, 1]
    met: NDArray[np.bool_] = np.logical_or((areas > 0).all(axis=1), (areas < 0).all(axis=1))
    areas = areas[met]
    total = areas.sum(axis=1)
    # areas[i] belongs to the edge from corner i, and so is the barycentric weight of the opposite corner.
    where = (areas * depth[met][:, (2, 0, 1)]).sum(axis=1) / total
    return met, -np.sign(total), where


def crossings_before(counts: Integers, axis: int) -> Integers:
    """Sum the crossings in front of each cell's centre: `(32, 32, 32)`, indexed `[x, y, z]`."""
    return to_xyz(np.cumsum(counts, axis=2)[:, :, :RESOLUTION], axis)


def to_xyz(rays: NDArray, axis: int) -> NDArray:
    """Transpose an array whose last axis runs along the rays of `axis` to `[x, y, z]` order."""
    return np.moveaxis(rays, (0, 1, 2), ((axis + 1) % 3, (axis + 2) % 3, axis))


def to_rays(cells: NDArray, axis: int) -> NDArray:
    """Transpose an array `[x, y, z]` so that its last axis runs along the rays of `axis`."""
    return np.moveaxis(cells, ((axis + 1) % 3, (axis + 2) % 3, axis), (0, 1, 2))
