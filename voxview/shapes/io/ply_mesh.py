"""Reading the triangles of PLY files: text or binary in either byte order, faces of any size, any properties.

By our own parser. trimesh 5.2 refuses lists that mix triangles and quads, and bytes after the last face.
plyfile 1.1 reads both and is kept, but its licence is the GPL, and a row costs it 20 times as long. VTK reads
both, too, in C that trusts what a header says: a damaged file must not end the program.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxview.shapes.frame import Doubles, Integers
from voxview.shapes.io.mesh_text import MeshError, floats, plain_text
from voxview.shapes.io.ply import KINDS, PlyHeader, parse_ply_bytes
from voxview.shapes.io.polygons import check_faces, triangulate
from voxview.shapes.io.rows import read_rows

_FACES = ("vertex_indices", "vertex_index")
_ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}

Properties = tuple[tuple[str, ...], ...]
"""The words of each property's line, without `property`."""


@dataclass
class _Content:
    """What is kept of a file's elements."""

    vertices: Doubles | None = None
    faces: tuple[Integers, Integers] | None = None
    strips: tuple[Integers, Integers] | None = None


def read_ply(blob: bytes) -> tuple[Doubles, Integers]:
    """Parse the bytes of a PLY file: vertices `(n, 3)` and triangles `(m, 3)`; none of points alone.

    Raises `MeshError` for a broken header, properties of unknown types, and a file that ends too early.
    """
    blob = plain_text(blob)
    header = parse_ply_bytes(blob)
    if header.format not in _ORDERS:
        raise MeshError(f"its format is {header.format[:40] or 'not said'}: export it again")
    if sum(count for _, count, _ in header.elements) > len(blob):
        raise MeshError("it holds fewer elements than its header says: copy or export it again")
    check_faces(header.count("face"))
    content = _Content()
    if header.format == "ascii":
        _read_text(content, header, floats(blob[header.length :]))
    else:
        _read_binary(content, header, blob, _ORDERS[header.format])
    if content.vertices is None:
        raise MeshError("it has no vertices with x, y and z: export it again")
    triangles = [triangulate(content.vertices, *content.faces)] if content.faces else []
    if content.strips:
        triangles.append(triangulate(content.vertices, *_strip_triangles(content.strips[0])))
    return content.vertices, np.concatenate([np.empty((0, 3), np.int64), *triangles])


def _keep(content: _Content, name: str, rows: tuple[Integers, Integers]) -> None:
    if name == "face":
        content.faces = rows
    elif name == "tristrips":
        content.strips = rows


def _strip_triangles(strips: Integers) -> tuple[Integers, Integers]:
    """Return the corners of the triangles in strips that −1 ends, and three for each."""
    at = np.arange(max(len(strips) - 2, 0))
    triangles = strips[at[:, None] + np.arange(3)]
    ends = np.flatnonzero(strips < 0)
    last = np.concatenate([[-1], ends])
    place = at - (last[np.searchsorted(ends, at, side="left")] + 1)  # in its strip
    triangles[place % 2 == 1] = triangles[place % 2 == 1][:, ::-1]
    triangles = triangles[(triangles >= 0).all(axis=1)]
    return triangles.ravel(), np.full(len(triangles), 3)


# ---- text -------------------------------------------------------------------------------------------


def _read_text(content: _Content, header: PlyHeader, numbers: Doubles) -> None:
    place = 0
    for name, count, properties in header.elements:
        lists = [i for i, words in enumerate(properties) if words[0] == "list"]
        if not lists:
            end = place + count * len(properties)
            if end > len(numbers):
                raise MeshError("it ends before its last element: copy or export it again")
            if name == "vertex":
                columns = [_column(properties, axis) for axis in "xyz"]
                content.vertices = numbers[place:end].reshape(count, -1)[:, columns]
            place = end
            continue
        check_faces(count)
        wanted = _wanted(properties)
        if len(lists) == 1:
            corners, sizes, place = read_rows(
                numbers, place, count, before=wanted, after=len(properties) - wanted - 1
            )
            _keep(content, name, (corners, sizes))
            continue
        is_list = [words[0] == "list" for words in properties]
        firsts, sizes, place = _walk_text(numbers, place, count, is_list, wanted)
        corners = numbers[_spread(firsts, sizes)].astype(np.int64)
        _keep(content, name, (corners, sizes))


def _walk_text(
    numbers: Doubles, place: int, count: int, is_list: list[bool], wanted: int
) -> tuple[Integers, Integers, int]:
    """Return where the wanted list of each row begins, its length, and where the last row ends."""
    firsts, sizes = np.empty(count, np.int64), np.empty(count, np.int64)
    for row in range(count):
        for i, listed in enumerate(is_list):
            length = 1
            if listed:
                length = int(numbers[place]) if place < len(numbers) else -1
                place += 1
            if length < 0 or place + length > len(numbers):
                raise MeshError("it ends before its last face: copy or export it again")
            if i == wanted:
                firsts[row], sizes[row] = place, length
            place += length
    return firsts, sizes, place


