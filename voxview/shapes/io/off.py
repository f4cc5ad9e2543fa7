"""Parsing of OFF meshes (Geomview's Object File Format): vertices, then faces, as text.

http://www.geomview.org/docs/html/OFF.html. A line is a vertex or a face; colours, normals and texture
coordinates are ignored, and faces of more than three corners become triangle fans.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from voxview.shapes.frame import Doubles, Integers

MAX_CORNERS = 1_000
"""Limit of the corners of one face."""

_HEADER = re.compile(r"\s*(?:ST)?C?N?OFF(?![A-Za-z])")
_COMMENT = re.compile(r"#[^\r\n]*")


def read_off(blob: bytes) -> tuple[Doubles, Integers]:
    """Parse the bytes of an OFF file: vertices `(n, 3)` and triangles `(m, 3)`.

    Raises `ValueError` if it is no OFF file, is truncated, or has a face of more than a thousand corners.
    """
    text = blob.decode("latin-1")
    if "#" in text:
        text = _COMMENT.sub("", text)
    header = _HEADER.match(text)
    if header is None:
        raise ValueError("it does not begin with OFF")
    # The counts may be on the header's line.
    lines = [line for line in text[header.end() :].splitlines() if line and not line.isspace()]
    counts = [int(word) for word in lines[0].split()[:2]] if lines else []
    if len(counts) != 2 or min(counts) < 0 or sum(counts) > len(lines) - 1:
        raise ValueError("it holds fewer vertices and faces than it says")
    vertices, faces = counts
    return _numbers(lines[1 : 1 + vertices], range(3), np.float64), _fans(
        lines[1 + vertices : 1 + vertices + faces]
    )


def _fans(lines: list[str]) -> Integers:
    """Return triangle fans `(m, 3)` of faces of any number of corners, in the order of the faces."""
    corners = _numbers(lines, range(1), np.int64)[:, 0]
    if len(corners) and (corners.min() < 0 or corners.max() > MAX_CORNERS):
        raise ValueError(f"it has a face of {corners.max():,} corners")
    fans, order = [np.empty((0, 3), np.int64)], [np.empty(0, np.int64)]
    for count in np.unique(corners[corners >= 3]):
        which = np.flatnonzero(corners == count)
        polygons = _numbers([lines[i] for i in which], range(1, count + 1), np.int64)
        step = np.arange(1, count - 1)
        fan = np.stack(np.broadcast_arrays(polygons[:, :1], polygons[:, step], polygons[:, step + 1]), axis=2)
        fans.append(fan.reshape(-1, 3))
        order.append(np.repeat(which, count - 2))
    return np.concatenate(fans)[np.argsort(np.concatenate(order), kind="stable")]


def _numbers(lines: list[str], columns: range, kind: type) -> NDArray:
    if not lines:
        return np.empty((0, len(columns)), kind)
    return np.loadtxt(lines, dtype=kind, usecols=list(columns), comments=None, ndmin=2)
