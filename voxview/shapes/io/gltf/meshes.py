"""The meshes of a glTF file, before any transform."""

from __future__ import annotations

from typing import Any

import numpy as np

from voxview.shapes.frame import Doubles, Integers
from voxview.shapes.io.gltf.accessors import Accessors
from voxview.shapes.io.gltf.document import Document, extension_of, list_of
from voxview.shapes.io.gltf.nodes import UNMOVED, Node, transforms
from voxview.shapes.io.mesh_text import MeshError
from voxview.shapes.io.polygons import compacted

_TRIANGLES, _STRIP, _FAN = 4, 5, 6
_DRACO = "KHR_draco_mesh_compression"
_INSTANCING = "EXT_mesh_gpu_instancing"

Triangles = tuple[Doubles, Integers]


def is_instanced(node: Node) -> bool:
    """Return whether a node may say that its mesh stands in several places."""
    extensions = node.get("extensions", {})
    return not isinstance(extensions, dict) or _INSTANCING in extensions


class MeshReader:
    """The meshes of one document, each read once."""

    def __init__(self, document: Document, max_faces: int) -> None:
        self._document = document
        self._accessors = Accessors(document)
        self._kept: dict[object, list[Triangles]] = {}
        self._draco: dict[object, Triangles] = {}
        self._max_faces = max_faces
        self._faces = 0

    def mesh(self, node: Node) -> list[Triangles]:
        """Return the triangles of each primitive of a node's mesh that has any."""
        index = node["mesh"]
        mesh = self._document.entry("meshes", index)
        own = list_of(node, "weights")
        key = (index, tuple(map(str, own)))
        if key not in self._kept:
            weights = own or list_of(mesh, "weights")
            found = [self._primitive(primitive, weights) for primitive in list_of(mesh, "primitives")]
            self._kept[key] = [part for part in found if part is not None and len(part[1])]
        return self._kept[key]

    def places(self, node: Node) -> int:
        """Return in how many places a node's mesh stands: one, or as many as it has instances."""
        attributes = self._attributes(node)
        if attributes is None:
            return 1
        counts = [self._accessors.count(attributes[name]) for name in UNMOVED if name in attributes]
        return min(counts, default=0)

    def instances(self, node: Node, world: Doubles) -> Doubles:
        """Return the transform of each place where a node's mesh stands, `(k, 4, 4)`."""
        attributes = self._attributes(node)
        if attributes is None:
            return world[None]
        count = self.places(node)
        given = [
            self._accessors.floats(attributes[name], len(unmoved))[:count]
            if name in attributes
            else np.broadcast_to(unmoved, (count, len(unmoved)))
            for name, unmoved in UNMOVED.items()
        ]
        return np.asarray(world @ transforms(*given))

    def _attributes(self, node: Node) -> dict[str, Any] | None:
        attributes = extension_of(node, _INSTANCING).get("attributes") if "extensions" in node else None
        return attributes if isinstance(attributes, dict) and attributes else None

    def _primitive(self, primitive: Any, weights: list[Any]) -> Triangles | None:
        if not isinstance(primitive, dict) or not isinstance(primitive.get("attributes"), dict):
            raise MeshError("its meshes cannot be understood: it is damaged; export it again")
        mode = primitive.get("mode", _TRIANGLES)
        attributes = primitive["attributes"]
        if mode not in (_TRIANGLES, _STRIP, _FAN) or "POSITION" not in attributes:
            return None
        draco = extension_of(primitive, _DRACO)
        if draco:
            vertices, faces = self._decoded(draco.get("bufferView"))
        else:
            order = primitive.get("indices")
            count = self._accessors.count(attributes["POSITION"] if order is None else order)
            if count < 3:
                return None
            self._count(count, mode)
            vertices = self._accessors.floats(attributes["POSITION"], 3)
            corners = np.arange(len(vertices)) if order is None else self._accessors.indices(order)
            faces = _triangles(corners, mode)
        if len(faces) and (faces.min() < 0 or faces.max() >= len(vertices)):
            raise MeshError("a face names a vertex that is not there: it is damaged; export it again")
        for target, weight in zip(list_of(primitive, "targets"), weights, strict=False):
            if isinstance(target, dict) and "POSITION" in target and weight:
                moved = self._accessors.floats(target["POSITION"], 3)
                if moved.shape != vertices.shape:
                    raise MeshError("its morph targets do not fit: it is damaged; export it again")
                vertices = vertices + float(weight) * moved
        return compacted(vertices, faces)

    def _decoded(self, view: object) -> Triangles:
        """Return what Draco has compressed in a buffer view."""
        from voxview.shapes.io.gltf.compressed import decode_draco

        data = bytes(self._accessors.view(view))
        if view not in self._draco:
            self._draco[view] = decode_draco(data)
        vertices, faces = self._draco[view]
        self._count(3 * len(faces), _TRIANGLES)
        return vertices, faces

    def _count(self, corners: int, mode: int) -> None:
        """Raise `MeshError` for more faces than are read: a file may name the same ones a thousand times."""
        self._faces += corners // 3 if mode == _TRIANGLES else corners
        if self._faces > self._max_faces:
            raise MeshError(f"it has more than {self._max_faces:,} faces: simplify it first")


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
