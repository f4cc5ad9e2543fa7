"""A seat, a back and one leg as files of every format that meshes come in, written plainly and by hand."""

from __future__ import annotations

import base64
import io
import json
import struct
import zipfile
from collections.abc import Callable, Sequence

import numpy as np

_BOXES = (
    ((-1, -0.15, -1), (1, 0.15, 1)),
    ((-1, 0.1, 0.8), (1, 2.1, 1)),
    ((0.65, -1.7, 0.65), (0.95, -0.1, 0.95)),
)
_SIDES = ((0, 3, 2, 1), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7))
_ROUND = ((0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1))


def chair() -> tuple[np.ndarray, list[tuple[int, ...]]]:
    """Vertices `(24, 3)` and 18 faces of four corners."""
    vertices, faces = [], []
    for number, (low, high) in enumerate(_BOXES):
        vertices += [[(low, high)[side][axis] for axis, side in enumerate(corner)] for corner in _ROUND]
        faces += [tuple(8 * number + corner for corner in side) for side in _SIDES]
    return np.array(vertices, np.float64), faces


VERTICES, QUADS = chair()
TRIANGLES = [half for a, b, c, d in QUADS for half in ((a, b, c), (a, c, d))]

Faces = Sequence[Sequence[int]]


def obj(vertices: np.ndarray = VERTICES, faces: Faces = QUADS) -> bytes:
    lines = ["v {:g} {:g} {:g}".format(*vertex) for vertex in vertices]
    lines += ["f " + " ".join(str(corner + 1) for corner in face) for face in faces]
    return ("\n".join(lines) + "\n").encode()


def off(vertices: np.ndarray = VERTICES, faces: Faces = QUADS) -> bytes:
    lines = ["OFF", f"{len(vertices)} {len(faces)} 0"]
    lines += ["{:g} {:g} {:g}".format(*vertex) for vertex in vertices]
    lines += [" ".join(map(str, (len(face), *face))) for face in faces]
    return ("\n".join(lines) + "\n").encode()


def ply_header(
    form: str, faces: int, vertices: int = len(VERTICES), more: str = "", face_more: str = ""
) -> bytes:
    return (
        f"ply\nformat {form} 1.0\nelement vertex {vertices}\nproperty float x\nproperty float y\n"
        f"property float z\n{more}element face {faces}\nproperty list uchar int vertex_indices\n{face_more}"
        "end_header\n"
    ).encode()


def ply(faces: Faces = QUADS, order: str = "<", colours: bool = False) -> bytes:
    """A PLY file: binary in either order, or text if `order` is empty; `colours` adds properties to both."""
    more = "property uchar red\nproperty double confidence\n" if colours else ""
    face_more = "property short material\n" if colours else ""
    form = {"<": "binary_little_endian", ">": "binary_big_endian", "": "ascii"}[order]
    header = ply_header(form, len(faces), more=more, face_more=face_more)
    if not order:
        rows = [[*vertex, *((200, 0.5) if colours else ())] for vertex in VERTICES]
        rows += [[len(face), *face, *((7,) if colours else ())] for face in faces]
        return header + "".join(" ".join(f"{n:g}" for n in row) + "\n" for row in rows).encode()
    body = b""
    for vertex in VERTICES:
        body += struct.pack(order + "3f", *vertex) + (struct.pack(order + "Bd", 200, 0.5) if colours else b"")
    for face in faces:
        body += struct.pack(f"{order}B{len(face)}i", len(face), *face)
        body += struct.pack(order + "h", 7) if colours else b""
    return header + body


def stl(said: int | None = None, faces: Faces = TRIANGLES) -> bytes:
    """A binary STL whose header says `said` triangles."""
    corners = VERTICES[np.array(faces)]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    body = b"".join(
        struct.pack("<12fH", *normal, *corner.ravel(), 0)
        for normal, corner in zip(normals, corners, strict=True)
    )
    return bytes(80) + struct.pack("<I", len(faces) if said is None else said) + body


def stl_text() -> bytes:
    lines = ["solid chair"]
    for face in TRIANGLES:
        points = ["vertex {:g} {:g} {:g}".format(*VERTICES[corner]) for corner in face]
        lines += ["facet normal 0 0 0", "outer loop", *points, "endloop", "endfacet"]
    return ("\n".join([*lines, "endsolid chair"]) + "\n").encode()


