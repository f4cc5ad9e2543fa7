"""The chair of `shape_files`, as other programs write it: each kind of awkward file, in each format."""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np
from shape_files import (
    PLAIN,
    QUADS,
    TRIANGLES,
    VERTICES,
    Gltf,
    gltf_chair,
    obj,
    off,
    ply,
    ply_header,
    stl,
    stl_text,
    threemf,
)


def _negative(parts: int = 3) -> bytes:
    lines = []
    for part in range(parts):
        lines += ["v {:g} {:g} {:g}".format(*vertex) for vertex in VERTICES[8 * part : 8 * part + 8]]
        lines += [
            "f " + " ".join(f"{i - 8 * part - 8}//-1" for i in face)
            for face in QUADS[6 * part : 6 * part + 6]
        ]
    return "\n".join(lines).encode()


def _free_off(name: str = "OFF", tail: str = "", comment: str = "") -> bytes:
    numbers = [str(len(VERTICES)), str(len(QUADS)), "0"]
    numbers += [word for vertex in VERTICES for word in ("{:g} {:g} {:g}".format(*vertex) + tail).split()]
    numbers += [str(n) for face in QUADS for n in (len(face), *face)]
    rows = [" ".join(numbers[i : i + 7]) for i in range(0, len(numbers), 7)]
    return (f"{name}{comment}\n" + f"{comment}\n".join(rows) + "\n").encode()


def _coff(rows: bytes = b" 255 128 0 255") -> bytes:
    lines = off().split(b"\n")
    return b"\n".join([b"COFF", lines[1], *(line + rows for line in lines[2:26]), *lines[26:]])


def _lists(order: str) -> bytes:
    """A PLY whose faces have texture coordinates before their corners, and a number behind them."""
    form = {"<": "binary_little_endian", ">": "binary_big_endian", "": "ascii"}[order]
    header = ply_header(form, len(_MIXED), face_more="property float area\n").replace(
        b"property list uchar int", b"property list uint float texcoord\nproperty list uchar int"
    )
    if not order:
        rows = ["{:g} {:g} {:g}".format(*vertex) for vertex in VERTICES]
        rows += [" ".join(map(str, (2, 0.5, 0.5, len(face), *face, 0.25))) for face in _MIXED]
        return header + "\n".join(rows).encode()
    body = struct.pack(f"{order}{VERTICES.size}f", *VERTICES.ravel())
    for face in _MIXED:
        body += struct.pack(f"{order}I2fB{len(face)}if", 2, 0.5, 0.5, len(face), *face, 0.25)
    return header + body


def _strips() -> bytes:
    """A text PLY whose sides are strips: a quad a, b, c, d as a, b, d, c."""
    numbers = [n for a, b, c, d in QUADS for n in (a, b, d, c, -1)]
    header = ply_header("ascii", 0).replace(b"element face 0", b"element tristrips 1")
    header = header.replace(b"list uchar int", b"list int int")
    rows = ["{:g} {:g} {:g}".format(*vertex) for vertex in VERTICES]
    return header + "\n".join([*rows, " ".join(map(str, (len(numbers), *numbers)))]).encode()


def _glb_of(mode: int) -> bytes:
    """The chair with the two triangles of each side as a strip (5) or a fan (6), in a part of its own."""
    file = Gltf()
    position = file.accessor(VERTICES.astype(np.float32))
    for a, b, c, d in QUADS:
        order = (a, b, d, c) if mode == 5 else (a, b, c, d)
        indices = file.accessor(np.array(order, np.uint8))
        file.mesh({"attributes": {"POSITION": position}, "indices": indices, "mode": mode})
    return file.glb()


def _sparse_glb(has_base: bool) -> bytes:
    """The chair whose every position is replaced by a sparse accessor."""
    file = gltf_chair()
    entry = file.tree["accessors"][0]
    places = file.view(np.arange(24, dtype=np.uint16).tobytes())
    values = file.view(VERTICES.astype(np.float32).tobytes())
    entry["sparse"] = {
        "count": 24,
        "indices": {"bufferView": places, "componentType": 5123},
        "values": {"bufferView": values},
    }
    base = file.view(np.zeros((24, 3), np.float32).tobytes())
    entry.pop("bufferView")
    return (entry.update({"bufferView": base}) if has_base else None) or file.glb()


def _quantised_glb(factor: float, **more: object) -> bytes:
    file = Gltf()
    position = file.accessor(np.round(VERTICES * factor).astype(np.int16), **more)
    indices = file.accessor(np.array(TRIANGLES, np.uint16).ravel())
    scale = 2.5 if more else 1 / factor
    file.mesh({"attributes": {"POSITION": position}, "indices": indices}, scale=[scale] * 3)
    file.tree["extensionsRequired"] = ["KHR_mesh_quantization"]
    return file.glb()


