"""Principal components of the voxels: the linear autoencoder with as many numbers as the network has."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import LEVEL, RESOLUTION
from voxview.evaluation.baselines import Encodings
from voxview.shapes.frame import Grids

COMPONENTS = 64
_OVERSAMPLING = 16
"""Directions beyond the requested ones, which are dropped after the iteration."""
_ITERATIONS = 6
"""A test compares the variance that they explain with the exact decomposition's."""
_BLOCK = 512
"""Chairs at a time."""

_Matrix = NDArray[np.float32]


class Pca:
    """Occupancies minus their mean, projected on the directions in which the fitted chairs differ most.

    The directions come from a randomised subspace iteration with a fixed seed (Halko, Martinsson and
    Tropp 2011, algorithm 4.4): of 5,048 chairs in seconds, where the exact decomposition takes minutes.
    """

    compresses = True

    def __init__(self, chairs: Grids, components: int = COMPONENTS) -> None:
        """Fit `components`, or as many as n chairs `(n, 32, 32, 32)` have: n − 1."""
        flat = chairs.reshape(len(chairs), -1)
        self._mean = flat.mean(axis=0, dtype=np.float32)  # (v,)
        self._directions = _directions(flat, self._mean, min(components, len(chairs) - 1))  # (v, c)
        self.name = f"PCA-{self._directions.shape[1]}"

    def encode(self, grids: Grids) -> Encodings:
        """Return the coordinates on the c components, `(n, c)`."""
        return _times(grids.reshape(len(grids), -1), self._mean, self._directions)

    def decode(self, encodings: Encodings) -> Grids:
        """Return the reconstructed occupancies, cut above 0.5 as the network's field is."""
        flat = encodings @ self._directions.T + self._mean > LEVEL
        return flat.reshape(len(encodings), *(RESOLUTION,) * 3)


def _directions(flat: NDArray[np.bool_], mean: _Matrix, components: int) -> _Matrix:
    """Return the first right singular vectors of the centred chairs, `(n, v)` → `(v, components)`."""
    n, voxels = flat.shape
    width = min(components + _OVERSAMPLING, n)
    basis = np.random.default_rng(0).standard_normal((voxels, width), np.float32)
    for _ in range(_ITERATIONS):
        basis = np.linalg.qr(_transposed_times(flat, mean, _times(flat, mean, basis)))[0]
    projected = _times(flat, mean, basis).astype(np.float64)  # (n, width)
    _, vectors = np.linalg.eigh(projected.T @ projected)  # smallest first
    return np.ascontiguousarray(basis @ vectors[:, ::-1][:, :components].astype(np.float32))


def _times(flat: NDArray[np.bool_], mean: _Matrix, matrix: _Matrix) -> _Matrix:
    """Return (chairs − mean) · matrix, a block of chairs at a time: as floats all would take 0.7 GB."""
    parts = [flat[i : i + _BLOCK].astype(np.float32) @ matrix for i in range(0, len(flat), _BLOCK)]
    return np.concatenate(parts) - mean @ matrix


def _transposed_times(flat: NDArray[np.bool_], mean: _Matrix, matrix: _Matrix) -> _Matrix:
    """Return (chairs − mean)ᵀ · matrix, computed in the same way: `(n, k)` → `(v, k)`."""
    product = -np.outer(mean, matrix.sum(axis=0))
    for i in range(0, len(flat), _BLOCK):
        product += flat[i : i + _BLOCK].astype(np.float32).T @ matrix[i : i + _BLOCK]
    return product
