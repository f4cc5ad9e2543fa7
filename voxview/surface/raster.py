"""A software rasterizer in NumPy: the visible triangle at each pixel.

Not VTK: in the window its calls belong to the GUI's thread, while thumbnails are drawn on another one, and a
command that writes a picture should not need OpenGL. matplotlib has no depth buffer: it paints triangles in
the order of their mean depth, which is wrong where they overlap.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from voxview.shapes.frame import AnyFloats, AnyIntegers

_EDGE = 1e-9
"""Pixels by which a face reaches over its edges. Each of two faces computes where their shared edge crosses a
row for itself, with errors of 1e-12: a pixel's centre that lies on it would be in neither."""


class Fragments(NamedTuple):
    """The visible points, one for each covered pixel."""

    pixels: AnyIntegers
    """(k,) positions in the picture, row · width + column."""
    faces: AnyIntegers
    """(k,) indices of the faces that are visible there."""
    weights: AnyFloats
    """(k, 3) barycentric weights of the face's corners."""

    def interpolate(self, values: AnyFloats, faces: AnyIntegers) -> AnyFloats:
        """Interpolate `values (n, c)` at the vertices of `faces (m, 3)` at each fragment: (k, c)."""
        corners = faces[self.faces]
        total = self.weights[:, 0, None] * values[corners[:, 0]]
        for corner in (1, 2):
            total += self.weights[:, corner, None] * values[corners[:, corner]]
        return total


def rasterize(points: AnyFloats, faces: AnyIntegers, width: int, height: int) -> Fragments:
    """Find the nearest front face at every pixel's centre.

    `points (n, 3)` are in pixels, x to the right, y **down**, and a depth that is greater when nearer;
    pixel (column, row) has its centre at the whole numbers. `faces (m, 3)` that are clockwise with y down
    (counter-clockwise to the eye) are front faces; back faces are culled.

    A triangle meets a row of pixels in one span, the intersection of its three half-planes. So one pass
    over (triangle, row) pairs gives the spans, and no pixel outside of a triangle is ever tested.
    """
    corners = points[faces]  # (m, 3 corners, 3)
    a, b, c, area = _half_planes(corners[:, :, 0], corners[:, :, 1])
    front = np.flatnonzero(area > 1e-9)
    first = np.maximum(np.ceil(corners[front, :, 1].min(axis=1)), 0).astype(np.int64)
    last = np.minimum(np.floor(corners[front, :, 1].max(axis=1)), height - 1).astype(np.int64)
    of_row, y = _ranges(first, np.maximum(last - first + 1, 0))
    face = front[of_row]

    reach = c + _EDGE * np.hypot(a, b)
    start, count = _spans(a[face], b[face] * y[:, None] + reach[face], width)
    of_fragment, x = _ranges(start, count)
    face, y = face[of_fragment], y[of_fragment]

    slopes = np.stack([(side * corners[:, :, 2]).sum(axis=1) for side in (a, b, c)]) / np.where(area, area, 1)
    depth = slopes[0][face] * x + slopes[1][face] * y + slopes[2][face]
    pixels = y * width + x
    nearest = np.full(width * height, -np.inf)
    np.maximum.at(nearest, pixels, depth)
    visible = np.flatnonzero(depth >= nearest[pixels])
    # Along a shared edge two faces may be equally near: keep one of them.
    owner = np.full(width * height, -1)
    owner[pixels[visible]] = visible
    visible = owner[owner >= 0]
    face, x, y = face[visible], x[visible, None], y[visible, None]
    weights = (a[face] * x + b[face] * y + c[face]) / area[face, None]
    return Fragments(pixels[visible], face, weights.clip(0, 1))


def _half_planes(x: AnyFloats, y: AnyFloats) -> tuple[AnyFloats, AnyFloats, AnyFloats, AnyFloats]:
    """Return a, b, c (m, 3) of the edge functions a·x + b·y + c, ≥ 0 inside, and twice the area (m,).

    Column i belongs to the edge opposite corner i.
    """
    next_corners, after = (1, 2, 0), (2, 0, 1)
    x0, y0, x1, y1 = x[:, next_corners], y[:, next_corners], x[:, after], y[:, after]
    a, b = y1 - y0, x0 - x1
    c = -(a * x0 + b * y0)
    return a, b, c, c.sum(axis=1)


def _spans(a: AnyFloats, rest: AnyFloats, width: int) -> tuple[AnyIntegers, AnyIntegers]:
    """Return first column and number of columns where every a·x + rest ≥ 0, for each row of (k, 3)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = -rest / a
    low = np.where(a > 0, crossing, 0.0).max(axis=1)
    high = np.where(a < 0, crossing, width - 1.0).min(axis=1)
    outside = ((a == 0) & (rest < 0)).any(axis=1)
    start = np.ceil(np.maximum(low, 0)).astype(np.int64)
    end = np.floor(np.minimum(high, width - 1)).astype(np.int64)
    return start, np.where(outside, 0, np.maximum(end - start + 1, 0))


def _ranges(start: AnyIntegers, count: AnyIntegers) -> tuple[AnyIntegers, AnyIntegers]:
    """Return the i of each number in the ranges start[i] … start[i] + count[i] − 1, and the numbers."""
    owner = np.repeat(np.arange(len(count)), count)
    step = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    return owner, start[owner] + step
