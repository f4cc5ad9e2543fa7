"""Pieces of a cloud: points that are near each other, found on a coarse grid."""

from __future__ import annotations

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

from voxview.shapes.frame import Doubles, Integers
from voxview.shapes.points.thin import robust_box

CELLS = 24
"""Cells along the longest side: what is more than two of them apart is another piece."""
NEIGHBOURS = 4
"""In a sparse cloud cells are as large as a point is far from this neighbour in the median. Smaller ones
would have gaps between them: 1,024 points on an armchair fell into a hundred pieces."""
_MEASURED = 2000
_MOST_CELLS = 72


def label_pieces(points: Doubles) -> Integers:
    """Return the number of the piece that each of the points `(n, 3)` is in, `(n,)`; the largest is 0."""
    low, size = robust_box(points)
    edge = max(float(size.max()) / CELLS, _spacing(points), 1e-300)
    # Points far outside the box share the cells at the border of a grid that is large enough.
    cell = np.clip(np.floor((points - low) / edge) + _MOST_CELLS // 3, 0, _MOST_CELLS - 1).astype(np.int64)
    occupied = np.zeros((_MOST_CELLS,) * 3, bool)
    occupied[tuple(cell.T)] = True
    labels, _ = ndimage.label(occupied, np.ones((3, 3, 3)))
    of_points = labels[tuple(cell.T)]
    counts = np.bincount(of_points)
    rank = np.empty(len(counts), np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    return rank[of_points]


def _spacing(points: Doubles) -> float:
    """Return how far one of the points `(n, 3)` is from its neighbour number `NEIGHBOURS` in the median."""
    if len(points) <= NEIGHBOURS:
        return 0.0
    some = points[:: max(1, len(points) // _MEASURED)]
    return float(np.median(cKDTree(points).query(some, NEIGHBOURS + 1)[0][:, -1]))
