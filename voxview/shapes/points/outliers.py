"""Outliers: points with few neighbours, and small pieces far from the rest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from voxview.shapes.frame import Doubles
from voxview.shapes.points.pieces import label_pieces
from voxview.shapes.points.thin import robust_box

NEIGHBOURS = 4
FARTHER = 5.0
"""How many times the median distance of a point's fourth neighbour that of an outlier is, at least."""
LEAST_DISTANCE = 0.03
"""And at least this share of the longest side: sparse clouds are uneven."""
SMALL_SHARE, SMALL = 0.005, 25
"""A piece with less than this share and fewer points than this is an outlier, too."""


def is_outlier(points: Doubles) -> NDArray[np.bool_]:
    """Return which of the points `(n, 3)` are no part of the chair, `(n,)`."""
    distances = cKDTree(points).query(points, NEIGHBOURS + 1, workers=-1)[0][:, -1]
    size = float(robust_box(points)[1].max())
    far = distances > max(FARTHER * float(np.median(distances)), LEAST_DISTANCE * size)
    kept = np.flatnonzero(~far)
    if len(kept):
        pieces = label_pieces(points[kept])
        counts = np.bincount(pieces)
        small = counts < min(SMALL, SMALL_SHARE * len(points))
        far[kept[small[pieces]]] = True
    return far
