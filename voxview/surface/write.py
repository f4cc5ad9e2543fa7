"""Export of shapes to files; the suffix selects the format."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import LEVEL, RESOLUTION
from voxview.errors import InputError
from voxview.shapes.frame import Field, Grid, check_grid, describe
from voxview.shapes.io.arrays import write_npy, write_npz
from voxview.shapes.io.atomic import write_atomically
from voxview.shapes.io.binvox import write_binvox
from voxview.shapes.io.stl_note import PrintSize, StlNote
from voxview.shapes.parts import PART_COLOURS, PARTS, Labels
from voxview.surface.extract import check_field, extract_surface
from voxview.surface.parts import check_labels, parts_at, parts_of_faces
from voxview.surface.surface import Surface

_GRID_WRITERS = {".binvox": write_binvox, ".npy": write_npy}
_SURFACE_SUFFIXES = (".obj", ".stl", ".ply", ".glb")

WRITABLE_SUFFIXES = (".obj", ".binvox", ".stl", ".ply", ".glb", ".npy")
"""The suffixes that `write_shape` supports, the most common first."""

PART_SUFFIXES = (".obj", ".ply", ".glb", ".npz")
"""The suffixes of files that carry parts."""

_INTERPOLATED = (
    f"# Fine surface: interpolated between {RESOLUTION}^3 voxels to {{0}}^3 samples; no more detail.\n"
)


def write_shape(
    path: str | os.PathLike[str],
    shape: Grid | Field | Surface,
    parts: Labels | None = None,
    *,
    print_size: PrintSize | None = None,
) -> None:
    """Write a grid `bool (32, 32, 32)`, a field `float (32, 32, 32)` or a `Surface`, by the path's suffix.

    `.obj`, `.stl` (binary), `.ply` (binary) and `.glb` hold triangles in the chair's frame (y up, the front
    towards −z, the cube [−0.5, 0.5]³): a grid or a field becomes its surface at 0.5. `.binvox` and `.npy`
    hold a grid: a field is occupied above 0.5, a surface where it encloses a voxel's centre. The
    write is atomic: an existing file of that name is replaced only when the new one is complete.

    `parts`, `uint8 (32, 32, 32)`, are labels of the shape's voxels: groups of an `.obj`, colours of the
    vertices of a `.ply` or `.glb`, and in a `.npz` the array `parts` beside `grid`.

    With a `print_size` an `.stl` stands on its up axis at that height in millimetres, in the middle of the
    bed. Either way its header notes how it stands, so that `read_shape` gives the chair back.

    Raises `InputError` for an unknown suffix, another type or shape, an empty shape, or a folder that
    cannot be written, and `VoxViewError` if the disk is full.
    """
    suffix = Path(path).suffix.lower()
    if parts is not None:
        if suffix not in PART_SUFFIXES:
            known = " ".join(PART_SUFFIXES)
            raise InputError(f"cannot write parts to {path}: its name does not end in one of {known}")
        check_labels(parts)
        if suffix == ".npz":
            write_npz(path, _as_grid(shape), parts)
            return
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
    if suffix == ".obj":
        content = _obj(surface, parts)
    elif suffix == ".stl":
        content = _stl(surface, StlNote() if print_size is None else StlNote.of(surface.vertices, print_size))
    else:
        content = _with_trimesh(surface, suffix, parts)
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


def _obj(surface: Surface, labels: Labels | None) -> bytes:
    """Encode a surface as Wavefront OBJ; nine digits represent each float32 exactly."""
    vertices, normals = surface.vertices, surface.normals
    lines = [
        "# VoxView. Frame: x right, y up, the seat's front towards -z; the cube [-0.5, 0.5]^3.\n",
        *([_INTERPOLATED.format(surface.resolution)] if surface.resolution != RESOLUTION else ()),
        "o chair\n",
        "v %.9g %.9g %.9g\n" * len(vertices) % tuple(vertices.ravel().tolist()),
    ]
    if normals is not None:
        lines.append("vn %.6g %.6g %.6g\n" * len(normals) % tuple(normals.ravel().tolist()))
    has_normals = normals is not None
    if labels is None:
        lines.append(_obj_faces(surface.faces, has_normals))
    else:
        of_faces = parts_of_faces(surface, labels)
        for part in np.unique(of_faces):
            lines += [f"g {PARTS[part]}\n", _obj_faces(surface.faces[of_faces == part], has_normals)]
    return "".join(lines).encode("ascii")


def _obj_faces(faces: NDArray[np.int32], has_normals: bool) -> str:
    if not has_normals:
        return "f %d %d %d\n" * len(faces) % tuple((faces + 1).ravel().tolist())
    numbers = (faces + 1).repeat(2, axis=1).ravel().tolist()
    return "f %d//%d %d//%d %d//%d\n" * len(faces) % tuple(numbers)


def _stl(surface: Surface, note: StlNote) -> bytes:
    """Encode a surface as binary STL, as the note says."""
    corners = note.to_file(surface.vertices)[surface.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    triangles = np.zeros(len(corners), [("corners", "<f4", (4, 3)), ("attribute", "<u2")])
    triangles["corners"] = np.concatenate([normals[:, None], corners], axis=1)
    return note.header() + np.uint32(len(corners)).astype("<u4").tobytes() + triangles.tobytes()


def _with_trimesh(surface: Surface, suffix: str, labels: Labels | None) -> bytes:
    import trimesh

    colours = None if labels is None else np.array(PART_COLOURS, np.uint8)[parts_at(surface.vertices, labels)]
    mesh = trimesh.Trimesh(
        surface.vertices,
        surface.faces,
        vertex_normals=surface.normals,
        vertex_colors=colours,
        process=False,
        validate=False,
    )
    options: dict[str, dict[str, Any]] = {
        ".ply": {"encoding": "binary", "vertex_normal": surface.normals is not None},
        ".glb": {"include_normals": surface.normals is not None},
    }
    content = mesh.export(file_type=suffix[1:], **options[suffix])
    assert isinstance(content, bytes)  # both are binary formats
    return content