# ---- binary -----------------------------------------------------------------------------------------


def _read_binary(content: _Content, header: PlyHeader, blob: bytes, order: str) -> None:
    place = header.length
    for name, count, properties in header.elements:
        if all(words[0] != "list" for words in properties):
            kinds = [(f"{i}", order + _kind(words[0])) for i, words in enumerate(properties)]
            record = np.dtype(kinds)
            if place + count * record.itemsize > len(blob):
                raise MeshError("it ends before its last element: copy or export it again")
            if name == "vertex":
                rows = np.frombuffer(blob, record, count, place)
                columns = [str(_column(properties, axis)) for axis in "xyz"]
                content.vertices = np.stack([rows[c].astype(np.float64) for c in columns], axis=1)
            place += count * record.itemsize
            continue
        check_faces(count)
        wanted = _wanted(properties)
        kind = np.dtype(order + _kind(properties[wanted][2]))
        firsts, sizes, place = _walk_binary(blob, place, count, properties, order, wanted)
        data = np.frombuffer(blob, np.uint8)
        corners = data[_spread(firsts, sizes * kind.itemsize)].view(kind).astype(np.int64)
        _keep(content, name, (corners, sizes))


def _walk_binary(
    blob: bytes, place: int, count: int, properties: Properties, order: str, wanted: int
) -> tuple[Integers, Integers, int]:
    """Return the byte where each row's wanted list begins, its length, and where the last row ends."""
    fast = _all_alike(blob, place, count, properties, order, wanted)
    if fast is not None:
        return fast
    steps: list[tuple[Callable[..., tuple[int, ...]] | None, int, int]] = []
    for words in properties:
        if words[0] == "list":
            length, value = np.dtype(_kind(words[1])), np.dtype(_kind(words[2]))
            if length.kind == "f":
                raise MeshError("the number of corners of its faces is no whole number: export it again")
            steps.append(
                (struct.Struct(order + _letter(length)).unpack_from, length.itemsize, value.itemsize)
            )
        else:
            steps.append((None, 0, np.dtype(_kind(words[0])).itemsize))
    firsts, sizes = np.empty(count, np.int64), np.empty(count, np.int64)
    try:
        for row in range(count):
            for i, (read, head, size) in enumerate(steps):
                length_ = 1 if read is None else read(blob, place)[0]
                place += head
                if i == wanted:
                    firsts[row], sizes[row] = place, length_
                place += length_ * size
                if length_ < 0 or place > len(blob):
                    raise MeshError("it ends before its last face: copy or export it again")
    except struct.error as error:
        raise MeshError("it ends before its last face: copy or export it again") from error
    return firsts, sizes, place


def _all_alike(
    blob: bytes, place: int, count: int, properties: Properties, order: str, wanted: int
) -> tuple[Integers, Integers, int] | None:
    """Return what `_walk_binary` does where all rows have a single list of one length, as triangles have."""
    if not count or sum(words[0] == "list" for words in properties) != 1:
        return None
    sizes = [0 if words[0] == "list" else np.dtype(_kind(words[0])).itemsize for words in properties]
    head, value = (np.dtype(order + _kind(word)) for word in properties[wanted][1:3])
    before = sum(sizes[:wanted])
    if head.kind == "f" or place + before + head.itemsize > len(blob):
        return None
    length = int(np.frombuffer(blob, head, 1, place + before)[0])
    stride = sum(sizes) + head.itemsize + length * value.itemsize
    if length < 0 or place + count * stride > len(blob):
        return None
    rows: NDArray = np.ndarray((count,), head, blob, place + before, (stride,))
    if not (rows == length).all():
        return None
    firsts = place + before + head.itemsize + stride * np.arange(count)
    return firsts, np.full(count, length), place + count * stride


def _spread(firsts: Integers, lengths: Integers) -> Integers:
    """Return the places from each of `firsts` on, as many as `lengths` says, one after another."""
    return np.asarray(np.repeat(firsts - (np.cumsum(lengths) - lengths), lengths) + np.arange(lengths.sum()))


def _wanted(properties: Properties) -> int:
    """Return which property holds the corners of a face: the one that is called so, else the first list."""
    lists = [i for i, words in enumerate(properties) if words[0] == "list"]
    return next((i for i in lists if properties[i][-1] in _FACES), lists[0])


def _column(properties: Properties, axis: str) -> int:
    names = [words[-1].lower() for words in properties]
    if axis not in names:
        raise MeshError("it has no vertices with x, y and z: export it again")
    return names.index(axis)


def _kind(word: str) -> str:
    if word not in KINDS:
        raise MeshError(f"it has properties of the type {word[:40]}, which is not known: export it again")
    return KINDS[word]


def _letter(kind: np.dtype) -> str:
    return {"i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I"}[kind.str[1:]]
