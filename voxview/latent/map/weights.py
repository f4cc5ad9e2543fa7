"""Inverse distance weights of the chairs around a position on a map, which give empty positions a latent."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.latent.map.projection import Points
from voxview.shapes.frame import Doubles, Floats


def weights_at(points: Points, at: tuple[float, float], k: int = 3) -> tuple[NDArray[np.intp], Doubles]:
    """Return the indices of the k points nearest to a position, nearest first, and their weights (sum 1).

    Inverse distance weights (Shepard, "A two-dimensional interpolation function for irregularly-spaced
    data", 1968, with exponent 1). At a point itself, its weight is 1.
    """
    distances = np.hypot(*(points - np.asarray(at)).T)
    near = (
        np.argpartition(distances, min(k, len(points)) - 1)[:k] if len(points) > k else np.arange(len(points))
    )
    near = near[np.argsort(distances[near], kind="stable")]
    close = distances[near]
    if len(close) and close[0] == 0:
        weights = (np.arange(len(close)) == 0).astype(np.float64)
    else:
        weights = close[:1] / close  # relative to the nearest: no overflow beside a point
    return near, weights / max(weights.sum(), 1e-300)


def weighted_latent(latents: Floats, weights: Doubles) -> Floats:
    """Return the sum `(8, 8)` of latents `(k, 8, 8)` with weights `(k,)`."""
    return np.tensordot(weights, latents, axes=1).astype(np.float32)