def _unlit_glb() -> bytes:
    file = gltf_chair()
    file.tree["extensionsRequired"] = ["KHR_materials_unlit", "KHR_texture_transform"]
    return file.glb()


def _instanced_glb() -> bytes:
    """Three instances of one box; a scale makes it the seat, the back and the leg."""
    file = Gltf()
    low, high = VERTICES[:8].min(axis=0), VERTICES[:8].max(axis=0)
    box = (VERTICES[:8] - low) / (high - low) - 0.5
    lows = np.array([VERTICES[8 * i : 8 * i + 8].min(axis=0) for i in range(3)])
    highs = np.array([VERTICES[8 * i : 8 * i + 8].max(axis=0) for i in range(3)])
    instances = {
        "TRANSLATION": file.accessor(((lows + highs) / 2).astype(np.float32)),
        "SCALE": file.accessor((highs - lows).astype(np.float32)),
    }
    primitive = {
        "attributes": {"POSITION": file.accessor(box.astype(np.float32))},
        "indices": file.accessor(np.array(TRIANGLES[:12], np.uint16).ravel()),
    }
    file.mesh(primitive, extensions={"EXT_mesh_gpu_instancing": {"attributes": instances}})
    file.tree["extensionsRequired"] = ["EXT_mesh_gpu_instancing"]
    return file.glb()


def draco_glb() -> bytes:
    import DracoPy

    file = Gltf()
    data = DracoPy.encode(VERTICES.astype(np.float32), np.array(TRIANGLES, np.uint32), quantization_bits=20)
    extension = {"bufferView": file.view(data), "attributes": {"POSITION": 0}}
    position = file._add("accessors", {"componentType": 5126, "count": 24, "type": "VEC3"})
    file.mesh({"attributes": {"POSITION": position}, "extensions": {"KHR_draco_mesh_compression": extension}})
    file.tree["extensionsRequired"] = ["KHR_draco_mesh_compression"]
    return file.glb()


def meshopt_glb(name: str = "EXT_meshopt_compression", mode: str = "INDICES", size: int = 4) -> bytes:
    import meshoptimizer

    vertices, indices = VERTICES.astype(np.float32), np.array(TRIANGLES, np.uint32).ravel()
    file = Gltf()
    packed = meshoptimizer.encode_vertex_buffer(vertices)
    encode = {"INDICES": meshoptimizer.encode_index_sequence, "TRIANGLES": meshoptimizer.encode_index_buffer}
    order = encode[mode](indices, vertex_count=24)
    views = []
    for data, count, stride, kind in ((packed, 24, 12, "ATTRIBUTES"), (order, len(indices), size, mode)):
        at = file.tree["bufferViews"][file.view(data)]["byteOffset"]
        extension = {
            "buffer": 0,
            "byteOffset": at,
            "byteLength": len(data),
            "byteStride": stride,
            "count": count,
            "mode": kind,
        }
        views.append(
            file._add(
                "bufferViews", {"buffer": 1, "byteLength": count * stride, "extensions": {name: extension}}
            )
        )
    position = file._add(
        "accessors", {"componentType": 5126, "count": 24, "type": "VEC3", "bufferView": views[0]}
    )
    corners = file._add(
        "accessors",
        {
            "componentType": {2: 5123, 4: 5125}[size],
            "count": len(indices),
            "type": "SCALAR",
            "bufferView": views[1],
        },
    )
    file.mesh({"attributes": {"POSITION": position}, "indices": corners})
    file.tree["extensionsRequired"] = [name]
    file.tree["buffers"] = [{"byteLength": 1000, "extensions": {name: {"fallback": True}}}]
    return file.glb()


def _placed_3mf() -> bytes:
    """The chair inside another object and a model beside it: far away, turned upside down twice."""
    resources = (
        '<object id="2"><components><component objectid="1" transform="1 0 0 0 -1 0 0 0 -1 0 0 7"/>'
        "</components></object>"
    )
    beside = (
        '<model xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02" '
        'xmlns:p="http://schemas.microsoft.com/3dmanufacturing/production/2015/06"><resources><object id="5">'
        '<components><component objectid="2" p:path="/3D/3dmodel.model" '
        'transform="1 0 0 0 -1 0 0 0 -1 0 0 0"/>'
        "</components></object></resources><build/></model>"
    )
    return threemf(
        resources,
        '<item objectid="5" p:path="/3D/beside.model" transform="2 0 0 0 2 0 0 0 2 90 0 0"/>',
        'xmlns:p="http://schemas.microsoft.com/3dmanufacturing/production/2015/06" requiredextensions="p"',
        {"3D/beside.model": beside},
    )


