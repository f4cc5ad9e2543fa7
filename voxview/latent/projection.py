"""Latents → points in a plane, linearly: the two directions in which a catalog varies most."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""Points of a map, `(n, 2)`."""


@dataclass(frozen=True)
class Plane:
    """Two orthonormal directions through the mean of some latents (principal component analysis)."""

    mean: NDArray[np.float64]
    """`(64,)`"""
    axes: NDArray[np.float64]
    """`(2, 64)`, the direction of most variance first."""
    share: float
    """How much of the latents' variance lies in the plane, in [0, 1]: a map cannot show the rest."""

    def place(self, latents: NDArray[np.floating]) -> Points:
        """Where latents `(n, 8, 8)` or `(n, 64)` fall in the plane, `(n, 2)`."""
        return (_flat(latents) - self.mean) @ self.axes.T


def principal_plane(latents: NDArray[np.floating]) -> Plane:
    """The plane that keeps most of the variance of latents `(n, 8, 8)` or `(n, 64)`.

    A principal direction has no sign of its own; here its largest component is positive, so that the same
    chairs always make the same map. With fewer than three different latents an axis may be zero.
    """
    flat = _flat(latents)
    mean = flat.mean(axis=0) if len(flat) else np.zeros(flat.shape[1])
    centred = flat - mean
    variances, directions = np.linalg.eigh(centred.T @ centred)  # ascending
    axes = directions[:, :-3:-1].T.copy()  # (2, 64)
    largest = np.abs(axes).argmax(axis=1)
    axes *= np.sign(axes[[0, 1], largest])[:, None]
    whole = float(variances.sum())
    return Plane(mean, axes, float(variances[-2:].sum()) / whole if whole > 0 else 1.0)


def _flat(latents: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray(latents, np.float64).reshape(len(latents), math.prod(latents.shape[1:]))
