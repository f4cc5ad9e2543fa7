"""Where rays through the centres of the cells cross a set of triangles."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from voxview.shapes.boxes import Integers, places_in_boxes
from voxview.shapes.frame import RESOLUTION
from voxview.shapes.overlap import Corners

_AWAY = (1.3719e-7, 0.7283e-7)
"""Rays pass this far (in cells) beside the centres: vertices of extracted surfaces lie exactly on them."""


_TO_SPARE = 1e-3
_LEVEL = 1e-6
"""Cells that an edge rises over its length, below which rounding could move its crossing by `_TO_SPARE`."""


def crossings(corners: Corners, axis: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count the crossings of each ray along `axis`, by the first cell whose centre is behind them.

    Returns `(signed, plain)`, each `(32, 32, 33)` with the ray's axis last: signed counts +1 for a face
    that points against the ray (going in) and −1 for one that points along it; the last bin is behind all.
    """
    a, b = (axis + 1) % 3, (axis + 2) % 3
    shape = (RESOLUTION, RESOLUTION, RESOLUTION + 1)
    signed, plain = np.zeros(shape, np.int64).ravel(), np.zeros(shape, np.int64).ravel()
    origin = np.array([0.5 + _AWAY[0], 0.5 + _AWAY[1]])
    flat = corners[:, :, (a, b)]
    low = np.ceil(flat.min(axis=1) - origin).clip(0, RESOLUTION).astype(np.int64)
    high = np.floor(flat.max(axis=1) - origin).clip(-1, RESOLUTION - 1).astype(np.int64)
    spans = (high - low + 1).clip(0)
    hit = spans.prod(axis=1) > 0
    flat, depth, low, spans = flat[hit], corners[hit][:, :, axis], low[hit], spans[hit]
    for triangle, ray in _rays_near(flat, low, spans, origin):
        met, into, where = _meet(flat[triangle] - (ray + origin)[:, None], depth[triangle])
        cell = np.ceil(where - 0.5).clip(0, RESOLUTION).astype(np.int64)
        index = np.ravel_multi_index((ray[met, 0], ray[met, 1], cell), shape)
        signed += np.bincount(index, into, minlength=signed.size).astype(np.int64)
        plain += np.bincount(index, minlength=plain.size)
    return signed.reshape(shape), plain.reshape(shape)


def _rays_near(
    flat: NDArray[np.float64], low: Integers, spans: Integers, origin: NDArray[np.float64]
) -> Iterator[tuple[Integers, Integers]]:
    """Triangle numbers `(p,)` and the rays `(p, 2)` that may meet them, row by row, with a little to spare.

    Of a large triangle's box most rays miss it; testing those few exactly takes a third of the time.
    """
    for triangle, row in places_in_boxes(low[:, 1:], spans[:, 1:]):
        left, right = _interval(flat[triangle], row[:, 0] + origin[1])
        first = np.maximum(low[triangle, 0], np.ceil(left - origin[0] - _TO_SPARE).astype(np.int64))
        last = low[triangle, 0] + spans[triangle, 0] - 1
        last = np.minimum(last, np.floor(right - origin[0] + _TO_SPARE).astype(np.int64))
        met = last >= first
        triangle, row, first, last = triangle[met], row[met], first[met], last[met]
        for line, along_row in places_in_boxes(first[:, None], (last - first + 1)[:, None]):
            yield triangle[line], np.column_stack([along_row[:, 0], row[line, 0]])


def _interval(
    corners: NDArray[np.float64], height: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """From where to where, `(p,)` each, a line at a height that meets triangle p `(p, 3, 2)` is inside it."""
    start, end = corners, corners[:, (1, 2, 0)]
    rise = end[:, :, 1] - start[:, :, 1]
    level = np.abs(rise) < _LEVEL
    part = (height[:, None] - start[:, :, 1]) / np.where(level, 1.0, rise)
    crossed = ~level & (part >= -_LEVEL) & (part <= 1 + _LEVEL)
    where = start[:, :, 0] + part.clip(0, 1) * (end[:, :, 0] - start[:, :, 0])
    # An edge that is nearly level says nothing about where it is crossed: all of it is taken.
    beside = level & (np.abs(height[:, None] - start[:, :, 1]) < 2 * _LEVEL)
    low = np.where(beside, np.minimum(start[:, :, 0], end[:, :, 0]), np.where(crossed, where, np.inf))
    high = np.where(beside, np.maximum(start[:, :, 0], end[:, :, 0]), np.where(crossed, where, -np.inf))
    low, high = low.min(axis=1), high.max(axis=1)
    found = low <= high
    return np.where(found, low, 1.0), np.where(found, high, 0.0)


def _meet(
    corners: NDArray[np.float64], depth: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    """Which triangles `(p, 3, 2)` hold the origin; and for those the sign and the depth of the crossing."""
    following = corners[:, (1, 2, 0)]
    # Swapping the ends of an edge flips the sign of this exactly, so neighbours never both miss a ray.
    areas = corners[:, :, 0] * following[:, :, 1] - following[:, :, 0] * corners[:, :, 1]
    met: NDArray[np.bool_] = np.logical_or((areas > 0).all(axis=1), (areas < 0).all(axis=1))
    areas = areas[met]
    total = areas.sum(axis=1)
    # areas[i] belongs to the edge from corner i, and so weighs the corner opposite to it.
    where = (areas * depth[met][:, (2, 0, 1)]).sum(axis=1) / total
    return met, -np.sign(total), where


def behind(counts: NDArray[np.int64], axis: int) -> NDArray[np.int64]:
    """Crossings in front of each cell's centre, `(32, 32, 32)` indexed `[x, y, z]`, from `crossings`."""
    return along(np.cumsum(counts, axis=2)[:, :, :RESOLUTION], axis)


def along(rays: NDArray, axis: int) -> NDArray:
    """Put an array whose last axis runs along the rays of `axis` into `[x, y, z]` order."""
    return np.moveaxis(rays, (0, 1, 2), ((axis + 1) % 3, (axis + 2) % 3, axis))
