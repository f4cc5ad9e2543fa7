"""Compressed parts of glTF files: Draco by DracoPy, meshopt by meshoptimizer."""

from __future__ import annotations

from typing import Any

import numpy as np

from voxview.resources import is_bundled
from voxview.shapes.frame import Doubles, Integers
from voxview.shapes.io.gltf.document import whole
from voxview.shapes.io.mesh_text import MeshError

MAX_DECODED_BYTES = 256 << 20
"""Limit of the bytes that meshopt decodes, of all parts together."""

_MAX_RATIO = 20_000
"""Limit of the elements for each compressed byte: the codec stores at least a header for every block."""


_INSTALL_MESHOPT = (
    "export it without, or install the decoder, which needs a C++ compiler: "
    "pip install 'meshoptimizer>=0.2.30a0'"
)


def decode_draco(data: bytes) -> tuple[Doubles, Integers]:
    """Decode a mesh: vertices `(n, 3)` and triangles `(m, 3)`; raise `MeshError` for damaged data."""
    import DracoPy

    try:
        mesh = DracoPy.decode(data)
        vertices, faces = np.asarray(mesh.points, np.float64), np.asarray(mesh.faces, np.int64)
    except Exception as error:
        # The wrapper raises several kinds, some of them its own.
        raise MeshError("what Draco has compressed in it is damaged: export it again") from error
    return vertices.reshape(-1, 3), faces.reshape(-1, 3)


def decode_meshopt(data: bytes, extension: dict[str, Any], count: int) -> bytes:
    """Decode a buffer view of `count` elements; raise `MeshError` for damaged data or no decoder."""
    try:
        import meshoptimizer as codec
    except ImportError as error:
        remedy = "export it without" if is_bundled() else _INSTALL_MESHOPT
        raise MeshError(f"it is compressed by meshopt: {remedy}") from error
    stride, mode = whole(extension.get("byteStride")), extension.get("mode")
    if count > _MAX_RATIO * max(len(data), 1):
        raise MeshError("it has too many elements: simplify it first")
    if not _is_decodable(mode, stride, count):
        raise MeshError("what meshopt has compressed in it is damaged: export it again")
    try:
        if mode == "ATTRIBUTES":
            values = codec.decode_vertex_buffer(count, stride, data, dtype=np.dtype((np.void, stride)))
            values = _filtered(
                values.view(np.uint8).reshape(count, stride), str(extension.get("filter", "NONE")), stride
            )
            return values.tobytes()
        decode = codec.decode_index_buffer if mode == "TRIANGLES" else codec.decode_index_sequence
        indices = np.asarray(decode(count, 4, data))  # the wrapper takes the bytes of 2 for those of 4
        return indices.astype(np.uint16 if stride == 2 else np.uint32).tobytes()
    except MeshError:
        raise
    except Exception as error:
        raise MeshError("what meshopt has compressed in it is damaged: export it again") from error


def _is_decodable(mode: object, stride: int, count: int) -> bool:
    """Return whether the codec may be called: it does not look itself, and writes past its result's end."""
    if mode == "ATTRIBUTES":
        return 0 < stride <= 256 and stride % 4 == 0
    return mode in ("TRIANGLES", "INDICES") and stride in (2, 4) and (mode == "INDICES" or count % 3 == 0)


def _filtered(values: np.ndarray, kind: str, stride: int) -> np.ndarray:
    """Undo the exponential filter, the one that positions have; the others are of normals and rotations."""
    if kind == "EXPONENTIAL" and stride % 4 == 0:
        words = values.view("<i4")
        return np.asarray(np.ldexp((words << 8 >> 8).astype(np.float32), words >> 24))
    if kind not in ("NONE", "OCTAHEDRAL", "QUATERNION"):
        raise MeshError("what meshopt has compressed in it is of an unknown kind: export it again")
    return values
