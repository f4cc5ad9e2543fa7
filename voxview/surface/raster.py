"""Triangles to pixels without a graphics library: which triangle is seen where, in NumPy alone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]


class Fragments(NamedTuple):
    """The visible points, one for each covered pixel."""

    pixels: Ints
    """(k,) positions in the picture, row · width + column."""
    faces: Ints
    """(k,) which face is seen there."""
    weights: Floats
    """(k, 3) barycentric weights of the face's corners."""

    def interpolate(self, values: Floats, faces: Ints) -> Floats:
        """`values (n, c)` at the vertices of `faces (m, 3)`, interpolated at each point: (k, c)."""
        corners = faces[self.faces]
        total = self.weights[:, 0, None] * values[corners[:, 0]]
        for corner in (1, 2):
            total += self.weights[:, corner, None] * values[corners[:, corner]]
        return total


def rasterize(points: Floats, faces: Ints, width: int, height: int) -> Fragments:
    """The nearest front side at every pixel's centre.

    `points (n, 3)` are in pixels, x to the right, y **down**, and a depth that is greater when nearer;
    pixel (column, row) has its centre at the whole numbers. `faces (m, 3)` that are clockwise with y down
    (counter-clockwise to the eye) are seen from the front; the others are left out.

    A triangle meets a row of pixels in one span, the intersection of its three half-planes. So one pass
    over (triangle, row) pairs gives the spans, and only pixels that are inside ever exist.
    """
    corners = points[faces]  # (m, 3 corners, 3)
    a, b, c, area = _half_planes(corners[:, :, 0], corners[:, :, 1])
    front = np.flatnonzero(area > 1e-9)
    first = np.maximum(np.ceil(corners[front, :, 1].min(axis=1)), 0).astype(np.int64)
    last = np.minimum(np.floor(corners[front, :, 1].max(axis=1)), height - 1).astype(np.int64)
    of_row, y = _expand(first, np.maximum(last - first + 1, 0))
    face = front[of_row]

    start, count = _spans(a[face], b[face] * y[:, None] + c[face], width)
    of_fragment, x = _expand(start, count)
    face, y = face[of_fragment], y[of_fragment]

    slopes = np.stack([(side * corners[:, :, 2]).sum(axis=1) for side in (a, b, c)]) / np.where(area, area, 1)
    depth = slopes[0][face] * x + slopes[1][face] * y + slopes[2][face]
    pixels = y * width + x
    nearest = np.full(width * height, -np.inf)
    np.maximum.at(nearest, pixels, depth)
    seen = np.flatnonzero(depth >= nearest[pixels])
    # Two faces may be equally near, along a shared edge: either will do, but only one.
    owner = np.full(width * height, -1)
    owner[pixels[seen]] = seen
    seen = owner[owner >= 0]
    face, x, y = face[seen], x[seen, None], y[seen, None]
    weights = (a[face] * x + b[face] * y + c[face]) / area[face, None]
    return Fragments(pixels[seen], face, weights)


def _half_planes(x: Floats, y: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Coefficients (m, 3) of a·x + b·y + c, ≥ 0 inside, for the side opposite each corner; twice the area."""
    following, after = (1, 2, 0), (2, 0, 1)
    x0, y0, x1, y1 = x[:, following], y[:, following], x[:, after], y[:, after]
    a, b = y1 - y0, x0 - x1
    c = -(a * x0 + b * y0)
    return a, b, c, c.sum(axis=1)


def _spans(a: Floats, rest: Floats, width: int) -> tuple[Ints, Ints]:
    """First column and number of columns where every a·x + rest ≥ 0, for each row of (k, 3)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = -rest / a
    low = np.where(a > 0, crossing, 0.0).max(axis=1)
    high = np.where(a < 0, crossing, width - 1.0).min(axis=1)
    outside = ((a == 0) & (rest < 0)).any(axis=1)
    start = np.ceil(np.maximum(low, 0)).astype(np.int64)
    end = np.floor(np.minimum(high, width - 1)).astype(np.int64)
    return start, np.where(outside, 0, np.maximum(end - start + 1, 0))


def _expand(start: Ints, count: Ints) -> tuple[Ints, Ints]:
    """For each i the numbers start[i] … start[i] + count[i] − 1, and which i each belongs to."""
    owner = np.repeat(np.arange(len(count)), count)
    step = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    return owner, start[owner] + step
