"""Where the nodes of a glTF scene stand: world transforms, accumulated from the roots, a level at a time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from voxview.shapes.frame import Doubles
from voxview.shapes.io.gltf.document import Document, extension_of, list_of
from voxview.shapes.io.mesh_text import MeshError

UNMOVED = {
    "TRANSLATION": (0.0, 0.0, 0.0),
    "ROTATION": (0.0, 0.0, 0.0, 1.0),
    "SCALE": (1.0, 1.0, 1.0),
}
"""The attributes of instances, and what they are where they are not given."""

Node = dict[str, Any]


def placed_nodes(document: Document, roots: list[object]) -> tuple[list[Node], Doubles]:
    """Return the nodes below some that have a mesh, and their world transforms `(n, 4, 4)`."""
    nodes: list[Node] = []
    above: list[int] = []
    begins = [0]
    seen: set[object] = set()
    level = [(index, 0) for index in roots]
    while level:
        following: list[tuple[object, int]] = []
        for index, parent in level:
            node = document.entry("nodes", index)
            if index in seen:
                raise MeshError("one of its parts stands in two places or in itself: export it again")
            seen.add(index)
            if "extensions" in node and not _is_visible(node):
                continue
            if "children" in node:
                following += [(child, len(nodes)) for child in list_of(node, "children")]
            nodes.append(node)
            above.append(parent)
        begins.append(len(nodes))
        level = following
    world, parents = _locals(nodes), np.array(above, np.int64)
    for begin, end in pairwise(begins[1:]):
        world[begin:end] = world[parents[begin:end]] @ world[begin:end]
    with_mesh = [i for i, node in enumerate(nodes) if "mesh" in node]
    return [nodes[i] for i in with_mesh], world[with_mesh]


def transforms(translation: Doubles, rotation: Doubles, scale: Doubles) -> Doubles:
    """Return the transforms `(n, 4, 4)` of translations, quaternions (x, y, z, w) and scales."""
    lengths = np.sqrt((rotation**2).sum(axis=1))
    rotation = np.where(lengths[:, None] > 0, rotation, UNMOVED["ROTATION"])
    x, y, z, w = (rotation / np.where(lengths > 0, lengths, 1.0)[:, None]).T
    turned = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    matrices = np.zeros((len(rotation), 4, 4))
    matrices[:, :3, :3] = turned.transpose(2, 0, 1) * scale[:, None, :]
    matrices[:, :3, 3] = translation
    matrices[:, 3, 3] = 1
    return matrices


def _is_visible(node: Node) -> bool:
    return extension_of(node, "KHR_node_visibility").get("visible") is not False


def _locals(nodes: list[Node]) -> Doubles:
    """Return the transforms `(n, 4, 4)` of nodes: a matrix, or translation, rotation and scale."""
    local = np.tile(np.eye(4), (len(nodes), 1, 1))
    with_matrix = [i for i, node in enumerate(nodes) if "matrix" in node]
    if with_matrix:
        columns = _vectors([nodes[i]["matrix"] for i in with_matrix], 16).reshape(-1, 4, 4)
        local[with_matrix] = columns.transpose(0, 2, 1)
    names = [name.lower() for name in UNMOVED]
    moved = [
        i
        for i, node in enumerate(nodes)
        if "matrix" not in node and any(node.get(name) is not None for name in names)
    ]
    if moved:
        given = [
            _vectors([_or(nodes[i].get(name), unmoved) for i in moved], len(unmoved))
            for name, unmoved in zip(names, UNMOVED.values(), strict=True)
        ]
        local[moved] = transforms(*given)
    return local


def _or(values: Any, unmoved: Sequence[float]) -> Any:
    return unmoved if values is None else values


def _vectors(values: list[Any], length: int) -> Doubles:
    try:
        vectors = np.array(values, np.float64)
    except (TypeError, ValueError) as error:
        raise MeshError("one of its transforms is damaged: export it again") from error
    if vectors.shape != (len(values), length):
        raise MeshError("one of its transforms is damaged: export it again")
    return vectors
