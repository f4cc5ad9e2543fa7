"""Which cells of the grid a set of triangles passes through, exactly.

The separating-axis test of Schwarz and Seidel, "Fast Parallel Surface and Solid Voxelization on GPUs"
(2010), section 4: a triangle and a cell overlap if the cell straddles the triangle's plane and their three
projections overlap.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.shapes.boxes import places_in_boxes
from voxview.shapes.frame import RESOLUTION, Grid

Corners = NDArray[np.float64]
"""Triangles `(m, 3 corners, 3 axes)` in cell units: cell (i, j, k) is [i, i+1] × [j, j+1] × [k, k+1]."""

_PROJECTIONS = ((0, 1, 2), (1, 2, 0), (2, 0, 1))
"""The two axes of each projection, and the one that it drops."""


def cells_touched(corners: Corners) -> Grid:
    """The cells, `bool (32, 32, 32)`, that at least one triangle overlaps."""
    touched = np.zeros((RESOLUTION,) * 3, np.bool_)
    low = np.floor(corners.min(axis=1)).astype(np.int64)
    high = np.floor(corners.max(axis=1)).astype(np.int64)
    inside = ((high >= 0) & (low < RESOLUTION)).all(axis=1)
    corners, low, high = corners[inside], low[inside], high[inside]
    # Where only one axis spans several cells, each of them is met: the triangle is in one piece.
    simple = (high > low).sum(axis=1) <= 1
    low = low.clip(0)
    spans = high.clip(None, RESOLUTION - 1) - low + 1
    for _, cells in places_in_boxes(low[simple], spans[simple]):
        touched[tuple(cells.T)] = True
    corners, low, spans = corners[~simple], low[~simple], spans[~simple]
    for triangle, cells in places_in_boxes(low, spans):
        new = ~touched[tuple(cells.T)]  # most cells of a fine mesh are known after a few of its triangles
        triangle, cells = triangle[new], cells[new]
        touched[tuple(cells[_overlaps(corners[triangle], cells)].T)] = True
    return touched


def _overlaps(corners: Corners, cells: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether triangle p overlaps cell p, `(p,)`, given that their bounding boxes do."""
    edges = corners[:, (1, 2, 0)] - corners
    normal = np.cross(edges[:, 0], edges[:, 1])
    relative = corners - cells[:, None, :]
    # The cell straddles the plane if its corners furthest along and against the normal are on two sides.
    middle = np.einsum("pa,pa->p", normal, relative[:, 0])
    met = (middle >= np.minimum(normal, 0).sum(1)) & (middle <= np.maximum(normal, 0).sum(1))
    for a, b, dropped in _PROJECTIONS:
        side = np.where(normal[:, dropped] >= 0, 1.0, -1.0)[:, None]
        out_a, out_b = -edges[:, :, b] * side, edges[:, :, a] * side
        reach = np.maximum(out_a, 0) + np.maximum(out_b, 0)
        met &= (reach >= out_a * relative[:, :, a] + out_b * relative[:, :, b]).all(axis=1)
    return met
