"""Reading the triangles of 3MF files, a zip archive with XML in it (https://3mf.io), by our own parser.

trimesh 5.2 needs lxml and networkx for it and multiplies instances out before they can be counted; lib3mf,
the consortium's library, is native code that is called once for each vertex. Here XML comes from Python's
expat, entities are refused, and nothing is unpacked beyond the limits.
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

import numpy as np

from voxview.shapes.frame import Doubles, Integers
from voxview.shapes.io.mesh_text import MeshError
from voxview.shapes.io.polygons import MAX_COPIED_FACES, compacted

_START = "3D/3dmodel.model"
_MAX_DEPTH = 64
"""Limit of objects inside objects, and of elements inside elements."""

_MAX_OBJECTS = 100_000
"""Limit of objects, components and items together."""

_MAX_PLACES = 300_000
"""Limit of the places where objects and their components stand."""

_LEAST_ELEMENTS, _BYTES_AN_ELEMENT = 500_000, 3
"""Elements that a file may have at any rate, and the bytes of the file, packed, for each one above that:
a bomb of 0.1 MB has half a million."""

_BLOCK = 1 << 20

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

    @property
    def is_solid(self) -> bool:
        """Whether it is a part of the shape, and not what supports it while it is printed."""
        return self.kind in ("model", "solidsupport")


@dataclass
class _Model:
    left: int
    """Elements that may still come."""
    objects: dict[Key, _Object] = field(default_factory=dict)
    items: list[tuple[Key, Doubles]] = field(default_factory=list)
    named: int = 0

    def count(self) -> None:
        """Count an object, component or item; raise `MeshError` for too many."""
        self.named += 1
        if self.named > _MAX_OBJECTS:
            raise MeshError(f"it has more than {_MAX_OBJECTS:,} parts: join them first")


def read_3mf(blob: bytes, max_bytes: int, max_faces: int) -> list[Triangles]:
    """Parse the bytes of a 3MF file: vertices `(n, 3)` and triangles `(m, 3)` of each part that is built.

    `max_bytes` is the limit of its XML, unpacked.

    Raises `MeshError` for what is no 3MF file, is damaged, or requires an extension that is not known.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(blob)) as archive:
            model = _read_models(archive, max_bytes, max(_LEAST_ELEMENTS, len(blob) // _BYTES_AN_ELEMENT))
    except MeshError:
        raise
    except (
        *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError),
        *(NotImplementedError, RuntimeError),  # another kind of compression; encrypted
    ) as error:
        raise MeshError("it is no zip archive, or a damaged one: export it again") from error
    except (expat.ExpatError, LookupError, ValueError, OverflowError) as error:
        raise MeshError("its XML is damaged: export it again") from error
    return _build(model, max_faces)


def _read_models(archive: zipfile.ZipFile, limit: int, elements: int) -> _Model:
    """Read the model that is built, and every other one that its objects are in."""
    names = {name.lstrip("/").lower(): name for name in archive.namelist()}
    models = [name for name in names if name.endswith(".model")]
    start = _START.lower() if _START.lower() in names else next(iter(models), "")
    if not start:
        raise MeshError("it holds no model: it is another kind of file, or a damaged one; export it again")
    model = _Model(elements)
    for name in [start, *(name for name in models if name != start)]:
        info = archive.getinfo(names[name])
        limit -= info.file_size
        if limit < 0:
            raise MeshError("its model is too large: simplify it first")
        with archive.open(info) as file:
            _parse(model, name, file, is_start=name == start)
    return model


def _parse(model: _Model, name: str, file: IO[bytes], *, is_start: bool) -> None:
    """Read one model's XML, a block at a time: nothing is kept of what says nothing of the shape."""
    parser = expat.ParserCreate(namespace_separator="}")
    current = _Object()
    depth = 0
    namespaces: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal current, depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise MeshError("its XML is nested too deeply: it is damaged; export it again")
        model.left -= 1
        if model.left < 0:
            raise MeshError("it unpacks to far more than a shape takes: simplify it first")
        tag = tag.rpartition("}")[2]
        if tag == "triangle":
            current.faces.extend((int(attributes["v1"]), int(attributes["v2"]), int(attributes["v3"])))
        elif tag == "vertex":
            current.vertices.extend((float(attributes["x"]), float(attributes["y"]), float(attributes["z"])))
        elif tag == "model" and is_start:
            _check_extensions(attributes, namespaces)
        elif tag == "object":
            current = _Object(kind=attributes.get("type", "model"))
            model.objects[name, attributes.get("id", "")] = current
            model.count()
        elif tag == "component":
            current.components.append((_key(attributes, name), _matrix(attributes)))
            model.count()
        elif tag == "item" and is_start:
            model.items.append((_key(attributes, name), _matrix(attributes)))
            model.count()

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse(*_: object) -> None:
        raise MeshError("its XML declares entities, which no 3MF file does: it is refused")

    def note(prefix: str | None, uri: str) -> None:
        namespaces[prefix or ""] = uri

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler, parser.StartNamespaceDeclHandler = refuse, note
    block = file.read(_BLOCK)
    if b"\0" in block[:64]:
        raise MeshError("its XML is of 16 or 32 bits a letter: export it again as UTF-8")
    while block:
        parser.Parse(block, False)
        block = file.read(_BLOCK)
    parser.Parse(b"", True)


def _check_extensions(attributes: dict[str, str], namespaces: dict[str, str]) -> None:
    """Raise `MeshError` for an extension that is required and not known."""
    for prefix in attributes.get("requiredextensions", "").split():
        name = namespaces.get(prefix, prefix)
        if not any(known in name for known in _KNOWN):
            raise MeshError(
                f"it requires {ascii(name)[1:-1][:80]}, an extension that is not known: "
                "export it again without"
            )


def _key(attributes: dict[str, str], name: str) -> Key:
    path = next((value for key, value in attributes.items() if key.rpartition("}")[2] == "path"), None)
    return (name if path is None else path.lstrip("/").lower(), attributes.get("objectid", ""))


def _matrix(attributes: dict[str, str]) -> Doubles:
    """Return a transform `(4, 3)`: points are rows, and multiplied from the left."""
    text = attributes.get("transform")
    numbers = np.array(text.split(), np.float64) if text else np.eye(4, 3).ravel()
    if numbers.shape != (12,):
        raise MeshError("one of its transforms is damaged: export it again")
    return np.asarray(numbers.reshape(4, 3))


def _build(model: _Model, max_faces: int) -> list[Triangles]:
    """Return the triangles of each object that is built, in all of its places; without items of all."""
    items = model.items
    if not items:
        inside = {key for one in model.objects.values() for key, _ in one.components}
        items = [(key, np.eye(4, 3)) for key in model.objects if key not in inside]
    order = _order(model, [key for key, _ in items])
    places = Counter(key for key, _ in items)
    faces = placed = copied = 0
    for key in order:  # counted before anything is copied
        found = model.objects[key]
        of_object = len(found.faces) // 3 if found.is_solid else 0
        faces += places[key] * of_object
        copied += (places[key] - 1) * of_object
        for inner_key, _ in found.components:
            places[inner_key] += places[key]
        placed += places[key] * (1 + len(found.components))
        if placed > _MAX_PLACES:
            raise MeshError("its objects stand in each other too often: export it again")
        if faces > max_faces:
            raise MeshError(f"it has more than {max_faces:,} faces: simplify it first")
        if copied > MAX_COPIED_FACES:
            raise MeshError(
                f"copies of its parts have more than {MAX_COPIED_FACES:,} faces: simplify it first"
            )
    stand: dict[Key, list[Doubles]] = {}
    for key, matrix in items:
        stand.setdefault(key, []).append(matrix[None])
    parts: list[Triangles] = []
    for key in order:
        found, matrices = model.objects[key], np.concatenate(stand.pop(key))
        if found.is_solid and found.faces:
            parts.append(_copies(*_mesh(found), matrices))
        for inner_key, inner in found.components:
            moved = inner @ matrices[:, :3]
            moved[:, 3] += matrices[:, 3]
            stand.setdefault(inner_key, []).append(moved)
    return parts


def _order(model: _Model, roots: list[Key]) -> list[Key]:
    """Return the objects that are built, each behind all that it stands in."""
    level, depths = list(dict.fromkeys(roots)), dict.fromkeys(roots, 0)
    depth, work = 0, 0
    while level:
        depth += 1
        following: dict[Key, None] = {}
        for key in level:
            found = model.objects.get(key)
            if found is None:
                raise MeshError("it names an object that is not there: it is damaged; export it again")
            work += len(found.components)
            following.update((inner, None) for inner, _ in found.components)
        if depth > _MAX_DEPTH or work > 20 * _MAX_PLACES:
            raise MeshError("its objects stand in each other too often: export it again")
        depths.update(dict.fromkeys(following, depth))
        level = list(following)
    return sorted(depths, key=lambda key: depths[key])


def _copies(vertices: Doubles, faces: Integers, matrices: Doubles) -> Triangles:
    """Return the triangles of an object in all of its places `(k, 4, 3)`."""
    moved = vertices @ matrices[:, :3] + matrices[:, None, 3]
    firsts = len(vertices) * np.arange(len(matrices))
    return moved.reshape(-1, 3), (faces + firsts[:, None, None]).reshape(-1, 3)


def _mesh(found: _Object) -> Triangles:
    vertices = np.array(found.vertices, np.float64).reshape(-1, 3)
    faces = np.array(found.faces, np.int64).reshape(-1, 3)
    if faces.min() < 0 or faces.max() >= len(vertices):
        raise MeshError("a face names a vertex that is not there: it is damaged; export it again")
    return compacted(vertices, faces)
