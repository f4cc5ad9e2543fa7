"""The triangles of a glTF file: its default scene, with all transforms applied."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from voxview.shapes.frame import Doubles, Integers
from voxview.shapes.io.gltf.accessors import Accessors
from voxview.shapes.io.gltf.document import Document
from voxview.shapes.io.mesh_text import MeshError
from voxview.shapes.io.polygons import compacted

MAX_NODES = 100_000
"""Limit of the nodes of a scene."""

_TRIANGLES, _STRIP, _FAN = 4, 5, 6
_DRACO = "KHR_draco_mesh_compression"
_INSTANCING = "EXT_mesh_gpu_instancing"

_UNMOVED = {
    "TRANSLATION": (0.0, 0.0, 0.0),
    "ROTATION": (0.0, 0.0, 0.0, 1.0),
    "SCALE": (1.0, 1.0, 1.0),
}
"""The attributes of instances, and what they are where they are not given."""

Triangles = tuple[Doubles, Integers]


def read_gltf(blob: bytes, path: Path, max_bytes: int, max_faces: int) -> list[Triangles]:
    """Parse the bytes of a `.glb` or a `.gltf`: vertices `(n, 3)` and triangles `(m, 3)` of each part.

    Points and lines are skipped. Files beside it are read from its own folder alone. Raises `MeshError`.
    """
    document = Document(blob, path, max_bytes)
    nodes = document.entries("nodes")
    if len(nodes) > MAX_NODES:
        raise MeshError(f"it has {len(nodes):,} parts, and up to {MAX_NODES:,} are read: join them first")
    reader = _MeshReader(document)
    places: dict[int, tuple[Triangles, list[Doubles]]] = {}
    faces = 0
    for node, world in _placed(document):
        for part in reader.mesh(node):
            matrices = places.setdefault(id(part), (part, []))[1]
            for matrix in reader.instances(node, world, len(part[1])):
                # Counted before it is copied: a scene may place one mesh a million times.
                faces += len(part[1])
                if faces > max_faces:
                    raise MeshError(f"it has more than {max_faces:,} faces: simplify it first")
                matrices.append(matrix)
    return [_copies(*part, matrices) for part, matrices in places.values() if matrices]


def _copies(vertices: Doubles, triangles: Integers, matrices: list[Doubles]) -> Triangles:
    """Return the triangles of a part in all of its places: of 90,000 one by one it would take seconds."""
    if len(matrices) == 1:
        matrix = matrices[0]
        return vertices @ matrix[:3, :3].T + matrix[:3, 3], triangles
    every = np.stack(matrices)
    moved = vertices @ every[:, :3, :3].transpose(0, 2, 1) + every[:, None, :3, 3]
    firsts = len(vertices) * np.arange(len(every))
    return moved.reshape(-1, 3), (triangles + firsts[:, None, None]).reshape(-1, 3)


def _placed(document: Document) -> Iterator[tuple[dict[str, Any], Doubles]]:
    """Yield the nodes of the default scene that have a mesh, and their world transforms `(4, 4)`."""
    waiting = [(index, np.eye(4)) for index in _roots(document)]
    seen: set[int] = set()
    while waiting:
        index, above = waiting.pop()
        node = document.entry("nodes", index)
        assert isinstance(index, int)
        if index in seen:
            raise MeshError("one of its parts stands in two places or in itself: export it again")
        seen.add(index)
        if _extension(node, "KHR_node_visibility").get("visible") is False:
            continue
        local = _local(node)
        world = above if local is None else above @ local
        if "mesh" in node:
            yield node, world
        waiting += [(child, world) for child in reversed(_list(node, "children"))]


def _roots(document: Document) -> list[object]:
    """Return the nodes that the default scene begins with; without scenes all that are nobody's children."""
    scenes = document.entries("scenes")
    if scenes:
        index = document.tree.get("scene", 0)
        return list(reversed(_list(document.entry("scenes", index), "nodes")))
    nodes = [document.entry("nodes", i) for i in range(len(document.entries("nodes")))]
    children = {child for node in nodes for child in _list(node, "children") if isinstance(child, int)}
    return [i for i in reversed(range(len(nodes))) if i not in children]


def _local(node: dict[str, Any]) -> Doubles | None:
    """Return a node's transform `(4, 4)`: a matrix, or translation, rotation and scale; None without any."""
    if "matrix" in node:
        return _vector(node["matrix"], 16).reshape(4, 4).T
    if not any(name.lower() in node for name in _UNMOVED):
        return None
    given = [node.get(name.lower()) for name in _UNMOVED]
    return _transform(
        *(
            default if values is None else _vector(values, len(default)).tolist()
            for values, default in zip(given, _UNMOVED.values(), strict=True)
        )
    )


