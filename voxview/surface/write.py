"""Export of shapes to files; the suffix selects the format."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from voxview.conventions import LEVEL, RESOLUTION
from voxview.errors import InputError
from voxview.shapes.frame import Field, Grid, check_grid, describe
from voxview.shapes.io.arrays import write_npy
from voxview.shapes.io.atomic import write_atomically
from voxview.shapes.io.binvox import write_binvox
from voxview.surface.extract import check_field, extract_surface
from voxview.surface.surface import Surface

_GRID_WRITERS = {".binvox": write_binvox, ".npy": write_npy}
_SURFACE_SUFFIXES = (".obj", ".stl", ".ply", ".glb")

WRITABLE_SUFFIXES = (".obj", ".binvox", ".stl", ".ply", ".glb", ".npy")
"""The suffixes that `write_shape` supports, the most common first."""


_INTERPOLATED = (
    f"# Fine surface: interpolated between {RESOLUTION}^3 voxels to {{0}}^3 samples; no more detail.\n"
)


def write_shape(path: str | os.PathLike[str], shape: Grid | Field | Surface) -> None:
    """Write a grid `bool (32, 32, 32)`, a field `float (32, 32, 32)` or a `Surface`, by the path's suffix.

    `.obj`, `.stl` (binary), `.ply` (binary) and `.glb` hold triangles in the chair's frame (y up, the front
    towards −z, the cube [−0.5, 0.5]³): a grid or a field becomes its surface at 0.5. `.binvox` and `.npy`
    hold a grid: a field is occupied above 0.5, a surface where it encloses a voxel's centre. The
    write is atomic: an existing file of that name is replaced only when the new one is complete.

    Raises `InputError` for an unknown suffix, another type or shape, an empty shape, or a folder that
    cannot be written, and `VoxViewError` if the disk is full.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in WRITABLE_SUFFIXES:
        known = " ".join(WRITABLE_SUFFIXES)
        raise InputError(f"cannot write {path}: its name does not end in one of {known}")
    if suffix in _GRID_WRITERS:
        _GRID_WRITERS[suffix](path, _as_grid(shape))
        return
    surface = _as_surface(shape)
    if surface.is_empty:
        raise InputError(f"cannot write {path}: the shape is empty")
    if not np.isfinite(surface.vertices).all():
        raise InputError(f"cannot write {path}: the surface has vertices that are not finite numbers")
    content = _obj(surface) if suffix == ".obj" else _with_trimesh(surface, suffix)
    with write_atomically(path) as temporary:
        temporary.write_bytes(content)


def _as_grid(shape: object) -> Grid:
    if isinstance(shape, Surface):
        return _enclosed(shape)
    array = _check_array(shape)
    return check_grid(np.asarray(array > LEVEL))


def _enclosed(surface: Surface) -> Grid:
    """Voxelize a surface without moving or scaling it, unlike a mesh that is read from a file."""
    from voxview.shapes.voxelizing.voxelize import centres_inside, is_closed, solid_voxels

    if surface.is_empty:
        return np.zeros((RESOLUTION,) * 3, np.bool_)
    corners = ((surface.vertices.astype(np.float64) + 0.5) * RESOLUTION)[surface.faces]
    return centres_inside(corners) if is_closed(surface.faces.astype(np.int64)) else solid_voxels(corners)


def _as_surface(shape: object) -> Surface:
    return shape if isinstance(shape, Surface) else extract_surface(_check_array(shape))


def _check_array(shape: object) -> Field | Grid:
    if not isinstance(shape, np.ndarray) or shape.shape != (RESOLUTION,) * 3:
        raise InputError(
            "a grid bool (32, 32, 32), a field float (32, 32, 32) or a Surface was expected, "
            f"but {describe(shape)} came"
        )
    return check_field(shape)


def _obj(surface: Surface) -> bytes:
    """Encode a surface as Wavefront OBJ; nine digits represent each float32 exactly."""
    faces = surface.faces + 1
    vertices, normals = surface.vertices, surface.normals
    parts = [
        "# VoxView. Frame: x right, y up, the seat's front towards -z; the cube [-0.5, 0.5]^3.\n",
        *([_INTERPOLATED.format(surface.resolution)] if surface.resolution != RESOLUTION else ()),
        "o chair\n",
        "v %.9g %.9g %.9g\n" * len(vertices) % tuple(vertices.ravel().tolist()),
    ]
    if normals is None:
        parts.append("f %d %d %d\n" * len(faces) % tuple(faces.ravel().tolist()))
    else:
        parts.append("vn %.6g %.6g %.6g\n" * len(normals) % tuple(normals.ravel().tolist()))
        parts.append(
            "f %d//%d %d//%d %d//%d\n" * len(faces) % tuple(faces.repeat(2, axis=1).ravel().tolist())
        )
    return "".join(parts).encode("ascii")


def _with_trimesh(surface: Surface, suffix: str) -> bytes:
    import trimesh

    mesh = trimesh.Trimesh(
        surface.vertices, surface.faces, vertex_normals=surface.normals, process=False, validate=False
    )
    options: dict[str, dict[str, Any]] = {
        ".stl": {},
        ".ply": {"encoding": "binary", "vertex_normal": surface.normals is not None},
        ".glb": {"include_normals": surface.normals is not None},
    }
    content = mesh.export(file_type=suffix[1:], **options[suffix])
    assert isinstance(content, bytes)  # each of the three is a binary format
    return content