def with_speck(make: Callable[..., bytes], at: float, size: float) -> bytes:
    """The chair and a triangle of a size, far away."""
    vertices = np.concatenate([VERTICES, np.array([(0, 0, 0), (size, 0, 0), (0, size, 0)]) + at])
    return make(vertices, [*QUADS, (24, 25, 26)])


def _requiring(name: str) -> Gltf:
    file = gltf_chair()
    file.tree["extensionsRequired"] = [name]
    return file


def _node_in_itself() -> bytes:
    file = gltf_chair()
    file.tree["nodes"][0]["children"] = [0]
    return file.glb()


def _damaged_draco() -> bytes:
    content = bytearray(draco_glb())
    start = content.index(b"BIN\0") + 4
    content[start : start + 40] = bytes(40)
    return bytes(content)


_MIXED = [*QUADS[:6], *TRIANGLES[12:24], *QUADS[12:]]

SAME: dict[str, Callable[[], bytes]] = {
    **{f"plain{suffix}": make for suffix, make in PLAIN.items()},
    "negative indices.obj": _negative,
    "comments behind data.obj": lambda: obj().replace(b"\n", b" # of the seat\n"),
    "a comment that ends in a backslash.obj": lambda: b"# made from C:\\models\\\n" + obj(),
    "a comment that is a backslash.obj": lambda: obj().replace(b"\nf", b" #\\\nf"),
    "lines that a backslash continues.obj": lambda: obj().replace(b"f 1 4 3 2", b"f 1 4 \\\n 3 \\\r\n2"),
    "tabs between words.obj": lambda: obj().replace(b" ", b"\t \t"),
    "indented lines.obj": lambda: obj().replace(b"\n", b"\n \t"),
    "a byte-order mark.obj": lambda: b"\xef\xbb\xbf" + obj(),
    "UTF-16.obj": lambda: obj().decode().encode("utf-16"),
    "CR alone as line end.obj": lambda: obj().replace(b"\n", b"\r"),
    "colours behind vertices.obj": lambda: obj().replace(b"\nv", b" 0.5 0.25 1\nv"),
    "a far face without area.obj": lambda: obj() + b"v 1e5 1e5 1e5\nf 25 25 25\n",
    "a far face that is a line.obj": lambda: obj() + b"v 500 0 0\nv 501 0 0\nv 502 0 0\nf 25 26 27\n",
    "far vertices of no face.obj": lambda: obj() + b"v 900 900 900\n",
    "lines that break anywhere.off": _free_off,
    "the same with comments.off": lambda: _free_off(comment=" # x 1 2"),
    "with colours of four numbers (COFF).off": lambda: _free_off("COFF", " 0.1 0.2 0.3 1"),
    "with colours of three.off": lambda: _free_off("COFF", " 9 9 9"),
    "with normals (NOFF).off": lambda: _free_off("NOFF", " 0 0 1"),
    "with texture coordinates (STOFF).off": lambda: _free_off("STOFF", " 0.5 0.5"),
    "with all of these (STCNOFF).off": lambda: _free_off("STCNOFF", " 0 0 1 9 9 9 255 0.5 0.5"),
    "a number a line.off": lambda: _free_off().replace(b" ", b"\n"),
    "one line for all.off": lambda: _free_off().replace(b"\n", b" "),
    "colours behind vertices.off": _coff,
    "colours behind some faces.off": lambda: off().replace(b"4 0 3 2 1\n", b"4 0 3 2 1 255 0 0\n"),
    "no number of edges.off": lambda: off().replace(b"24 18 0", b"24 18"),
    "counts on the line of OFF.off": lambda: off().replace(b"OFF\n", b"OFF"),
    "a byte-order mark and tabs.off": lambda: b"\xef\xbb\xbf" + off().replace(b" ", b"\t"),
    "CR alone as line end.off": lambda: off().replace(b"\n", b"\r"),
    "a far face without area.off": lambda: (
        off()
        .replace(b"24 18 0", b"25 19 0")
        .replace(b"\n4 0 3 2 1", b"\n1000 1000 1000\n3 24 24 24\n4 0 3 2 1")
    ),
    "triangles and quads in one list.ply": lambda: ply(_MIXED),
    "the same with the big end first.ply": lambda: ply(_MIXED, ">"),
    "the same as text.ply": lambda: ply(_MIXED, ""),
    "more properties.ply": lambda: ply(TRIANGLES, "<", colours=True),
    "more properties with the big end first.ply": lambda: ply(_MIXED, ">", colours=True),
    "more properties as text.ply": lambda: ply(_MIXED, "", colours=True),
    "bytes after the last face.ply": lambda: ply(TRIANGLES) + b"\0\1\2\3\4",
    "lines after the last face.ply": lambda: ply(QUADS, "") + b"0 0 0 0\n",
    "CRLF in the header.ply": lambda: ply().replace(b"\n", b"\r\n", 9),
    "tabs.ply": lambda: ply(QUADS, "").replace(b" ", b"\t"),
    "comments in any language.ply": lambda: ply().replace(
        b"element v", b"comment C:\\caf\xe9\\\nobj_info element\nelement v"
    ),
    "further lists.ply": lambda: _lists("<"),
    "further lists with the big end first.ply": lambda: _lists(">"),
    "further lists as text.ply": lambda: _lists(""),
    "triangle strips.ply": _strips,
    "vertex_index for vertex_indices.ply": lambda: ply().replace(b"vertex_indices", b"vertex_index"),
    "CR LF after the triangles.stl": lambda: stl() + b"\r\n",
    "other bytes after the triangles.stl": lambda: stl() + b"COLOR=\xff\xff\xff\xffMATERIAL" * 9,
    "as many as triangles would have.stl": lambda: stl() + bytes(range(1, 251)),
    "binary that begins with solid.stl": lambda: b"solid" + stl()[5:],
    "text.stl": stl_text,
    "text with tabs and in capitals.stl": lambda: stl_text().upper().replace(b" ", b"\t"),
    "text with a byte-order mark.stl": lambda: b"\xef\xbb\xbf" + stl_text().replace(b"\n", b"\r\n"),
    "normalised integers.glb": lambda: _quantised_glb(32767 / 2.5, normalized=True),
    "integers as lengths (KHR_mesh_quantization).glb": lambda: _quantised_glb(100),
    "triangle strips.glb": lambda: _glb_of(5),
    "triangle fans.glb": lambda: _glb_of(6),
    "sparse accessors.glb": lambda: _sparse_glb(True),
    "sparse accessors of nothing else.glb": lambda: _sparse_glb(False),
    "instances (EXT_mesh_gpu_instancing).glb": _instanced_glb,
    "Draco.glb": draco_glb,
    "meshopt (EXT_meshopt_compression).glb": meshopt_glb,
    "meshopt (KHR_meshopt_compression).glb": lambda: meshopt_glb("KHR_meshopt_compression"),
    "meshopt of triangles.glb": lambda: meshopt_glb(mode="TRIANGLES"),
    "meshopt of triangles in 16 bits.glb": lambda: meshopt_glb(mode="TRIANGLES", size=2),
    "required extensions of looks.glb": _unlit_glb,
    "bytes after the last chunk.glb": lambda: gltf_chair().glb() + b"\r\n",
    "a byte-order mark.gltf": lambda: b"\xef\xbb\xbf" + gltf_chair().gltf(),
    "objects in objects and in other models.3mf": _placed_3mf,
    "objects that no item builds.3mf": lambda: threemf(build=""),
}

