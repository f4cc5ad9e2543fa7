"""Reading the triangles of 3MF files, a zip archive with XML in it (https://3mf.io), by our own parser.

trimesh 5.2 needs lxml and networkx for it and multiplies instances out before they can be counted; lib3mf,
the consortium's library, is native code that is called once for each vertex. Here XML comes from Python's
expat, which expands no external entity and limits the others, and nothing is unpacked beyond the limits.
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

import numpy as np

from voxview.shapes.frame import Doubles, Integers
from voxview.shapes.io.mesh_text import MeshError
from voxview.shapes.io.polygons import compacted

_START = "3D/3dmodel.model"
_MAX_DEPTH = 64
"""Limit of objects inside objects, and of elements inside elements."""

_KNOWN = ("/core/", "/production/", "/material/", "/slice/")
"""What the names of those extensions contain with which the shape is the same, or is read."""

Triangles = tuple[Doubles, Integers]
Key = tuple[str, str]
"""The file in the archive, and the id of an object in it."""


@dataclass
class _Object:
    vertices: array[float] = field(default_factory=lambda: array("d"))
    faces: array[int] = field(default_factory=lambda: array("q"))
    components: list[tuple[Key, Doubles]] = field(default_factory=list)
    kind: str = "model"


@dataclass
class _Model:
    objects: dict[Key, _Object] = field(default_factory=dict)
    items: list[tuple[Key, Doubles]] = field(default_factory=list)


def read_3mf(blob: bytes, max_bytes: int, max_faces: int) -> list[Triangles]:
    """Parse the bytes of a 3MF file: vertices `(n, 3)` and triangles `(m, 3)` of each part that is built.

    `max_bytes` is the limit of its XML, unpacked.

    Raises `MeshError` for what is no 3MF file, is damaged, or requires an extension that is not known.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(blob)) as archive:
            model = _read_models(archive, max_bytes)
    except MeshError:
        raise
    except (
        *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError),
        *(NotImplementedError, RuntimeError),  # another kind of compression; encrypted
    ) as error:
        raise MeshError("it is no zip archive, or a damaged one: export it again") from error
    except (ElementTree.ParseError, KeyError, ValueError, OverflowError) as error:
        raise MeshError("its XML is damaged: export it again") from error
    parts: list[Triangles] = []
    faces = 0
    for vertices, triangles in _build(model):
        faces += len(triangles)
        if faces > max_faces:
            raise MeshError(f"it has more than {max_faces:,} faces: simplify it first")
        parts.append((vertices, triangles))
    return parts


def _read_models(archive: zipfile.ZipFile, limit: int) -> _Model:
    """Read the model that is built, and every other one that its objects are in."""
    names = {name.lstrip("/").lower(): name for name in archive.namelist()}
    models = [name for name in names if name.endswith(".model")]
    start = _START.lower() if _START.lower() in names else next(iter(models), "")
    if not start:
        raise MeshError("it holds no model: it is another kind of file, or a damaged one; export it again")
    model = _Model()
    for name in [start, *(name for name in models if name != start)]:
        info = archive.getinfo(names[name])
        limit -= info.file_size
        if limit < 0:
            raise MeshError("its model is too large: simplify it first")
        with archive.open(info) as file:
            _parse(model, name, file.read(info.file_size), is_start=name == start)
    return model


def _parse(model: _Model, name: str, text: bytes, *, is_start: bool) -> None:
    if b"\0" in text[:64]:
        raise MeshError("its XML is of 16 or 32 bits a letter: export it again as UTF-8")
    if b"<!DOCTYPE" in text[:4096] or b"<!ENTITY" in text:
        raise MeshError("its XML declares entities, which no 3MF file does: it is refused")
    current = _Object()
    stack: list[ElementTree.Element] = []
    namespaces: dict[str, str] = {}
    for event, element in ElementTree.iterparse(io.BytesIO(text), ("start-ns", "start", "end")):
        if event == "start-ns":
            namespaces[element[0]] = element[1]
            continue
        tag = element.tag.rpartition("}")[2]
        if event == "start":
            stack.append(element)
            if len(stack) > _MAX_DEPTH:
                raise MeshError("its XML is nested too deeply: it is damaged; export it again")
            if tag == "model" and is_start:
                _check_extensions(element, namespaces)
            elif tag == "object":
                current = _Object(kind=element.get("type", "model"))
                model.objects[name, element.get("id", "")] = current
            continue
        stack.pop()
        if tag == "vertex":
            current.vertices.extend(float(element.attrib[axis]) for axis in "xyz")
        elif tag == "triangle":
            current.faces.extend(int(element.attrib[corner]) for corner in ("v1", "v2", "v3"))
        elif tag == "component":
            current.components.append((_key(element, name), _matrix(element)))
        elif tag == "item" and is_start:
            model.items.append((_key(element, name), _matrix(element)))
        if stack:
            stack[-1].remove(element)  # or the whole tree would be kept


def _check_extensions(element: ElementTree.Element, namespaces: dict[str, str]) -> None:
    """Raise `MeshError` for an extension that is required and not known."""
    for prefix in element.get("requiredextensions", "").split():
        name = namespaces.get(prefix, prefix)
        if not any(known in name for known in _KNOWN):
            raise MeshError(
                f"it requires {ascii(name)[1:-1][:80]}, an extension that is not known: "
                "export it again without"
            )


def _key(element: ElementTree.Element, name: str) -> Key:
    path = next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == "path"), None)
    return (name if path is None else path.lstrip("/").lower(), element.get("objectid", ""))


def _matrix(element: ElementTree.Element) -> Doubles:
    """Return a transform `(4, 3)`: points are rows, and multiplied from the left."""
    text = element.get("transform")
    numbers = np.array(text.split(), np.float64) if text else np.eye(4, 3).ravel()
    if numbers.shape != (12,):
        raise MeshError("one of its transforms is damaged: export it again")
    return np.asarray(numbers.reshape(4, 3))


def _build(model: _Model) -> Iterator[Triangles]:
    """Yield the triangles of each part that is built, in place; of all objects where no part is named."""
    waiting = [(key, matrix, 0) for key, matrix in reversed(model.items)]
    if not model.items:
        inner = {key for one in model.objects.values() for key, _ in one.components}
        waiting = [(key, np.eye(4, 3), 0) for key in reversed(model.objects) if key not in inner]
    meshes: dict[Key, Triangles] = {}
    placed = 0
    while waiting:
        key, matrix, depth = waiting.pop()
        found = model.objects.get(key)
        if found is None:
            raise MeshError("it names an object that is not there: it is damaged; export it again")
        placed += 1
        if depth > _MAX_DEPTH or placed > 1_000_000:
            raise MeshError("its objects stand in each other too often: export it again")
        if found.faces and found.kind in ("model", "solidsupport"):
            if key not in meshes:
                meshes[key] = _mesh(found)
            vertices, faces = meshes[key]
            yield vertices @ matrix[:3] + matrix[3], faces
        for inner_key, inner_matrix in reversed(found.components):
            rotated = inner_matrix @ matrix[:3]
            rotated[3] += matrix[3]
            waiting.append((inner_key, rotated, depth + 1))


def _mesh(found: _Object) -> Triangles:
    vertices = np.array(found.vertices, np.float64).reshape(-1, 3)
    faces = np.array(found.faces, np.int64).reshape(-1, 3)
    if faces.min() < 0 or faces.max() >= len(vertices):
        raise MeshError("a face names a vertex that is not there: it is damaged; export it again")
    return compacted(vertices, faces)
