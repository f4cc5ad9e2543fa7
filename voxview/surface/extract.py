"""Marching cubes: the closed surface of a field, in the chair's frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from voxview.conventions import LEVEL, RESOLUTION, SURFACE_RESOLUTIONS
from voxview.errors import InputError
from voxview.shapes.frame import Field, Floats, Grid, describe
from voxview.surface.fine import interpolate_field
from voxview.surface.surface import Surface

# No value is nearer to the level than this. A vertex then stays a thousandth of a voxel away from the voxel
# centres, so that vertices never coincide and the surface stays closed in programs that merge equal ones.
_NEAREST = 1e-3

# Where opposite corners of a cell's face are inside and the other two outside, Lewiner's test compares two
# products. When they are equal (every grid has such faces) neighbouring cells may decide differently, and
# four triangles meet in an edge. A level lower by this much makes the products differ; it moves the surface
# by a ten-thousandth of a voxel.
_TIE = 1e-4


def extract_surface(field: Field | Grid, level: float = LEVEL, *, resolution: int = RESOLUTION) -> Surface:
    """Extract the closed surface around everything in `field` that is above `level`.

    `field` is `float (32, 32, 32)` or a bool grid, indexed `[x, y, z]`; any float or bool box with at least
    two voxels along each edge is accepted, and fills the cube [−0.5, 0.5]³ in the same way: voxel i of N has
    its centre at (i + 0.5)/N − 0.5. Outside the field counts as empty, so the surface is always closed: a
    full outermost voxel of a grid ends at the cube's face, and with a lower level the surface reaches at most
    half a voxel beyond. Each edge is shared by exactly two faces, and none is degenerate.

    With a `resolution` of 64 or 96 the surface of a (32, 32, 32) field is fine: extracted from values
    interpolated between voxels (`surface.fine`). It is smoother and has no more detail.

    Nothing above `level` gives a surface without vertices and faces. Raises `InputError` for another type
    or shape, for values that are not finite, for a level that is not between 0 and 1, and for another
    resolution.

    Source: T. Lewiner et al., Efficient implementation of Marching Cubes' cases with topological
    guarantees, 2003, as scikit-image has it.
    """
    check_field(field)
    if not isinstance(level, int | float | np.floating) or not 0 < level < 1:
        raise InputError(f"the level of a surface lies between 0 and 1, but {level} came")
    _check_resolution(field, resolution)
    if not (field > level).any():
        nothing = np.empty((0, 3), np.float32)
        return Surface(nothing, np.empty((0, 3), np.int32), nothing, resolution)
    if resolution == RESOLUTION:
        return _marched(_away_from_zero(_signed_and_padded(field, level)), (-1, -1, -1), field.shape)
    values, first = interpolate_field(field, level, resolution)
    surface = _marched(_away_from_zero(values), first, (resolution,) * 3)
    return replace(surface, resolution=resolution)


def _marched(values: Floats, first: tuple[int, ...], shape: tuple[int, ...]) -> Surface:
    """Return the surface where `values` are zero: `first` is the first of the cube's `shape` samples."""
    from skimage.measure import marching_cubes

    # "ascent" because occupancy grows inwards: faces come out counter-clockwise seen from outside.
    vertices, faces, normals, _ = marching_cubes(values, level=-_TIE, gradient_direction="ascent")
    size = np.asarray(shape, np.float32)
    vertices = np.ascontiguousarray(vertices, np.float32)
    vertices += np.asarray(first, np.float32) + np.float32(0.5)
    vertices /= size
    vertices -= np.float32(0.5)
    slopes = np.ascontiguousarray(normals, np.float32)
    slopes *= size  # from a slope per sample to a slope per unit of the frame
    return Surface(vertices, np.ascontiguousarray(faces, np.int32), _unit(slopes))


def check_field(field: object) -> Field | Grid:
    """Return `field` if it is a finite float or bool array of at least 2×2×2, else raise `InputError`."""
    if (
        not isinstance(field, np.ndarray)
        or field.ndim != 3
        or min(field.shape) < 2
        or not (field.dtype == np.bool_ or np.issubdtype(field.dtype, np.floating))
    ):
        raise InputError(f"a field is float or bool (32, 32, 32), but {describe(field)} came")
    if field.dtype != np.bool_ and not np.isfinite(field).all():
        raise InputError(
            "the field holds values that are not finite (NaN or infinity): if weights made it, fetch others"
        )
    return field


def _check_resolution(field: Field | Grid, resolution: int) -> None:
    """Raise `InputError` for a surface that cannot be had at `resolution` samples along each edge."""
    if resolution not in SURFACE_RESOLUTIONS:
        known = ", ".join(map(str, SURFACE_RESOLUTIONS))
        raise InputError(f"the resolution of a surface is one of {known}, but {resolution} came")
    if resolution != RESOLUTION and field.shape != (RESOLUTION,) * 3:
        raise InputError(
            f"a fine surface is that of a field (32, 32, 32), but {describe(field)} came; leave the"
            f" resolution at {RESOLUTION}"
        )


def _signed_and_padded(field: Field | Grid, level: float) -> Floats:
    """Return `field − level` with a margin of empty voxels."""
    padded = np.full(np.add(field.shape, 2), -level, np.float32)
    np.subtract(field, level, out=padded[1:-1, 1:-1, 1:-1], dtype=np.float32, casting="unsafe")
    return padded


def _away_from_zero(values: Floats) -> Floats:
    """Move those within `_NEAREST` of zero away from it, in place: zero itself is outside."""
    near = np.abs(values) < _NEAREST
    if near.any():
        values[near] = np.where(values[near] > 0, _NEAREST, -_NEAREST)
    return values


def _unit(normals: Floats) -> Floats:
    length = np.sqrt(np.einsum("ij,ij->i", normals, normals))[:, None]
    return np.asarray(normals / np.maximum(length, 1e-12), np.float32)
