"""Ambient occlusion from the voxels: how open each point of a surface is, and the shadow on the floor.

For pictures that change with a slider: it takes a third of a millisecond. `surface.light` is the slower model
of the software renderer. Blurs are products with small matrices.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from voxview.shapes.frame import Field, Floats, Grid

_COARSE = 2
"""Voxels along an edge of a sample of the blurred occupancy."""
_BLUR = 2.6
"""Standard deviation of the blur, in voxels: how far off a neighbour still shades."""
_MARGIN = 4
"""Samples around the cube: there, the occupancy of a chair that touches its face fades."""
_OFF = 2.4
"""Voxels along the normal from a point to where the blurred occupancy is read."""
_DARKEST = 0.42
_FROM_BELOW = 0.14
"""How much darker a face is that looks down than one that looks up: light comes from the sky."""
_STANDING = 3
"""Layers of voxels above the floor that count as standing on it."""


def openness(shape: Grid | Field, points: Floats, normals: Floats) -> Floats:
    """Return the share of light from all around that reaches points, `float32 (n,)` in (0, 1].

    `points (n, 3)` lie on the surface of a grid or field `(m, m, m)`, in the frame, with unit `normals`.
    The more occupied it is before a point, the darker it is; what looks down is darker, too.
    """
    near = _blurred(np.asarray(shape, np.float32))
    at = points + normals * np.float32(_OFF / len(shape))
    crowded = _sampled(near, at, len(shape) // _COARSE)
    sky = np.float32(1 - _FROM_BELOW) + np.float32(_FROM_BELOW) * normals[:, 1]
    return np.clip((1.16 - 1.7 * crowded) * sky, np.float32(_DARKEST), np.float32(1.0))


def floor_shade(shape: Grid | Field, points: Floats) -> Floats:
    """Return how dark the floor is below a chair, `float32 (n,)` in [0, 1], at points `(n, 2)` of x and z.

    Voxels that stand on the floor darken it most, those above it less and over a larger area.
    """
    solid = np.asarray(shape, np.float32)
    occupied = solid.max(axis=(0, 2)) > 0.5
    if not occupied.any():
        return np.zeros(len(points), np.float32)
    above = solid[:, int(occupied.argmax()) :]
    height = np.arange(above.shape[1], dtype=np.float32)
    standing = above[:, :_STANDING].sum(axis=1) / _STANDING
    contact = np.minimum(2.4 * _blurred_plane(standing, 1.1), 1)
    hanging = _blurred_plane((above * np.exp(-height / 16)[None, :, None]).max(axis=1), 3.0)
    dark = np.maximum(0.9 * contact, 0.75 * hanging)
    return _sampled_plane(dark, points, len(solid))


# ---- blurring -------------------------------------------------------------------------------------------


def _blurred(field: Floats) -> Floats:
    """Return the blurred occupancy of blocks of 2×2×2 voxels, with a margin on all sides.

    Halved before it is blurred: products of this size stay on one thread. The threads of larger ones wait for
    the next one at full speed, which costs the drawing half of its own on two cores.
    """
    field = field[::2] + field[1::2]
    field = field[:, ::2] + field[:, 1::2]
    field = (field[:, :, ::2] + field[:, :, 1::2]) * np.float32(1 / _COARSE**3)
    blur = _blur_matrix(len(field), _BLUR / _COARSE, _MARGIN)
    for _ in range(3):  # each turn blurs the first axis and makes it the last
        field = np.tensordot(field, blur, (0, 1))
    return field


def _blurred_plane(plane: Floats, sigma: float) -> Floats:
    blur = _blur_matrix(len(plane), sigma, 2 * _MARGIN)
    return np.asarray(blur @ plane @ blur.T, np.float32)


@cache
def _blur_matrix(size: int, sigma: float, margin: int) -> Floats:
    """Return a Gaussian blur `(size + 2 margins, size)`."""
    away = np.arange(-margin, size + margin)[:, None] - np.arange(size)[None, :]
    weights = np.exp(-0.5 * (away / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi))
    return np.ascontiguousarray(weights, np.float32)


# ---- sampling -------------------------------------------------------------------------------------------


def _sampled(values: Floats, points: Floats, samples: int) -> Floats:
    """Return values linearly interpolated at points of the frame; `samples` of them span the cube."""
    size = values.shape[0]
    place = (points + np.float32(0.5)) * np.float32(samples) + np.float32(_MARGIN - 0.5)
    np.clip(place, 0, size - 1.001, out=place)
    cell = place.astype(np.int32)
    place -= cell.astype(np.float32)  # of float32 and int32 NumPy would make float64
    x, y, z = np.ascontiguousarray(place.T)
    first = (cell[:, 0] * size + cell[:, 1]) * size + cell[:, 2]
    flat = values.ravel()

    def edge(start: NDArray[np.int32]) -> Floats:
        low = flat.take(start)
        return low + z * (flat.take(start + 1) - low)

    def face(start: NDArray[np.int32]) -> Floats:
        low = edge(start)
        return low + y * (edge(start + size) - low)

    near = face(first)
    return near + x * (face(first + size * size) - near)


def _sampled_plane(values: Floats, points: Floats, samples: int) -> Floats:
    size = values.shape[0]
    place = np.clip((points + 0.5) * samples + (2 * _MARGIN - 0.5), 0, size - 1.001)
    cell = place.astype(np.int32)
    x, z = (place - cell.astype(np.float32)).T
    flat, first = values.ravel(), cell[:, 0] * size + cell[:, 1]
    low = flat[first] + z * (flat[first + 1] - flat[first])
    high = flat[first + size] + z * (flat[first + size + 1] - flat[first + size])
    return np.asarray(low + x * (high - low), np.float32)
