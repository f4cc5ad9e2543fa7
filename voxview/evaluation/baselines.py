"""The methods that a network is compared with: each is an encoder, a straight line and a decoder."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import LEVEL
from voxview.model.autoencoder import Autoencoder
from voxview.shapes.components import without_small_components
from voxview.shapes.frame import Grids

Encodings = NDArray[np.float32]
"""What a method blends: a row for each chair, `(n, …)`."""


class Method(Protocol):
    """A way from chairs to blends of two chairs: decode((1 − t)·encode(a) + t·encode(b))."""

    @property
    def name(self) -> str:
        """The name in the report."""

    @property
    def compresses(self) -> bool:
        """Whether it encodes a chair in a few numbers: then its reconstructions are worth measuring."""

    def encode(self, grids: Grids) -> Encodings:
        """Return the encodings `(n, …)` of grids `(n, 32, 32, 32)`."""

    def decode(self, encodings: Encodings) -> Grids:
        """Return the grids `(n, 32, 32, 32)` of encodings `(n, …)`, already cut at the level."""


class NetworkMethod:
    """An autoencoder: 64 numbers, blended as the slider blends them, its field cut at 0.5."""

    compresses = True

    def __init__(self, autoencoder: Autoencoder, name: str) -> None:
        self.name = name
        self._autoencoder = autoencoder

    def encode(self, grids: Grids) -> Encodings:
        """Return latents `(n, 8, 8)`."""
        return self._autoencoder.encode(grids)

    def decode(self, encodings: Encodings) -> Grids:
        """Return the decoded fields, cut at 0.5."""
        return self._autoencoder.decode(encodings) > LEVEL


class VoxelBlend:
    """The naive blend: (1 − t)·a + t·b of the two grids, cut above 0.5.

    Grids are 0 and 1, so it is chair A for t < 0.5 and chair B for t > 0.5, whole and standing like
    them; at t = 0.5 a voxel of one chair alone is exactly 0.5, a tie, which is not above the level: what
    both chairs occupy is left.
    """

    name = "voxel blend"
    compresses = False

    def encode(self, grids: Grids) -> Encodings:
        """Return the voxels themselves as 0 and 1, `(n, 32, 32, 32)`."""
        return grids.astype(np.float32)

    def decode(self, encodings: Encodings) -> Grids:
        """Return the voxels above 0.5."""
        return encodings > LEVEL


class DistanceBlend:
    """A blend of signed distances: what voxel blending can do at its best, for it does move between t's.

    The encoding is each voxel's Euclidean distance to the surface, in voxels, positive inside; the blend is
    where the mean distance is positive. (Cohen-Or, Solomovic and Levin 1998, without their warp.)
    """

    name = "distance blend"
    compresses = False

    def encode(self, grids: Grids) -> Encodings:
        """Return signed distances `(n, 32, 32, 32)`, from voxel centres to the faces between."""
        return np.stack([_signed_distance(grid) for grid in grids])

    def decode(self, encodings: Encodings) -> Grids:
        """Return the voxels with a positive distance."""
        return encodings > 0


class WithoutSmallComponents:
    """Another method, whose decoded grids lose the connected components below `share` of their voxels."""

    def __init__(self, method: Method, share: float) -> None:
        self.name, self.compresses = method.name, method.compresses
        self.encode = method.encode
        self._method, self._share = method, share

    def decode(self, encodings: Encodings) -> Grids:
        """Return what the method decodes, without its small components."""
        return np.stack(
            [without_small_components(grid, self._share) for grid in self._method.decode(encodings)]
        )


def _signed_distance(grid: NDArray[np.bool_]) -> NDArray[np.float32]:
    from scipy.ndimage import distance_transform_edt

    if grid.all() or not grid.any():  # no surface to be away from
        return np.where(grid, np.float32(1), np.float32(-1))
    # Inside, 1 is the distance from a surface voxel to the next empty one; half a voxel of it is its own.
    inside, outside = distance_transform_edt(grid), distance_transform_edt(~grid)
    return np.where(grid, inside - 0.5, 0.5 - outside).astype(np.float32)
