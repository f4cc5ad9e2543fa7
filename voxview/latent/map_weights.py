"""A place on a map → the chairs around it and what each weighs: how an empty spot gets a shape."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.latent.projection import Points


def weights_at(
    points: Points, at: tuple[float, float], k: int = 3
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The k points of a map nearest to a place, nearest first, and their weights, which sum to 1.

    Inverse distance weights (Shepard, "A two-dimensional interpolation function for irregularly-spaced
    data", 1968, with exponent 1): the nearer, the more, and at a point itself that point alone.
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
        weights = close[:1] / close  # of the nearest as 1: no overflow beside a point
    return near, weights / max(weights.sum(), 1e-300)


def weighted_latent(latents: NDArray[np.float32], weights: NDArray[np.float64]) -> NDArray[np.float32]:
    """Latents `(k, 8, 8)` and their weights `(k,)` → their weighted sum `(8, 8)`."""
    return np.tensordot(weights, latents, axes=1).astype(np.float32)
