"""Reading the triangles of STL files, text and binary, by our own parser: fifty bytes a triangle.

Of a binary file whose count is 0, and of one with bytes after its triangles, trimesh 5.2, meshio 5.3 and
Assimp read neither; numpy-stl 4.1 and MeshLab read the second alone, VTK the first alone. The count is a hint
here: what is there decides.
"""

from __future__ import annotations

import re
import struct

import numpy as np
from numpy.typing import NDArray

from voxview.shapes.frame import Doubles, Integers
from voxview.shapes.io.mesh_text import MeshError, floats, plain_text
from voxview.shapes.io.notices import notice

_HEADER = 84
_RECORD = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_VERTEX = re.compile(rb"\bvertex\s+(\S+)\s+(\S+)\s+(\S+)", re.IGNORECASE)
_UNIT = 0.02
"""How far the length of a normal may be from 1 (or from 0) in what still counts as a triangle."""


def read_stl(blob: bytes) -> tuple[Doubles, Integers]:
    """Parse the bytes of an STL file: vertices `(3 m, 3)`, and triangles `(m, 3)` that share none of them.

    Raises `MeshError` for a file that is neither text nor holds whole triangles.
    """
    text = plain_text(blob)
    corners = _read_text(text) if _is_text(text) else _read_binary(blob)
    return corners, np.arange(len(corners), dtype=np.int64).reshape(-1, 3)


def _is_text(blob: bytes) -> bool:
    """Return whether it is text. Binary headers may begin with 'solid', too: zeros tell them apart."""
    if blob.lstrip()[:5].lower() != b"solid":
        return False
    return b"\0" not in blob[:1024] and (b"facet" in blob[:4096].lower() or len(blob) < _HEADER)


def _read_text(blob: bytes) -> Doubles:
    numbers = floats(b" ".join(b" ".join(words) for words in _VERTEX.findall(blob)))
    if len(numbers) % 9:
        raise MeshError("one of its triangles has not three corners: it is damaged; export it again")
    return numbers.reshape(-1, 3)


def _read_binary(blob: bytes) -> Doubles:
    if len(blob) < _HEADER:
        raise MeshError("it is no text that begins with 'solid', and too short for a binary file")
    said = struct.unpack_from("<I", blob, _HEADER - 4)[0]
    there, rest = divmod(len(blob) - _HEADER, _RECORD.itemsize)
    records = np.frombuffer(blob, _RECORD, there, _HEADER)
    count = min(said, there)
    if said > there and rest:
        raise MeshError(f"it ends after {there:,} of {said:,} triangles: copy or export it again")
    if count < there and _are_triangles(records[count:]):
        count = there
    elif count == 0 and there:
        raise MeshError("its header says 0 triangles, and the bytes behind it are none: export it again")
    if count != said:
        notice(f"its header says {said:,} triangles, and {count:,} are there: all of these were read")
    return np.array(records["corners"][:count], np.float64).reshape(-1, 3)


def _are_triangles(records: NDArray) -> bool:
    """Return whether these bytes are triangles: finite corners, and normals of length 1 or 0."""
    with np.errstate(all="ignore"):
        lengths = np.linalg.norm(records["normal"].astype(np.float64), axis=1)
    are_normals = (np.abs(lengths - 1) < _UNIT) | (lengths < _UNIT)
    return bool(are_normals.all() and np.isfinite(records["corners"]).all())
