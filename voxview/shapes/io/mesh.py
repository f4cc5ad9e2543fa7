"""Reading triangles from mesh files: `.obj .off .ply .stl .glb`, by trimesh and, for `.off`, our own parser.

Only the geometry is read: no materials, no textures, no referenced files, nothing from the network.
"""

from __future__ import annotations

import io
import json
import logging
import os
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np

from voxview.errors import InputError
from voxview.shapes.frame import Doubles, Integers
from voxview.shapes.io.off import read_off
from voxview.shapes.io.paths import as_path

MESH_SUFFIXES = (".obj", ".off", ".ply", ".stl", ".glb")

MAX_MESH_BYTES = 128 << 20
"""Limit that allows over a million triangles in any format. A binary `.stl` of 63 MiB took 15 times its size
in memory."""

MAX_FACES = 3_000_000
"""Limit of the faces; ShapeNet's largest chairs have about a million."""

MAX_NODES = 10_000
"""Limit of the nodes of a glTF scene: trimesh's time grows with their square (50,000 took over six
minutes)."""

MAX_LINE_BYTES = 100_000
"""Limit of a line in text formats: longer ones are faces of tens of thousands of corners, which take minutes
to triangulate."""

_PLY_FORMAT = 64
"""Bytes at the start of a `.ply` that contain its format line."""

_CONTINUED = re.compile(rb"\\\r?\n")
"""Escaped line ends of an `.obj`: a face may span several lines."""

_COMPRESSIONS = {
    "KHR_draco_mesh_compression": "Draco",
    "EXT_meshopt_compression": "meshopt",
    "KHR_meshopt_compression": "meshopt",
}

_GROUPING = re.compile(rb"^[ \t]*(?:usemtl|mtllib|[gos])\b[^\n]*", re.MULTILINE)
"""Statements that split an `.obj` into parts: trimesh's time grows with their square, and only the triangles
matter."""

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
    if suffix == ".glb":
        _check_gltf(blob, path)
    elif suffix == ".obj":
        blob = _CONTINUED.sub(b"", blob)
        _check_lines(blob, path)
        blob = _GROUPING.sub(b"", blob)
    elif suffix == ".off" or (suffix == ".ply" and b"ascii" in blob[:_PLY_FORMAT]):
        _check_lines(blob, path)
    parts = _load_parts(blob, suffix[1:], path)
    if not parts:
        raise InputError(
            f"{path} has no faces: it is no surface, or not the {suffix} file that it says it is"
        )
    vertices = np.concatenate([v for v, _ in parts])
    offsets = np.cumsum([0] + [len(v) for v, _ in parts[:-1]])
    faces = np.concatenate([f + offset for (_, f), offset in zip(parts, offsets, strict=True)])
    _check(vertices, faces, path)
    return vertices, faces


def _load_parts(blob: bytes, file_type: str, path: Path) -> list[Triangles]:
    import trimesh

    # Its warnings would be printed beside the one line of the error message.
    logging.getLogger("trimesh").setLevel(logging.CRITICAL)
    try:
        if file_type == "off":
            return [read_off(blob)]
        with np.errstate(all="ignore"):
            loaded = trimesh.load(
                io.BytesIO(blob), file_type=file_type, process=False, skip_materials=True, force="scene"
            )
            return _place(loaded, path)
    except InputError:
        raise
    except Exception as error:
        # trimesh's parsers raise all kinds of exceptions: IndexError, KeyError, struct.error, …
        raise InputError(
            f"{path} cannot be read as {file_type.upper()} ({type(error).__name__}): it is damaged, or "
            "another kind of file; export it again"
        ) from error


def _place(scene: Any, path: Path) -> list[Triangles]:
    parts: list[Triangles] = []
    total = 0
    for node in scene.graph.nodes_geometry:
        transform, name = scene.graph[node]
        geometry = scene.geometry[name]
        faces = getattr(geometry, "faces", None)  # point clouds and lines have none
        if faces is None or not len(faces):
            continue
        # Counted before instances are copied: a scene may place one mesh a million times.
        total += len(faces)
        if total > MAX_FACES:
            raise InputError(f"{path} has more than {MAX_FACES:,} faces: simplify it first")
        vertices = np.asarray(geometry.vertices, np.float64)
        vertices = vertices @ np.asarray(transform)[:3, :3].T + np.asarray(transform)[:3, 3]
        parts.append((vertices, np.asarray(faces, np.int64)))
    return parts


def _check(vertices: Doubles, faces: Integers, path: Path) -> None:
    if faces.ndim != 2 or faces.shape[1] != 3 or faces.min() < 0 or faces.max() >= len(vertices):
        raise InputError(f"{path} has faces that name vertices which are not there: export it again")
    if not np.isfinite(vertices[np.unique(faces)]).all():
        raise InputError(f"{path} has vertices that are not finite numbers: export it again")


def _check_lines(blob: bytes, path: Path) -> None:
    """Reject a text file with a line beyond `MAX_LINE_BYTES`: a face of tens of thousands of corners."""
    ends = np.flatnonzero(np.frombuffer(blob, np.uint8) == ord("\n"))
    if np.diff(ends, prepend=-1, append=len(blob)).max() > MAX_LINE_BYTES:
        raise InputError(
            f"{path} has a line of more than {MAX_LINE_BYTES:,} characters: "
            "cut its large faces into triangles first"
        )


def _check_gltf(blob: bytes, path: Path) -> None:
    """Reject a glTF file that declares more elements than its bytes can hold, or that has too many nodes."""
    broken = InputError(
        f"{path} cannot be read as GLB: it is damaged, or another kind of file; export it again"
    )
    try:
        magic, _version, _length, json_length, kind = struct.unpack_from("<4sIIII", blob)
        if magic != b"glTF" or kind != 0x4E4F534A:
            raise broken
        tree = json.loads(blob[20 : 20 + json_length])
        counts = [int(accessor["count"]) for accessor in tree.get("accessors", [])]
        nodes = len(tree.get("nodes", []))
        extensions = {*tree.get("extensionsRequired", []), *tree.get("extensionsUsed", [])}
    except InputError:
        raise
    except Exception as error:
        raise broken from error
    for extension, compression in _COMPRESSIONS.items():
        if extension in extensions:
            raise InputError(f"{path} is compressed with {compression}: export it again without compression")
    if any(not 0 <= count <= len(blob) for count in counts) or sum(counts) > 16 * len(blob):
        raise broken
    if nodes > MAX_NODES:
        raise InputError(f"{path} has {nodes:,} parts, and up to {MAX_NODES:,} are read: join them first")
