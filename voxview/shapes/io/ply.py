"""The header of PLY files, and reading the vertices of those that have no faces, in little memory.

http://paulbourke.net/dataformats/ply/. Files with faces are meshes; see `ply_mesh`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voxview.errors import InputError
from voxview.shapes.frame import Doubles
from voxview.shapes.io.mesh_text import MeshError
from voxview.shapes.io.records import read_records, read_text_records

_MAX_HEADER_BYTES = 64 * 1024
_END = re.compile(rb"(?<=[\r\n])end_header[ \t]*(?:\r\n|\n|\r|$)")

KINDS = {
    **dict.fromkeys(("char", "int8"), "i1"),
    **dict.fromkeys(("uchar", "uint8"), "u1"),
    **dict.fromkeys(("short", "int16"), "i2"),
    **dict.fromkeys(("ushort", "uint16"), "u2"),
    **dict.fromkeys(("int", "int32"), "i4"),
    **dict.fromkeys(("uint", "uint32"), "u4"),
    **dict.fromkeys(("float", "float32"), "f4"),
    **dict.fromkeys(("double", "float64"), "f8"),
}


@dataclass(frozen=True)
class PlyHeader:
    """What a PLY file says that it holds."""

    format: str
    elements: tuple[tuple[str, int, tuple[tuple[str, ...], ...]], ...]
    """Name, count and properties (words of their lines) of each element, in their order."""
    length: int

    def count(self, name: str) -> int:
        """Return how many elements of a name there are."""
        return sum(count for element, count, _ in self.elements if element == name)


def parse_ply_header(path: Path) -> PlyHeader:
    """Parse a PLY file's header; raise `InputError` if it has none or a broken one."""
    with path.open("rb") as file:
        start = file.read(_MAX_HEADER_BYTES)
    try:
        return parse_ply_bytes(start)
    except MeshError as error:
        raise InputError(f"{path} is not a usable .ply file: {error}") from error


def parse_ply_bytes(blob: bytes) -> PlyHeader:
    """Parse the header at the start of a PLY file's bytes; raise `MeshError` for none and a broken one."""
    start = blob[:_MAX_HEADER_BYTES]
    mark = len(codecs.BOM_UTF8) if start.startswith(codecs.BOM_UTF8) else 0
    end = _END.search(start)
    if not start.startswith(b"ply", mark) or end is None:
        raise MeshError("it has no PLY header: it is damaged, or another kind of file")
    kind = ""
    elements: list[tuple[str, int, list[tuple[str, ...]]]] = []
    try:
        for words in (line.split() for line in start[: end.start()].decode("latin-1").splitlines()):
            if words[:1] == ["format"]:
                kind = words[1]
            elif words[:1] == ["element"]:
                elements.append((words[1], int(words[2]), []))
            elif words[:1] == ["property"]:
                elements[-1][2].append(_property(words[1:]))
    except (IndexError, ValueError) as error:
        raise MeshError("its header cannot be understood: export it again") from error
    if any(count < 0 for _, count, _ in elements):
        raise MeshError("its header says that it has fewer than no elements: export it again")
    return PlyHeader(kind, tuple((n, c, tuple(p)) for n, c, p in elements), end.end())


def _property(words: list[str]) -> tuple[str, ...]:
    if len(words) != (4 if words[0] == "list" else 2):
        raise ValueError("a property is a type and a name")
    return tuple(words)


def read_ply_points(path: Path) -> Generator[float, None, Doubles]:
    """Read the vertices of a PLY file, `(n, 3)`, yielding the share that is read; any format and types.

    Raises `InputError` for a broken header, vertices without x, y and z, or a file that ends too early.
    """
    header = parse_ply_header(path)
    first, count, properties = header.elements[0] if header.elements else ("", 0, ())
    names = [words[-1] for words in properties]
    if first != "vertex" or not {"x", "y", "z"} <= set(names):
        raise _broken(path, "its first element is no vertex with x, y and z")
    if header.format == "ascii":
        columns = tuple(names.index(axis) for axis in "xyz")
        return (yield from read_text_records(path, columns, header.length, count))
    order = {"binary_little_endian": "<", "binary_big_endian": ">"}.get(header.format)
    try:
        if order is None:
            raise _broken(path, f"its format is {header.format[:40] or 'not said'}")
        record = np.dtype([(words[-1], order + KINDS[words[0]]) for words in properties])
    except (KeyError, ValueError) as error:
        raise _broken(path, "its vertices have properties that are not known") from error
    return (yield from read_records(path, record, header.length, count))


def _broken(path: Path, what: str) -> InputError:
    return InputError(f"{path} is not a usable .ply file: {what}; export it again")
