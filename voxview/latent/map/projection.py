"""Principal component analysis of latents: the plane in which a catalog varies most."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from voxview.shapes.frame import AnyFloats, Doubles

Points = Doubles
"""Points of a map, `(n, 2)`."""


@dataclass(frozen=True)
class Plane:
    """Two orthonormal directions through the mean of some latents (principal component analysis)."""

    mean: Doubles
    """Mean latent, `(64,)`."""
    axes: Doubles
    """`(2, 64)`, the direction of most variance first."""
    share: float
    """Share of the latents' variance that lies in the plane, in [0, 1]: a map cannot show the rest."""

    def project(self, latents: AnyFloats) -> Points:
        """Project latents `(n, 8, 8)` or `(n, 64)` on the plane: points `(n, 2)`."""
        return (_flat(latents) - self.mean) @ self.axes.T


def principal_plane(latents: AnyFloats) -> Plane:
    """Return the plane of the two principal components of latents `(n, 8, 8)` or `(n, 64)`.

    The sign of a principal component is arbitrary; here its largest entry is positive, so that the same
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


def _flat(latents: AnyFloats) -> Doubles:
    return np.asarray(latents, np.float64).reshape(len(latents), math.prod(latents.shape[1:]))
