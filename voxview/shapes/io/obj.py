"""Reading the triangles of Wavefront OBJ files, by our own parser.

Of nine awkward files no library reads more than six as they are meant: trimesh 5.2 loses negative indices,
tabs, byte-order marks and comments after data, meshio 5.3 negative indices and comments, Assimp and VTK
comments and byte-order marks, MeshLab comments, and all but this one take decimal commas or an index of 0 for
something else than an error. tinyobjloader has had no release since 2019. A file is ten lines to parse.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator

import numpy as np

from voxview.shapes.frame import Doubles, Integers
from voxview.shapes.io.mesh_text import MeshError, explain_word, plain_text
from voxview.shapes.io.polygons import check_faces, triangulate

_FARTHEST_INDEX = 1 << 62
"""What is beyond it fits into no array."""


def read_obj(blob: bytes) -> tuple[Doubles, Integers]:
    """Parse the bytes of an OBJ file: vertices `(n, 3)` and triangles `(m, 3)`.

    Groups, materials, normals, lines and curves are skipped. Raises `MeshError`, which names the line.
    """
    coordinates, corners = array("d"), array("q")
    counts, lines = array("q"), array("q")
    for number, words in _statements(plain_text(blob)):
        if words[0] == b"v":
            _add_vertex(coordinates, words, number)
        elif words[0] in (b"f", b"fo"):
            corners.extend(_corners(words, len(coordinates) // 3, number))
            counts.append(len(words) - 1)
            lines.append(number)
            check_faces(len(lines))
    vertices = np.array(coordinates, np.float64).reshape(-1, 3)
    flat, sizes = np.array(corners, np.int64) - 1, np.array(counts, np.int64)
    missing = np.flatnonzero(flat >= len(vertices))
    if len(missing):
        line = lines[int(np.searchsorted(np.cumsum(sizes), missing[0], side="right"))]
        raise MeshError(
            f"line {line} names vertex {flat[missing[0]] + 1:,}, and there are {len(vertices):,}: "
            "it is damaged; export it again"
        )
    return vertices, triangulate(vertices, flat, sizes)


def read_obj_vertices(blob: bytes) -> Doubles:
    """Parse the vertices `(n, 3)` of an OBJ file, whatever its faces are; raise `MeshError` as `read_obj`."""
    coordinates = array("d")
    for number, words in _statements(plain_text(blob)):
        if words[0] == b"v":
            _add_vertex(coordinates, words, number)
    return np.array(coordinates, np.float64).reshape(-1, 3)


def _statements(text: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """Yield the number of a line and the words of its statement, which may go on over several lines."""
    begun: list[bytes] = []
    started = 0
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    for number, line in enumerate(text.split(b"\n"), 1):
        # A comment ends with its line, a backslash before its end or not.
        line, comment, _ = line.partition(b"#")
        goes_on = False
        if not comment and b"\\" in line:
            line = line.rstrip()
            goes_on = line.endswith(b"\\")
            line = line[:-1] if goes_on else line
        words = line.split()
        if goes_on or begun:
            started = started or number
            begun += words
            if goes_on:
                continue
            number, words = started, begun
            begun, started = [], 0
        if words:
            yield number, words
    if begun:
        yield started, begun


def _add_vertex(coordinates: array[float], words: list[bytes], line: int) -> None:
    try:
        x, y, z = map(float, words[1:4])
    except ValueError as error:
        bad = next((word for word in words[1:4] if not _is_float(word)), None)
        what = explain_word(bad) if bad is not None else "a vertex has fewer than three numbers"
        raise MeshError(f"line {line}: {what}") from error
    coordinates.extend((x, y, z))


def _corners(words: list[bytes], before: int, line: int) -> list[int]:
    """Return the corners of a face, counted from 1; negative ones count back from the vertices before it."""
    try:
        found = [int(word.partition(b"/")[0]) for word in words[1:]]
    except ValueError as error:
        bad = next(word for word in words[1:] if not _is_int(word.partition(b"/")[0]))
        raise MeshError(f"line {line}: {explain_word(bad)}") from error
    lowest = min(found, default=1)
    if max(found, default=1) > _FARTHEST_INDEX:
        raise MeshError(f"line {line} names a vertex that is not there: it is damaged; export it again")
    if lowest > 0:
        return found
    if 0 in found:
        raise MeshError(f"line {line} names vertex 0, and an .obj counts from 1: export it again")
    if lowest < -before:
        raise MeshError(
            f"line {line} names vertex {lowest}, and {before:,} stand before it: "
            "it is damaged; export it again"
        )
    return [index if index > 0 else before + index + 1 for index in found]


def _is_int(word: bytes) -> bool:
    return re.fullmatch(rb"[-+]?\d+", word) is not None


def _is_float(word: bytes) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
