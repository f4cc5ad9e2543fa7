"""The triangles of a glTF file: its default scene, with all transforms applied."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from voxview.shapes.frame import Doubles, Integers
from voxview.shapes.io.gltf.document import Document, list_of
from voxview.shapes.io.gltf.meshes import MeshReader, Triangles, is_instanced
from voxview.shapes.io.gltf.nodes import Node, placed_nodes
from voxview.shapes.io.mesh_text import MeshError
from voxview.shapes.io.polygons import MAX_COPIED_FACES

MAX_NODES = 100_000
"""Limit of the nodes of a scene."""


def read_gltf(blob: bytes, path: Path, max_bytes: int, max_faces: int) -> list[Triangles]:
    """Parse the bytes of a `.glb` or a `.gltf`: vertices `(n, 3)` and triangles `(m, 3)` of each part.

    Points and lines are skipped. Files beside it are read from its own folder alone. Raises `MeshError`.
    """
    document = Document(blob, path, max_bytes)
    nodes = document.entries("nodes")
    if len(nodes) > MAX_NODES:
        raise MeshError(f"it has {len(nodes):,} parts, and up to {MAX_NODES:,} are read: join them first")
    reader = MeshReader(document, max_faces)
    placed = _by_mesh(*placed_nodes(document, _roots(document)))
    found: list[tuple[list[Triangles], Doubles]] = []
    faces = copied = 0
    seen: set[int] = set()
    for group, worlds in placed:
        parts = reader.mesh(group[0])
        places = reader.places(group[0])
        # Counted before anything is copied: a scene may place one mesh a million times.
        of_mesh = sum(len(triangles) for _, triangles in parts)
        faces += len(group) * places * of_mesh
        # `reader` returns the same list for the same mesh: its first place is no copy.
        if places:
            copied += (len(group) * places - (id(parts) not in seen)) * of_mesh
            seen.add(id(parts))
        if faces > max_faces:
            raise MeshError(f"it has more than {max_faces:,} faces: simplify it first")
        if copied > MAX_COPIED_FACES:
            raise MeshError(
                f"copies of its parts have more than {MAX_COPIED_FACES:,} faces: simplify it first"
            )
        if parts and places:
            found.append((parts, worlds if len(group) > 1 else reader.instances(group[0], worlds[0])))
    return [
        _copies(vertices, triangles, matrices) for parts, matrices in found for vertices, triangles in parts
    ]


def _by_mesh(nodes: list[Node], worlds: Doubles) -> list[tuple[list[Node], Doubles]]:
    """Return nodes that have the same mesh together, and their world transforms `(k, 4, 4)`.

    What has weights of its own or is instanced stands alone.
    """
    groups: dict[object, list[int]] = {}
    for i, node in enumerate(nodes):
        is_plain = "weights" not in node and not is_instanced(node)
        groups.setdefault(repr(node["mesh"]) if is_plain else i, []).append(i)
    return [([nodes[i] for i in some], worlds[some]) for some in groups.values()]


def _copies(vertices: Doubles, triangles: Integers, matrices: Doubles) -> Triangles:
    """Return the triangles of a part in all of its places `(k, 4, 4)`: one by one it would take seconds."""
    moved = vertices @ matrices[:, :3, :3].transpose(0, 2, 1) + matrices[:, None, :3, 3]
    firsts = len(vertices) * np.arange(len(matrices))
    return moved.reshape(-1, 3), (triangles + firsts[:, None, None]).reshape(-1, 3)


def _roots(document: Document) -> list[object]:
    """Return the nodes that the default scene begins with; without scenes all that are nobody's children."""
    scenes = document.entries("scenes")
    if scenes:
        index = document.tree.get("scene", 0)
        return list_of(document.entry("scenes", index), "nodes")
    nodes = [document.entry("nodes", i) for i in range(len(document.entries("nodes")))]
    children = {child for node in nodes for child in list_of(node, "children") if isinstance(child, int)}
    return [i for i in range(len(nodes)) if i not in children]
