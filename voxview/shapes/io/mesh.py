"""Reading triangles from mesh files: `.obj .off .ply .stl .glb .gltf .3mf`.

Only the geometry is read: no materials, no textures, nothing from the network, and of other files only the
buffers beside a `.gltf`. Each format's file says why it has our own parser: 23 awkward files were tried with
trimesh, meshio, Assimp, VTK, MeshLab, plyfile and numpy-stl, and no library reads those of one format alone.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voxview.errors import InputError
from voxview.shapes.frame import Doubles, Integers
from voxview.shapes.io.mesh_text import MeshError
from voxview.shapes.io.paths import as_path
from voxview.shapes.io.polygons import MAX_FACES

MESH_SUFFIXES = (".obj", ".off", ".ply", ".stl", ".glb", ".gltf", ".3mf")

MAX_MESH_BYTES = 128 << 20
"""Limit that allows over a million triangles in any format."""

Triangles = tuple[Doubles, Integers]
"""Vertices `(n, 3)` in the file's own axes and units, and faces `(m, 3)`."""


def read_mesh(path: str | os.PathLike[str]) -> Triangles:
    """Read all triangles of a mesh file, with a scene's transforms applied.

    Raises `InputError` for a file that is too large, cannot be parsed, has no faces, or has vertices that
    are not finite.
    """
    path = as_path(path)
    try:
        size = path.stat().st_size
        if size > MAX_MESH_BYTES:
            raise InputError(
                f"{path} has {size >> 20} MiB, and meshes up to {MAX_MESH_BYTES >> 20} MiB are read: "
                "simplify it first"
            )
        blob = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    suffix = path.suffix.lower()
    with np.errstate(all="ignore"):  # a warning would be printed beside the one line of an error
        parts = [part for part in _parse(blob, suffix, path) if len(part[1])]
    if not parts:
        raise InputError(
            f"{path} has no faces: it is no surface, or not the {suffix} file that it says it is"
        )
    vertices = np.concatenate([v for v, _ in parts])
    offsets = np.cumsum([0] + [len(v) for v, _ in parts[:-1]])
    faces = np.concatenate([f + offset for (_, f), offset in zip(parts, offsets, strict=True)])
    if len(faces) > MAX_FACES:
        raise InputError(f"{path} has more than {MAX_FACES:,} faces: simplify it first")
    if not np.isfinite(vertices[used_vertices(vertices, faces)]).all():
        raise InputError(f"{path} has vertices that are not finite numbers: export it again")
    return vertices, faces


def used_vertices(vertices: Doubles, faces: Integers) -> NDArray[np.bool_]:
    """Return which vertices `(n,)` some face has as a corner."""
    used = np.zeros(len(vertices), np.bool_)
    used[faces] = True
    return used


def _parse(blob: bytes, suffix: str, path: Path) -> list[Triangles]:
    """Return the parts of a file; parsers of formats that are not used are not imported."""
    try:
        if suffix in (".glb", ".gltf"):
            from voxview.shapes.io.gltf.scene import read_gltf

            return read_gltf(blob, path, MAX_MESH_BYTES, MAX_FACES)
        if suffix == ".3mf":
            from voxview.shapes.io.threemf import read_3mf

            return read_3mf(blob, MAX_MESH_BYTES, MAX_FACES)
        return [_parse_simple(blob, suffix)]
    except MeshError as error:
        raise InputError(f"{path} cannot be read as {suffix[1:].upper()}: {error}") from error
    except Exception as error:
        # Whatever else a damaged file makes of a parser: MemoryError, KeyError, zlib.error, …
        raise InputError(
            f"{path} cannot be read as {suffix[1:].upper()} ({type(error).__name__}): it is damaged, or "
            "another kind of file; export it again"
        ) from error


def _parse_simple(blob: bytes, suffix: str) -> Triangles:
    if suffix == ".obj":
        from voxview.shapes.io.obj import read_obj

        return read_obj(blob)
    if suffix == ".off":
        from voxview.shapes.io.off import read_off

        return read_off(blob)
    if suffix == ".stl":
        from voxview.shapes.io.stl import read_stl

        return read_stl(blob)
    from voxview.shapes.io.ply_mesh import read_ply

    return read_ply(blob)