class Gltf:
    """A glTF file in the making."""

    def __init__(self) -> None:
        self.binary = b""
        self.tree: dict = {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": []}]}
        for name in ("bufferViews", "accessors", "meshes", "nodes"):
            self.tree[name] = []

    def view(self, data: bytes, **more: object) -> int:
        self.binary += bytes(-len(self.binary) % 4)
        entry = {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data), **more}
        self.binary += data
        return self._add("bufferViews", entry)

    def accessor(self, values: np.ndarray, **more: object) -> int:
        components = {
            "int8": 5120,
            "uint8": 5121,
            "int16": 5122,
            "uint16": 5123,
            "uint32": 5125,
            "float32": 5126,
        }
        width = 1 if values.ndim == 1 else values.shape[1]
        entry = {
            "componentType": components[values.dtype.name],
            "count": len(values),
            "type": {1: "SCALAR", 3: "VEC3", 4: "VEC4"}[width],
            "bufferView": self.view(np.ascontiguousarray(values).tobytes()),
        }
        return self._add("accessors", {**entry, **more})

    def mesh(self, *primitives: dict, **node: object) -> int:
        """A mesh in a node of the scene; its node comes back."""
        mesh = self._add("meshes", {"primitives": list(primitives)})
        return self.node(mesh=mesh, **node)

    def node(self, *, root: bool = True, **entry: object) -> int:
        node = self._add("nodes", entry)
        if root:
            self.tree["scenes"][0]["nodes"].append(node)
        return node

    def _add(self, name: str, entry: dict) -> int:
        self.tree[name].append(entry)
        return len(self.tree[name]) - 1

    def glb(self) -> bytes:
        tree = {**self.tree, "buffers": [{"byteLength": len(self.binary)}, *self.tree.get("buffers", [])]}
        return glb(tree, self.binary)

    def gltf(self, uri: str | None = None) -> bytes:
        """A `.gltf` whose data are in its JSON, or in the file of a name."""
        inside = "data:application/octet-stream;base64," + base64.b64encode(self.binary).decode()
        return json.dumps(
            {**self.tree, "buffers": [{"byteLength": len(self.binary), "uri": uri or inside}]}
        ).encode()


def glb(tree: dict, binary: bytes = b"") -> bytes:
    text = json.dumps(tree).encode()
    text += b" " * (-len(text) % 4)
    binary += bytes(-len(binary) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
    chunks += struct.pack("<II", len(binary), 0x004E4942) + binary if binary else b""
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def gltf_chair() -> Gltf:
    """The chair in one part of a scene."""
    file = Gltf()
    position = file.accessor(VERTICES.astype(np.float32))
    indices = file.accessor(np.array(TRIANGLES, np.uint16).ravel())
    file.mesh({"attributes": {"POSITION": position}, "indices": indices})
    return file


_CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"


def threemf(
    resources: str = "",
    build: str = '<item objectid="1"/>',
    head: str = "",
    models: dict[str, str] | None = None,
) -> bytes:
    """A 3MF archive: the chair as object 1, and what else is given."""
    mesh = "".join('<vertex x="{:g}" y="{:g}" z="{:g}"/>'.format(*vertex) for vertex in VERTICES)
    faces = "".join('<triangle v1="{}" v2="{}" v3="{}"/>'.format(*face) for face in TRIANGLES)
    chair = (
        f'<object id="1" type="model"><mesh><vertices>{mesh}</vertices>'
        f"<triangles>{faces}</triangles></mesh></object>"
    )
    model = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<model unit="millimeter" xmlns="{_CORE}" {head}>'
        f"<resources>{chair}{resources}</resources><build>{build}</build></model>"
    )
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("3D/3dmodel.model", model)
        for name, text in (models or {}).items():
            file.writestr(name, text)
    return archive.getvalue()


PLAIN: dict[str, Callable[[], bytes]] = {
    ".obj": obj,
    ".off": off,
    ".ply": ply,
    ".stl": stl,
    ".glb": lambda: gltf_chair().glb(),
    ".gltf": lambda: gltf_chair().gltf(),
    ".3mf": threemf,
}
"""The chair in each format."""