SAID: dict[str, tuple[Callable[[], bytes], str]] = {
    "a count of 0.stl": (
        lambda: stl(0),
        "its header says 0 triangles, and 36 are there: all of these were read",
    ),
    "a count that is too large.stl": (
        lambda: stl(2**32 - 1),
        "its header says 4,294,967,295 triangles, and 36 are there: all of these were read",
    ),
    "a count that is too small.stl": (
        lambda: stl(12),
        "its header says 12 triangles, and 36 are there: all of these were read",
    ),
    **{
        f"a far speck{suffix}": (
            lambda make=make: with_speck(make, 900.0, 0.1),
            "1 face lies far from the rest, ",
        )
        for suffix, make in ((".obj", obj), (".off", off))
    },
}
"""The same chair, and what is said of the file."""

REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "an index 0.obj": (
        lambda: obj().replace(b"f 1 4", b"f 0 3"),
        "line 25 names vertex 0, and an .obj counts from 1",
    ),
    "decimal commas.obj": (lambda: obj().replace(b"0.15", b"0,15"), "line 1: '-0,15' has a decimal comma"),
    "a word for a number.obj": (lambda: obj().replace(b"0.15", b"low"), "line 1: '-low' is not a number"),
    "an index beyond the last vertex.obj": (
        lambda: obj() + b"f 1 2 99\n",
        "line 43 names vertex 99, and there are 24",
    ),
    "an index back beyond the first.obj": (
        lambda: b"v 0 0 0\nf -1 -2 -3\n",
        "line 2 names vertex -3, and 1 stand before it",
    ),
    "a vertex of two numbers.obj": (
        lambda: b"v 0 0\nf 1 1 1\n",
        "line 1: a vertex has fewer than three numbers",
    ),
    "decimal commas.off": (lambda: off().replace(b"0.15", b"0,15"), "'-0,15' has a decimal comma"),
    "decimal commas.ply": (lambda: ply(QUADS, "").replace(b"0.15", b"0,15"), "'-0,15' has a decimal comma"),
    "decimal commas.stl": (lambda: stl_text().replace(b"0.15", b"0,15"), "'-0,15' has a decimal comma"),
    "binary.off": (lambda: b"OFF BINARY\n" + bytes(80), "it is a binary OFF file: save it as text"),
    "four dimensions.off": (lambda: off().replace(b"OFF", b"4OFF"), "not those of three dimensions"),
    "cut off.off": (lambda: off()[:-30], "fewer vertices and faces than it says"),
    "cut off.ply": (lambda: ply()[:-9], "it ends before its last face"),
    "cut off in a list of both.ply": (lambda: ply(_MIXED, ">")[:-9], "it ends before its last face"),
    "cut off.stl": (lambda: stl()[:-9], "it ends after 35 of 36 triangles"),
    "an index beyond the last vertex.ply": (
        lambda: ply([(0, 1, 99)]),
        "a face names a vertex that is not there",
    ),
    "a type of no PLY.ply": (
        lambda: ply().replace(b"float x", b"half  x"),
        "of the type half, which is not known",
    ),
    "another format.ply": (
        lambda: ply().replace(b"binary_little", b"binary_middle"),
        "its format is binary_middle_endian",
    ),
    "another version.glb": (lambda: b"glTF\1" + gltf_chair().glb()[5:], "it is not of glTF 2.0"),
    "too few bytes.glb": (
        lambda: gltf_chair().glb().replace(b'"count": 24', b'"count": 99'),
        "more numbers than are there",
    ),
    "parts that are not there.glb": (
        lambda: gltf_chair().glb().replace(b'"mesh": 0', b'"mesh": 9'),
        "one of its meshes that is not",
    ),
    "a node in itself.glb": (_node_in_itself, "one of its parts stands in two places or in itself"),
    "an unknown required extension.glb": (
        lambda: _requiring("EXT_of_tomorrow").glb(),
        "it requires EXT_of_tomorrow, an extension that is not known: export it again without",
    ),
    "damaged compression.glb": (
        _damaged_draco,
        "what Draco has compressed in it is damaged: export it again",
    ),
    "an unknown required extension.gltf": (
        lambda: _requiring("EXT_of_tomorrow").gltf(),
        "it requires EXT_of_tomorrow, an extension that is not known: export it again without",
    ),
    "buffers outside of its folder.gltf": (
        lambda: gltf_chair().gltf("../chair.bin"),
        "its data are said to be at ../chair.bin, and only files beside it are read",
    ),
    "buffers on the network.gltf": (
        lambda: gltf_chair().gltf("http://localhost/a.bin"),
        "its data are said to be at http://localhost/a.bin, and only files beside it are read",
    ),
    "buffers that are missing.gltf": (
        lambda: gltf_chair().gltf("missing.bin"),
        "its data are in missing.bin, which is not beside it: copy it there",
    ),
    "no zip archive.3mf": (lambda: b"PK\3\4 not an archive", "it is no zip archive"),
    "XML that declares entities.3mf": (
        lambda: threemf(models={"3D/a.model": '<!DOCTYPE a [<!ENTITY b "c">]><model>&b;</model>'}),
        "its XML declares entities",
    ),
    "objects that are not there.3mf": (
        lambda: threemf(build='<item objectid="9"/>'),
        "names an object that is not there",
    ),
    "an unknown required extension.3mf": (
        lambda: threemf(head='xmlns:b="http://schemas.example/beamlattice/2017" requiredextensions="b"'),
        "it requires http://schemas.example/beamlattice/2017, an extension",
    ),
    "an object in itself.3mf": (
        lambda: threemf(
            '<object id="2"><components><component objectid="2"/></components></object>',
            '<item objectid="2"/>',
        ),
        "its objects stand in each other too often",
    ),
    "cut off.3mf": (lambda: threemf()[:-40], "it is no zip archive, or a damaged one"),
}
