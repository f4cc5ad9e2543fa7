"""Nearest neighbours, and two measures of how well a map preserves them."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
from numpy.typing import NDArray

from voxview.shapes.frame import Doubles
from voxview.to_end import run_to_end

Indices = NDArray[np.intp]

_ROWS = 256
"""Rows of the distance matrix at a time: 12 MB for 6,000 points, and 0.1 s."""


def nearest_neighbours(points: Doubles, k: int) -> tuple[Indices, Doubles]:
    """Return indices and distances, `(n, k)` each, of the k nearest others of points `(n, d)`, nearest first.

    Exact, by brute force: 6,000 points of 64 numbers take about a second on two cores.
    """
    return run_to_end(nearest_neighbours_in_steps(points, k))


def search_steps(n: int) -> int:
    """Return how often `nearest_neighbours_in_steps` yields for n points."""
    return -(-n // _ROWS)


def nearest_neighbours_in_steps(points: Doubles, k: int) -> Generator[None, None, tuple[Indices, Doubles]]:
    """Return what `nearest_neighbours` does, as a generator that yields about every 0.1 s."""
    n = len(points)
    k = min(k, n - 1)
    norms = (points * points).sum(axis=1)
    places, distances = np.empty((n, k), np.intp), np.empty((n, k))
    for start in range(0, n, _ROWS):
        rows = np.arange(start, min(start + _ROWS, n))
        squares = norms[rows, None] + norms - 2 * points[rows] @ points.T  # (rows, n)
        squares[np.arange(len(rows)), rows] = np.inf
        near = np.argpartition(squares, k - 1, axis=1)[:, :k]
        near_squares = np.take_along_axis(squares, near, axis=1)
        order = np.argsort(near_squares, axis=1, kind="stable")
        places[rows] = np.take_along_axis(near, order, axis=1)
        distances[rows] = np.sqrt(np.maximum(np.take_along_axis(near_squares, order, axis=1), 0))
        yield
    return places, distances


def trustworthiness(points: Doubles, map_points: Doubles, k: int = 15) -> float:
    """Return the trustworthiness of a map: 1 if all neighbours on it are true neighbours, 0.5 by chance.

    Venna and Kaski, "Neighborhood preservation in nonlinear projection methods" (2001), eq. 3: of each
    point's k neighbours on the map, those that are not among its k true ones are penalised by their rank in
    the true order. Sorts the full distance matrix: for some thousand points at most, with k below n/2.
    """
    n = len(points)
    norms = (points * points).sum(axis=1)
    squares = norms[:, None] + norms - 2 * points @ points.T
    np.fill_diagonal(squares, np.inf)
    ranks = np.argsort(np.argsort(squares, axis=1), axis=1) + 1  # the nearest is 1
    shown, _ = nearest_neighbours(map_points, k)
    beyond = np.maximum(np.take_along_axis(ranks, shown, axis=1) - k, 0)
    return float(1 - 2 / (n * k * (2 * n - 3 * k - 1)) * beyond.sum())


def kept_neighbours(points: Doubles, map_points: Doubles, k: int = 15) -> float:
    """Return the mean share of each point's k true neighbours that are among its k neighbours on the map."""
    true, shown = nearest_neighbours(points, k)[0], nearest_neighbours(map_points, k)[0]
    return float(np.mean([len(np.intersect1d(a, b)) / k for a, b in zip(true, shown, strict=True)]))