def _transform(translation: Sequence[float], rotation: Sequence[float], scale: Sequence[float]) -> Doubles:
    """Return the transform `(4, 4)` of a translation, a quaternion (x, y, z, w) and a scale."""
    x, y, z, w = rotation
    length = math.sqrt(x * x + y * y + z * z + w * w)
    x, y, z, w = (x / length, y / length, z / length, w / length) if length > 0 else (0.0, 0.0, 0.0, 1.0)
    (a, b, c), (p, q, r) = scale, translation
    return np.array(
        [
            [a * (1 - 2 * (y * y + z * z)), b * 2 * (x * y - z * w), c * 2 * (x * z + y * w), p],
            [a * 2 * (x * y + z * w), b * (1 - 2 * (x * x + z * z)), c * 2 * (y * z - x * w), q],
            [a * 2 * (x * z - y * w), b * 2 * (y * z + x * w), c * (1 - 2 * (x * x + y * y)), r],
            [0.0, 0.0, 0.0, 1.0],
        ]
    )


class _MeshReader:
    """The meshes of one document, each read once."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._accessors = Accessors(document)
        self._kept: dict[object, list[Triangles]] = {}

    def mesh(self, node: dict[str, Any]) -> list[Triangles]:
        """Return the triangles of each primitive of a node's mesh, where it stands before any transform."""
        mesh = self._document.entry("meshes", node["mesh"])
        weights = _list(node, "weights") or _list(mesh, "weights")
        key = (node["mesh"], tuple(map(str, weights)))
        if key not in self._kept:
            found = [self._primitive(primitive, weights) for primitive in _list(mesh, "primitives")]
            self._kept[key] = [part for part in found if part is not None]
        return self._kept[key]

    def instances(self, node: dict[str, Any], world: Doubles, faces: int) -> Iterator[Doubles]:
        """Yield the transform of each place where a node's mesh stands: one, or those of its instances."""
        attributes = _extension(node, _INSTANCING).get("attributes")
        if not isinstance(attributes, dict) or not attributes:
            yield world
            return
        given = {
            name: self._accessors.floats(attributes[name], len(default))
            for name, default in _UNMOVED.items()
            if name in attributes
        }
        if not faces or not given:
            return
        for i in range(min(len(values) for values in given.values())):
            place = [given[n][i].tolist() if n in given else d for n, d in _UNMOVED.items()]
            yield world @ _transform(*place)

    def _primitive(self, primitive: Any, weights: list[Any]) -> Triangles | None:
        if not isinstance(primitive, dict) or not isinstance(primitive.get("attributes"), dict):
            raise MeshError("its meshes cannot be understood: it is damaged; export it again")
        mode = primitive.get("mode", _TRIANGLES)
        attributes = primitive["attributes"]
        if mode not in (_TRIANGLES, _STRIP, _FAN) or "POSITION" not in attributes:
            return None
        draco = _extension(primitive, _DRACO)
        if draco:
            from voxview.shapes.io.gltf.compressed import decode_draco

            vertices, faces = decode_draco(bytes(self._accessors.view(draco.get("bufferView"))))
        else:
            vertices = self._accessors.floats(attributes["POSITION"], 3)
            order = primitive.get("indices")
            corners = np.arange(len(vertices)) if order is None else self._accessors.indices(order)
            faces = _triangles(corners, mode)
        if len(faces) and (faces.min() < 0 or faces.max() >= len(vertices)):
            raise MeshError("a face names a vertex that is not there: it is damaged; export it again")
        for target, weight in zip(_list(primitive, "targets"), weights, strict=False):
            if isinstance(target, dict) and "POSITION" in target and weight:
                moved = self._accessors.floats(target["POSITION"], 3)
                if moved.shape != vertices.shape:
                    raise MeshError("its morph targets do not fit: it is damaged; export it again")
                vertices = vertices + float(weight) * moved
        return compacted(vertices, faces)


def _triangles(corners: Integers, mode: int) -> Integers:
    """Return the triangles `(m, 3)` of a list, a strip or a fan of corners."""
    if mode == _TRIANGLES:
        return corners[: len(corners) // 3 * 3].reshape(-1, 3)
    at = np.arange(max(len(corners) - 2, 0))
    if mode == _FAN:
        first = np.zeros_like(at)
        return corners[np.column_stack([at + 1, at + 2, first])]
    odd = at % 2  # every other triangle of a strip is turned over
    return corners[np.column_stack([at, at + 1 + odd, at + 2 - odd])]


def _extension(entry: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an extension of an object, empty where it has none."""
    extensions = entry.get("extensions")
    found = extensions.get(name) if isinstance(extensions, dict) else None
    return found if isinstance(found, dict) else {}


def _list(entry: dict[str, Any], name: str) -> list[Any]:
    found = entry.get(name, [])
    if not isinstance(found, list):
        raise MeshError(f"its {name} are no list: it is damaged; export it again")
    return found


def _vector(values: Any, length: int) -> Doubles:
    try:
        vector = np.array(values, np.float64)
    except (TypeError, ValueError) as error:
        raise MeshError("one of its transforms is damaged: export it again") from error
    if vector.shape != (length,):
        raise MeshError("one of its transforms is damaged: export it again")
    return vector
