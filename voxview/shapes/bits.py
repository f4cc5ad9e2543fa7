"""Grids packed to one bit a voxel, in the three layouts in use, and the fingerprint of a grid."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import RESOLUTION
from voxview.shapes.frame import Grid, Grids
from voxview.shapes.parts import NO_PART

Packed = NDArray[np.uint8]
"""Packed bytes, `uint8 (n, 4096)`: `numpy.packbits` of each grid in C order."""

PACKED_SIZE = RESOLUTION**3 // 8
"""Bytes of one packed grid."""

Words = NDArray[np.uint64]
"""Packed words, `uint64 (512, n)`: 64 voxels a word, a column a grid."""

WORDS = RESOLUTION**3 // 64
"""Words of one packed grid."""

Rows = NDArray[np.int32]
"""Packed rows, `int32 (n, 32, 32)`: bit k of word [i, j] is voxel [i, j, k]."""


def pack_bytes(grids: Grids) -> Packed:
    """Pack grids `(n, 32, 32, 32)` to bytes `(n, 4096)`, for storage: an eighth of their memory."""
    return np.packbits(grids.reshape(len(grids), RESOLUTION**3), axis=1)


def unpack_bytes(packed: Packed) -> Grids:
    """Unpack bytes `(n, 4096)` to grids `(n, 32, 32, 32)`, the inverse of `pack_bytes`."""
    return np.unpackbits(packed, axis=1).view(bool).reshape(-1, *(RESOLUTION,) * 3)


def pack_words(grids: Grids) -> Words:
    """Pack grids `(n, 32, 32, 32)` to words `(512, n)`, for IoU with many grids: 24 MB for 5,778 chairs.

    A row holds the same 64 voxels of every chair, so that rows in which a query is empty are never read.
    """
    return np.ascontiguousarray(pack_bytes(grids).view(np.uint64).T)


def pack_rows(grids: Grids) -> Rows:
    """Pack grids `(n, 32, 32, 32)` to rows `(n, 32, 32)` along z, as `kernels/score.cu` reads them."""
    return np.packbits(grids, axis=-1, bitorder="little").view("<i4")[..., 0]


def fingerprint_text(number: int) -> str:
    """Return a `fingerprint` as files and ids have it: 16 hexadecimal digits."""
    return f"{number & (1 << 64) - 1:016x}"


def pack_labels(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pack labelled grids `(n, 32, 32, 32)` to three bits a voxel, `(n, 3, 4096)`.

    Planes: whether it is occupied, and the lower and the upper bit of its part.
    """
    occupied = labels != NO_PART
    planes = (occupied, labels & 1 & occupied, labels >> 1 & occupied)
    return np.stack([pack_bytes(plane.astype(bool)) for plane in planes], axis=1)


def unpack_labels(packed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Unpack `(n, 3, 4096)` to labelled grids `(n, 32, 32, 32)`, the inverse of `pack_labels`."""
    occupied, low, high = (unpack_bytes(packed[:, plane]) for plane in range(3))
    return np.where(occupied, low + 2 * high.astype(np.uint8), NO_PART).astype(np.uint8)


def fingerprint(grid: Grid) -> int:
    """Return a signed 64-bit hash of a grid: BLAKE2b of its packed bytes, so that equal grids share it."""
    digest = hashlib.blake2b(pack_bytes(grid[None]).tobytes(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
