"""The container of a glTF file: its JSON, and the bytes that it names, inside the file or beside it."""

from __future__ import annotations

import base64
import binascii
import json
import struct
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from voxview.shapes.io.mesh_text import MeshError, plain_text

_JSON, _BINARY = 0x4E4F534A, 0x004E4942

_KNOWN = {
    "KHR_draco_mesh_compression",
    "EXT_meshopt_compression",
    "KHR_meshopt_compression",
    "KHR_mesh_quantization",
    "EXT_mesh_gpu_instancing",
    "KHR_node_visibility",
    "KHR_techniques_webgl",
    "KHR_binary_glTF",
    "MSFT_texture_dds",
}
_OF_LOOKS = (
    "KHR_materials_",
    "KHR_texture_",
    "KHR_lights_",
    "KHR_anim",
    "KHR_xmp",
    "EXT_texture_",
    "EXT_lights_",
)
"""Beginnings of the names of extensions that change how a shape looks or moves, and not what it is."""


class Document:
    """One glTF file. What its JSON says is checked where it is used."""

    def __init__(self, blob: bytes, path: Path, max_bytes: int) -> None:
        """Parse the bytes of `path`; `max_bytes` is the limit of all that is read for it.

        Raises `MeshError` for what is no glTF 2.0 file, and for one that requires an unknown extension.
        """
        self._folder = path.parent
        self._left = max_bytes
        self._binary = b""
        self._buffers: dict[int, bytes] = {}
        text = plain_text(blob) if path.suffix.lower() == ".gltf" else self._unpack(blob)
        try:
            tree = json.loads(text.rstrip(b"\0 "))
        except (ValueError, RecursionError) as error:
            raise MeshError("its JSON cannot be understood: it is damaged; export it again") from error
        if not isinstance(tree, dict) or not isinstance(tree.get("asset"), dict):
            raise MeshError("it is no glTF: it does not say which version it has; export it again")
        self.tree: dict[str, Any] = tree
        if not str(tree["asset"].get("version", "")).startswith("2"):
            raise MeshError("it is not of glTF 2.0: export it again as that")
        for name in self.entries("extensionsRequired"):
            if name not in _KNOWN and not str(name).startswith(_OF_LOOKS):
                raise MeshError(
                    f"it requires {ascii(name)[1:-1][:60]}, an extension that is not known: "
                    "export it again without"
                )

    def entries(self, name: str) -> list[Any]:
        """Return a list of the JSON's top level, empty where it is not there."""
        entries = self.tree.get(name, [])
        if not isinstance(entries, list):
            raise MeshError(f"its {name} are no list: it is damaged; export it again")
        return entries

    def entry(self, name: str, index: object) -> dict[str, Any]:
        """Return one element of a list of the top level; raise `MeshError` where it is not there."""
        entries = self.entries(name)
        if type(index) is not int or not 0 <= index < len(entries) or not isinstance(entries[index], dict):
            raise MeshError(f"it names one of its {name} that is not there: it is damaged; export it again")
        found: dict[str, Any] = entries[index]
        return found

    def buffer(self, index: object) -> bytes:
        """Return the bytes of a buffer, read once."""
        entry = self.entry("buffers", index)
        assert isinstance(index, int)
        if index not in self._buffers:
            uri = entry.get("uri")
            content = self._binary if uri is None and index == 0 else self._fetch(uri)
            length = whole(entry.get("byteLength", 0))
            if length > len(content):
                raise MeshError(
                    f"its data end after {len(content):,} of {length:,} bytes: copy or export it again"
                )
            self._buffers[index] = content
        return self._buffers[index]

    def view(self, index: object) -> memoryview:
        """Return the bytes of a buffer view that is not compressed."""
        entry = self.entry("bufferViews", index)
        return self.part(entry)

    def part(self, entry: dict[str, Any]) -> memoryview:
        """Return the bytes of a buffer that an object with `buffer`, `byteOffset` and `byteLength` names.

        No copy: a file may have hundreds of accessors in one view.
        """
        content = self.buffer(entry.get("buffer"))
        offset, length = whole(entry.get("byteOffset", 0)), whole(entry.get("byteLength", 0))
        if offset + length > len(content):
            raise MeshError("it names bytes that are not there: it is damaged; export it again")
        return memoryview(content)[offset : offset + length]

    def _unpack(self, blob: bytes) -> bytes:
        """Return the JSON of a `.glb`, and keep its binary chunk."""
        if len(blob) < 20 or not blob.startswith(b"glTF"):
            raise MeshError("it does not begin with glTF: it is another kind of file")
        version, _length = struct.unpack_from("<II", blob, 4)
        if version != 2:
            raise MeshError("it is not of glTF 2.0: export it again as that")
        text = None
        place = 12
        while place + 8 <= len(blob):
            length, kind = struct.unpack_from("<II", blob, place)
            chunk = blob[place + 8 : place + 8 + length]
            place += 8 + length
            if kind == _JSON and text is None and len(chunk) == length:
                text = chunk
            elif kind == _BINARY and text is not None:
                self._binary = chunk
                break
        if text is None:
            raise MeshError("its JSON is not whole: it is damaged; copy or export it again")
        return text

    def _fetch(self, uri: object) -> bytes:
        """Return the bytes of a buffer that is not in the `.glb`: in its name, or a file beside it."""
        if not isinstance(uri, str):
            raise MeshError("it has a buffer without data: it is damaged; export it again")
        if uri.lower().startswith("data:"):
            head, comma, body = uri.partition(",")
            if not comma:
                raise MeshError("it has a buffer without data: it is damaged; export it again")
            try:
                raw = unquote_to_bytes(body)
                content = base64.b64decode(raw) if head.lower().endswith(";base64") else raw
            except (ValueError, binascii.Error) as error:
                raise MeshError("the data in its JSON are damaged: export it again") from error
            return self._count(content)
        return self._read_beside(uri)

    def _read_beside(self, uri: str) -> bytes:
        name = unquote_to_bytes(uri).decode("utf-8", "replace")
        shown = ascii(name)[1:-1][:80]
        if ":" in name or "\0" in name or "\\" in name or Path(name).is_absolute():
            raise MeshError(f"its data are said to be at {shown}, and only files beside it are read")
        folder = self._folder.resolve()
        file = (folder / name).resolve()
        if not file.is_relative_to(folder):
            raise MeshError(f"its data are said to be at {shown}, and only files beside it are read")
        if not file.is_file():
            raise MeshError(f"its data are in {shown}, which is not beside it: copy it there")
        if file.stat().st_size > self._left:
            raise MeshError(f"its data in {shown} are too large: simplify it first")
        try:
            return self._count(file.read_bytes())
        except OSError as error:
            raise MeshError(f"its data in {shown} cannot be read: {error.strerror or error}") from error

    def _count(self, content: bytes) -> bytes:
        self._left -= len(content)
        if self._left < 0:
            raise MeshError("its data are too large: simplify it first")
        return content


def whole(value: object) -> int:
    """Return a number of elements or bytes; raise `MeshError` for anything else."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is not int or value < 0:
        raise MeshError("it has a number of elements or bytes that is none: it is damaged; export it again")
    return value


def extension_of(entry: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an extension of an object, empty where it has none."""
    extensions = entry.get("extensions")
    found = extensions.get(name) if isinstance(extensions, dict) else None
    return found if isinstance(found, dict) else {}


def list_of(entry: dict[str, Any], name: str) -> list[Any]:
    """Return a list in an object, empty where it has none."""
    found = entry.get(name, [])
    if not isinstance(found, list):
        raise MeshError(f"its {name} are no list: it is damaged; export it again")
    return found
