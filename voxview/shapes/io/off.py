"""Parsing of OFF meshes (Geomview's Object File Format): vertices, then faces, as text.

http://www.geomview.org/docs/html/OFF.html. Line ends are white space like any other, so that a file is one
row of numbers; but colours, normals and texture coordinates, which are ignored, may end with a line. Where
each line is a vertex or a face, lines are read; else the columns are those that use up all numbers.

By our own parser: trimesh 5.2, meshio 5.3, Assimp, MeshLab and VTK read none whose lines break freely.
"""

from __future__ import annotations

import re
from itertools import product

import numpy as np

from voxview.shapes.frame import Doubles, Integers
from voxview.shapes.io.mesh_text import MeshError, floats, plain_text
from voxview.shapes.io.polygons import check_faces, triangulate
from voxview.shapes.io.rows import read_rows

_HEADER = re.compile(rb"\s*(ST)?(C)?(N)?(4)?(n)?(?:OFF|Off|off)(?![A-Za-z])")
_COMMENT = re.compile(rb"#[^\r\n]*")
_FACE_COLOURS = (0, 3, 4, 1)
"""Numbers of a colour behind each face, the usual ones first."""


def read_off(blob: bytes) -> tuple[Doubles, Integers]:
    """Parse the bytes of an OFF file: vertices `(n, 3)` and triangles `(m, 3)`.

    Raises `MeshError` if it is no OFF file, a binary or four-dimensional one, is truncated, or has a face of
    too many corners.
    """
    text = _COMMENT.sub(b"", plain_text(blob))
    header = _HEADER.match(text)
    if header is None:
        raise MeshError("it does not begin with OFF: it is another kind of file")
    body = text[header.end() :]
    if body.split(None, 1)[:1] == [b"BINARY"]:
        raise MeshError("it is a binary OFF file: save it as text")
    if header[4] or header[5]:
        raise MeshError("its vertices are not those of three dimensions: save it as plain OFF")
    lines = [line for line in body.replace(b"\r", b"\n").split(b"\n") if line and not line.isspace()]
    counts = lines[0].split() if lines else []
    if 2 <= len(counts) <= 3:
        found = _by_lines([line.split() for line in lines[1:]], _counts(counts))
        if found is not None:
            return found
    return _by_numbers(floats(body), header.groups())


def _counts(words: list[bytes]) -> tuple[int, int]:
    try:
        vertices, faces = int(words[0]), int(words[1])
    except ValueError as error:
        raise MeshError("it does not say how many vertices and faces it has: it is damaged") from error
    return _check_counts(vertices, faces)


def _check_counts(vertices: int, faces: int) -> tuple[int, int]:
    if min(vertices, faces) < 0:
        raise MeshError("it says that it has fewer than no vertices or faces: it is damaged")
    check_faces(faces)
    return vertices, faces


def _by_lines(lines: list[list[bytes]], counts: tuple[int, int]) -> tuple[Doubles, Integers] | None:
    """Return the mesh of a file whose lines are its vertices and faces; None where they are not."""
    vertices, faces = counts
    if len(lines) < vertices + faces:
        return None
    points, polygons = lines[:vertices], lines[vertices : vertices + faces]
    if any(len(words) < 3 or len(words) != len(points[0]) for words in points):
        return None
    if not all(words[0].isdigit() and len(words) > int(words[0]) for words in polygons):
        return None
    numbers = floats(b" ".join(b" ".join(words[:3]) for words in points)).reshape(-1, 3)
    sizes = np.array([int(words[0]) for words in polygons], np.int64)
    corners = floats(b" ".join(b" ".join(words[1 : int(words[0]) + 1]) for words in polygons))
    if (corners != np.floor(corners)).any():
        return None
    return numbers, triangulate(numbers, corners.astype(np.int64), sizes)


def _by_numbers(numbers: Doubles, kinds: tuple[bytes | None, ...]) -> tuple[Doubles, Integers]:
    """Return the mesh of a file whose lines break anywhere."""
    has_texture, has_colours, has_normals = (kind is not None for kind in kinds[:3])
    if len(numbers) < 2 or not np.isfinite(numbers[:2]).all():
        raise MeshError("it does not say how many vertices and faces it has: it is damaged")
    vertices, faces = _check_counts(int(numbers[0]), int(numbers[1]))
    after = 3 * has_normals + 2 * has_texture
    widths = [3 + after + colour for colour in ((4, 3) if has_colours else (0,))]
    fitting: list[tuple[int, Doubles, Integers, Integers]] = []
    # The number of edges may be missing.
    for width, colour, begin in product(widths, _FACE_COLOURS, (3, 2)):
        start = begin + width * vertices
        if start > len(numbers):
            continue
        try:
            corners, sizes, end = read_rows(numbers, start, faces, after=colour)
        except MeshError:
            continue
        if (corners >= 0).all() and (corners < vertices).all():
            points = numbers[begin:start].reshape(vertices, width)[:, :3]
            fitting.append((len(numbers) - end, points, corners, sizes))
    if not fitting:
        raise MeshError("it holds fewer vertices and faces than it says: copy or export it again")
    _, points, corners, sizes = min(fitting, key=lambda fit: fit[0])
    return points, triangulate(points, corners, sizes)
