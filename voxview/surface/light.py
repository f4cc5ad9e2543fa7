"""Light on a chair without tracing rays: the brightness of its surface, and its shadow on the floor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.surface.surface import Surface

Floats = NDArray[np.floating]

_MARGIN = 10
"""Empty voxels around the chair that the floor's shadow may spread into."""


def soften(shape: NDArray[np.generic]) -> NDArray[np.float32]:
    """`shape` without its stairs: blurred by half a voxel, and every voxel still on its own side of 0.5.

    A blur alone eats legs that are one voxel thick.
    """
    from scipy.ndimage import gaussian_filter

    field = shape.astype(np.float32)
    blurred = gaussian_filter(field, 0.7, mode="constant")
    return np.where(field > 0.5, np.maximum(blurred, 0.74), np.minimum(blurred, 0.44))


def light_surface(
    surface: Surface, field: Floats, color: tuple[int, int, int], key: Floats
) -> NDArray[np.float32]:
    """Linear colour `float32 (n, 3)` of each vertex, with one key light from the unit direction `key`.

    Key light with a soft shadow, a sky that is brighter from above, and corners darkened by what is near.
    """
    from scipy.ndimage import gaussian_filter

    near = gaussian_filter(np.pad(field, 3).astype(np.float32), 1.0)
    normals = _normals(near, surface.vertices, field.shape)
    lit = np.clip(normals @ key, 0, 1) * _unshadowed(near, surface.vertices, normals, key, field.shape)
    far = gaussian_filter(near, 2.0)
    crowded = _sample(far, surface.vertices + normals * (2.0 / np.asarray(field.shape)), field.shape)
    open_sky = np.clip(1.15 - 1.5 * crowded, 0.25, 1)
    sky = (0.6 + 0.4 * normals[:, 1]) * open_sky

    warm, cool = np.array([1.0, 0.97, 0.92]), np.array([0.9, 0.96, 1.08])
    light = 0.90 * lit[:, None] * warm + 0.36 * sky[:, None] * cool
    return np.asarray(light * to_linear(np.asarray(color) / 255.0), np.float32)


def floor_shadow(field: Floats) -> tuple[NDArray[np.float32], int]:
    """How dark the floor is under the chair, (x + margins, z + margins) in [0, 1], and the margin in voxels.

    What stands on the floor darkens it most, what hangs above it less and more widely.
    """
    from scipy.ndimage import gaussian_filter

    solid = (field > 0.5).astype(np.float32)
    lowest = int(solid.any(axis=(0, 2)).argmax())
    above = solid[:, lowest:]
    height = np.arange(above.shape[1])
    contact = np.pad(np.einsum("xyz,y->xz", above, np.exp(-height / 1.5)), _MARGIN)
    hanging = np.pad((above * np.exp(-height / 14)[None, :, None]).max(axis=1), _MARGIN)
    dark = 0.5 * np.minimum(gaussian_filter(contact, 1.0), 1) + 0.6 * gaussian_filter(hanging, 2.8)
    return np.asarray(np.minimum(dark, 1), np.float32), _MARGIN


def to_linear(srgb: Floats) -> Floats:
    """From screen values in [0, 1] to amounts of light (the usual 2.2 in place of sRGB's pieces)."""
    return np.asarray(srgb, np.float64) ** 2.2


def to_screen(linear: Floats) -> Floats:
    """From amounts of light to screen values in [0, 1]."""
    return np.clip(linear, 0, 1) ** (1 / 2.2)


def _sample(padded: Floats, points: Floats, shape: tuple[int, ...]) -> Floats:
    """`padded` (three voxels on each side more than `shape`) at `points (n, 3)` of the frame."""
    from scipy.ndimage import map_coordinates

    index = (points + 0.5) * np.asarray(shape) + 2.5
    return np.asarray(map_coordinates(padded, index.T, order=1, mode="constant"))


def _normals(near: Floats, points: Floats, shape: tuple[int, ...]) -> Floats:
    """Outward unit normals from the blurred field, smoother than the surface's own."""
    slopes = np.stack([_sample(np.gradient(near, axis=axis), points, shape) for axis in range(3)], axis=1)
    return -slopes / np.maximum(np.linalg.norm(slopes, axis=1, keepdims=True), 1e-9)


def _unshadowed(near: Floats, points: Floats, normals: Floats, key: Floats, shape: tuple[int, ...]) -> Floats:
    """The share of the key light that reaches each point through the blurred field."""
    voxel = 1.0 / np.asarray(shape)
    start = points + normals * 1.5 * voxel
    steps = np.arange(1.0, 28.0, 2.0)
    along = start[None] + (steps[:, None] * key)[:, None] * voxel
    crossed = _sample(near, along.reshape(-1, 3), shape).reshape(len(steps), -1).sum(axis=0)
    return np.exp(-1.6 * crossed)
