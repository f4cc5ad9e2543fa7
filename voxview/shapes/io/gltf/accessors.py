"""The numbers of a glTF file: accessors, with what is sparse, normalised or compressed in them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from voxview.shapes.frame import Doubles, Integers
from voxview.shapes.io.gltf.document import Document, whole
from voxview.shapes.io.mesh_text import MeshError

MAX_ELEMENTS = 11_000_000
"""Limit of the elements of all accessors that are read: as many vertices as a file of 128 MiB can hold."""

_MAX_CONVERTED = 5 * MAX_ELEMENTS
"""Limit of the elements that are converted: parts may share their vertices, but not a thousand times."""

_KINDS = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_MESHOPT = ("EXT_meshopt_compression", "KHR_meshopt_compression")


class Accessors:
    """The accessors of one document, each read once."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._read: dict[int, NDArray] = {}
        self._views: dict[int, bytes] = {}
        self._left = MAX_ELEMENTS
        self._left_to_convert = _MAX_CONVERTED
        self._decoded = 0
        """Bytes of all views that were compressed."""

    def count(self, index: object) -> int:
        """Return how many elements an accessor says that it has."""
        return whole(self._document.entry("accessors", index).get("count"))

    def floats(self, index: object, width: int) -> Doubles:
        """Return an accessor's elements `(n, width)` as numbers, those that are normalised in their range."""
        values = self._taken(index)
        if values.shape[1] != width:
            raise MeshError(f"it has vectors of {values.shape[1]} where {width} are due: export it again")
        numbers = values.astype(np.float64)
        if self._document.entry("accessors", index).get("normalized") is True and values.dtype.kind in "iu":
            numbers = np.maximum(numbers / np.iinfo(values.dtype).max, -1.0)
        return numbers

    def indices(self, index: object) -> Integers:
        """Return an accessor's elements `(n,)` as indices."""
        values = self._taken(index)
        if values.shape[1] != 1 or values.dtype.kind not in "iu":
            raise MeshError("its faces are no whole numbers: it is damaged; export it again")
        return values[:, 0].astype(np.int64)

    def view(self, index: object) -> bytes | memoryview:
        """Return the bytes of a buffer view, decoded where it is compressed."""
        entry = self._document.entry("bufferViews", index)
        assert isinstance(index, int)
        extension = _extension(entry)
        if extension is None:
            return self._document.view(index)
        if index not in self._views:
            from voxview.shapes.io.gltf.compressed import MAX_DECODED_BYTES, decode_meshopt

            count = whole(extension.get("count"))
            if count > MAX_ELEMENTS:
                raise MeshError("it has too many elements: simplify it first")
            self._decoded += count * whole(extension.get("byteStride"))
            if self._decoded > MAX_DECODED_BYTES:
                raise MeshError("what is compressed in it is too large: simplify it first")
            self._views[index] = decode_meshopt(bytes(self._document.part(extension)), extension, count)
        return self._views[index]

    def _taken(self, index: object) -> NDArray:
        """Return an accessor's elements as they are stored, which the caller converts."""
        values = self._values(index)
        self._left_to_convert -= len(values)
        if self._left_to_convert < 0:
            raise MeshError("its parts name too many elements, again and again: simplify it first")
        return values

    def _values(self, index: object) -> NDArray:
        entry = self._document.entry("accessors", index)
        assert isinstance(index, int)
        if index not in self._read:
            count, kind, width = _layout(entry)
            self._take(count)
            view = entry.get("bufferView")
            if view is None:
                values: NDArray = np.zeros((count, width), kind)
            else:
                stride = self._document.entry("bufferViews", view).get("byteStride")
                values = _strided(self.view(view), entry, count, kind, width, stride)
            if "sparse" in entry:
                values = self._replace_sparse(values.copy(), entry["sparse"], kind, width)
            self._read[index] = values
        return self._read[index]

    def _take(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise MeshError("it has too many elements: simplify it first")

    def _replace_sparse(self, values: NDArray, sparse: Any, kind: np.dtype, width: int) -> NDArray:
        try:
            count, places, others = whole(sparse["count"]), sparse["indices"], sparse["values"]
            self._take(count)
            index_kind = np.dtype(_KINDS[places["componentType"]])
            at = _strided(self.view(places["bufferView"]), places, count, index_kind, 1, None)[:, 0]
            new = _strided(self.view(others["bufferView"]), others, count, kind, width, None)
        except (KeyError, TypeError) as error:
            raise MeshError("its sparse data cannot be understood: export it again") from error
        if at.dtype.kind != "u" or (len(at) and at.max() >= len(values)):
            raise MeshError("its sparse data name elements that are not there: export it again")
        values[at] = new
        return values


def _layout(entry: dict[str, Any]) -> tuple[int, np.dtype, int]:
    """Return the number of elements of an accessor, their type and their width."""
    kind, width = _KINDS.get(entry.get("componentType", 0)), _WIDTHS.get(str(entry.get("type")))
    if kind is None or width is None:
        raise MeshError("it has numbers of a type that glTF does not have: it is damaged; export it again")
    return whole(entry.get("count")), np.dtype(kind), width


def _strided(
    data: bytes | memoryview, entry: dict[str, Any], count: int, kind: np.dtype, width: int, stride: object
) -> NDArray:
    """Return `count` elements `(count, width)` from an entry's `byteOffset` on."""
    offset, size = whole(entry.get("byteOffset", 0)), kind.itemsize * width
    step = whole(stride) if stride is not None else size
    if step < size or (count and offset + (count - 1) * step + size > len(data)):
        raise MeshError("it says that it has more numbers than are there: copy or export it again")
    if not count:
        return np.empty((0, width), kind)
    return np.ndarray((count, width), kind, data, offset, (step, kind.itemsize))


def _extension(entry: dict[str, Any]) -> dict[str, Any] | None:
    """Return how a buffer view is compressed, if it is."""
    extensions = entry.get("extensions")
    found = (
        [extensions[name] for name in _MESHOPT if name in extensions] if isinstance(extensions, dict) else []
    )
    return found[0] if found and isinstance(found[0], dict) else None
