"""Shading on the CPU, from blurred occupancy instead of ray tracing: surface colours, and the floor's
shadow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import LEVEL
from voxview.shapes.frame import AnyFloats, Floats
from voxview.surface.surface import Surface

_MARGIN = 10
"""Voxels around the chair that the floor's shadow may extend into."""


def smooth_occupancy(shape: NDArray[np.generic]) -> Floats:
    """Smooth a grid by a blur (σ = 0.7 voxels) that keeps every voxel on its side of 0.5; return float32.

    A blur alone would remove legs that are one voxel thick.
    """
    from scipy.ndimage import gaussian_filter

    field = shape.astype(np.float32)
    blurred = gaussian_filter(field, 0.7, mode="constant")
    return np.where(field > LEVEL, np.maximum(blurred, 0.74), np.minimum(blurred, 0.44))


def shade_vertices(surface: Surface, field: AnyFloats, color: AnyFloats, key: AnyFloats) -> Floats:
    """Compute vertex colours in linear light, `float32 (n, 3)`; the key light shines from unit vector `key`.

    `color` is sRGB, 0 to 255, `(3,)` or `(n, 3)`. The model: a key light with a soft shadow, a sky light that
    is brighter from above, and ambient occlusion.
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
    return np.asarray(light * decode_gamma(color / 255.0), np.float32)


def floor_shadow(field: AnyFloats) -> tuple[Floats, int]:
    """Compute the floor's darkness, (x + margins, z + margins) in [0, 1]; return it and the margin (voxels).

    Voxels on the floor darken it most, those above it less and over a larger area.
    """
    from scipy.ndimage import gaussian_filter

    solid = (field > LEVEL).astype(np.float32)
    lowest = int(solid.any(axis=(0, 2)).argmax())
    above = solid[:, lowest:]
    height = np.arange(above.shape[1])
    contact = np.pad(np.einsum("xyz,y->xz", above, np.exp(-height / 1.5)), _MARGIN)
    hanging = np.pad((above * np.exp(-height / 14)[None, :, None]).max(axis=1), _MARGIN)
    dark = 0.5 * np.minimum(gaussian_filter(contact, 1.0), 1) + 0.6 * gaussian_filter(hanging, 2.8)
    return np.asarray(np.minimum(dark, 1), np.float32), _MARGIN


def decode_gamma(srgb: AnyFloats) -> AnyFloats:
    """Convert screen values in [0, 1] to linear light, with gamma 2.2 in place of sRGB's piecewise curve."""
    return np.asarray(srgb, np.float64) ** 2.2


def encode_gamma(linear: AnyFloats) -> AnyFloats:
    """Convert linear light to screen values in [0, 1], with gamma 2.2."""
    return np.clip(linear, 0, 1) ** (1 / 2.2)


def _sample(padded: AnyFloats, points: AnyFloats, shape: tuple[int, ...]) -> AnyFloats:
    """Sample `padded`, `shape` with a margin of three voxels, linearly at `points (n, 3)` of the frame."""
    from scipy.ndimage import map_coordinates

    index = (points + 0.5) * np.asarray(shape) + 2.5
    return np.asarray(map_coordinates(padded, index.T, order=1, mode="constant"))


def _normals(near: AnyFloats, points: AnyFloats, shape: tuple[int, ...]) -> AnyFloats:
    """Compute outward unit normals from the blurred field, smoother than the surface's own."""
    slopes = np.stack([_sample(np.gradient(near, axis=axis), points, shape) for axis in range(3)], axis=1)
    return -slopes / np.maximum(np.linalg.norm(slopes, axis=1, keepdims=True), 1e-9)


def _unshadowed(
    near: AnyFloats, points: AnyFloats, normals: AnyFloats, key: AnyFloats, shape: tuple[int, ...]
) -> AnyFloats:
    """Return the share of the key light that reaches each point, by marching through the blurred field."""
    voxel = 1.0 / np.asarray(shape)
    start = points + normals * 1.5 * voxel
    steps = np.arange(1.0, 28.0, 2.0)
    along = start[None] + (steps[:, None] * key)[:, None] * voxel
    crossed = _sample(near, along.reshape(-1, 3), shape).reshape(len(steps), -1).sum(axis=0)
    return np.exp(-1.6 * crossed)
