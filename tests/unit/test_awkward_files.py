"""Files as other programs write them are read as they are meant, in each format; what is doubtful is said."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
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

from voxview.errors import InputError
from voxview.shapes.io.binvox import SHAPENETVOX32_HEADER
from voxview.shapes.io.notices import FileNotice, listening, listening_everywhere
from voxview.shapes.io.read import chair_from_file, read_shape

Files = dict[str, bytes]


def read(folder: Path, name: str, content: bytes, **options: str) -> tuple[np.ndarray, list[str]]:
    """The grid of a file with this content, and what was said of it."""
    path = folder / name
    path.write_bytes(content)
    said: list[str] = []
    with listening(said.append):
        grid = read_shape(path, **options)
    assert all(line.startswith(f"{path}: ") and "\n" not in line for line in said)
    return grid, [line.removeprefix(f"{path}: ") for line in said]


def refusal(folder: Path, name: str, content: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read(folder, name, content)
    assert str(folder / name) in str(caught.value) and "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    path = tmp_path_factory.mktemp("reference") / "a.obj"
    path.write_bytes(obj())
    return read_shape(path)


# ---- the same chair, however it is written ---------------------------------------------------------


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


def _draco_glb() -> bytes:
    import DracoPy

    file = Gltf()
    data = DracoPy.encode(VERTICES.astype(np.float32), np.array(TRIANGLES, np.uint32), quantization_bits=20)
    extension = {"bufferView": file.view(data), "attributes": {"POSITION": 0}}
    position = file._add("accessors", {"componentType": 5126, "count": 24, "type": "VEC3"})
    file.mesh({"attributes": {"POSITION": position}, "extensions": {"KHR_draco_mesh_compression": extension}})
    file.tree["extensionsRequired"] = ["KHR_draco_mesh_compression"]
    return file.glb()


def _meshopt_glb(name: str = "EXT_meshopt_compression") -> bytes:
    import meshoptimizer

    vertices, indices = VERTICES.astype(np.float32), np.array(TRIANGLES, np.uint32).ravel()
    file = Gltf()
    packed = meshoptimizer.encode_vertex_buffer(vertices)
    order = meshoptimizer.encode_index_sequence(indices, vertex_count=24)
    views = []
    for data, count, stride, mode in ((packed, 24, 12, "ATTRIBUTES"), (order, len(indices), 4, "INDICES")):
        at = file.tree["bufferViews"][file.view(data)]["byteOffset"]
        extension = {
            "buffer": 0,
            "byteOffset": at,
            "byteLength": len(data),
            "byteStride": stride,
            "count": count,
            "mode": mode,
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
        "accessors", {"componentType": 5125, "count": len(indices), "type": "SCALAR", "bufferView": views[1]}
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


_FACES_REVERSED = [face[::-1] for face in QUADS]
_MIXED = [*QUADS[:6], *TRIANGLES[12:24], *QUADS[12:]]

SAME: dict[str, Callable[[], bytes]] = {
    **{f"plain{suffix}": make for suffix, make in PLAIN.items()},
    "negative indices.obj": _negative,
    "comments behind data.obj": lambda: obj().replace(b"\n", b" # of the seat\n"),
    "comment with a backslash.obj": lambda: b"# made from C:\\models\\\n" + obj(),
    "comment of a backslash.obj": lambda: obj().replace(b"\nf", b" #\\\nf"),
    "continued lines.obj": lambda: obj().replace(b"f 1 4 3 2", b"f 1 4 \\\n 3 \\\r\n2"),
    "tabs.obj": lambda: obj().replace(b" ", b"\t \t"),
    "indented.obj": lambda: obj().replace(b"\n", b"\n \t"),
    "mark.obj": lambda: b"\xef\xbb\xbf" + obj(),
    "utf-16.obj": lambda: obj().decode().encode("utf-16"),
    "old mac.obj": lambda: obj().replace(b"\n", b"\r"),
    "colours and weights.obj": lambda: obj().replace(b"\nv", b" 0.5 0.25 1\nv"),
    "far face without area.obj": lambda: obj() + b"v 1e5 1e5 1e5\nf 25 25 25\n",
    "far line as a face.obj": lambda: obj() + b"v 500 0 0\nv 501 0 0\nv 502 0 0\nf 25 26 27\n",
    "unused far vertex.obj": lambda: obj() + b"v 900 900 900\n",
    "free breaks.off": _free_off,
    "free breaks with comments.off": lambda: _free_off(comment=" # x 1 2"),
    "free breaks, colours.off": lambda: _free_off("COFF", " 0.1 0.2 0.3 1"),
    "free breaks, three colours.off": lambda: _free_off("COFF", " 9 9 9"),
    "free breaks, normals.off": lambda: _free_off("NOFF", " 0 0 1"),
    "free breaks, texture.off": lambda: _free_off("STOFF", " 0.5 0.5"),
    "free breaks, all.off": lambda: _free_off("STCNOFF", " 0 0 1 9 9 9 255 0.5 0.5"),
    "a number a line.off": lambda: _free_off().replace(b" ", b"\n"),
    "one line.off": lambda: _free_off().replace(b"\n", b" "),
    "colours.off": _coff,
    "face colours.off": lambda: off().replace(b"4 0 3 2 1\n", b"4 0 3 2 1 255 0 0\n"),
    "no edges.off": lambda: off().replace(b"24 18 0", b"24 18"),
    "head and counts.off": lambda: off().replace(b"OFF\n", b"OFF"),
    "mark and tabs.off": lambda: b"\xef\xbb\xbf" + off().replace(b" ", b"\t"),
    "old mac.off": lambda: off().replace(b"\n", b"\r"),
    "far face without area.off": lambda: (
        off()
        .replace(b"24 18 0", b"25 19 0")
        .replace(b"\n4 0 3 2 1", b"\n1000 1000 1000\n3 24 24 24\n4 0 3 2 1")
    ),
    "mixed.ply": lambda: ply(_MIXED),
    "mixed, big end first.ply": lambda: ply(_MIXED, ">"),
    "mixed, text.ply": lambda: ply(_MIXED, ""),
    "properties.ply": lambda: ply(TRIANGLES, "<", colours=True),
    "properties, big end first.ply": lambda: ply(_MIXED, ">", colours=True),
    "properties, text.ply": lambda: ply(_MIXED, "", colours=True),
    "trailing bytes.ply": lambda: ply(TRIANGLES) + b"\0\1\2\3\4",
    "trailing lines.ply": lambda: ply(QUADS, "") + b"0 0 0 0\n",
    "CRLF header.ply": lambda: ply().replace(b"\n", b"\r\n", 9),
    "tabs.ply": lambda: ply(QUADS, "").replace(b" ", b"\t"),
    "comments.ply": lambda: ply().replace(
        b"element v", b"comment C:\\caf\xe9\\\nobj_info element\nelement v"
    ),
    "strips.ply": _strips,
    "vertex_index.ply": lambda: ply().replace(b"vertex_indices", b"vertex_index"),
    "count 0.stl": lambda: stl(0),
    "count too large.stl": lambda: stl(2**32 - 1),
    "count too small.stl": lambda: stl(12),
    "line end behind.stl": lambda: stl() + b"\r\n",
    "more behind.stl": lambda: stl() + b"COLOR=\xff\xff\xff\xffMATERIAL" * 9,
    "records of garbage behind.stl": lambda: stl() + bytes(range(1, 251)),
    "begins with solid.stl": lambda: b"solid" + stl()[5:],
    "text.stl": stl_text,
    "text, tabs and capitals.stl": lambda: stl_text().upper().replace(b" ", b"\t"),
    "text, mark.stl": lambda: b"\xef\xbb\xbf" + stl_text().replace(b"\n", b"\r\n"),
    "strips.glb": lambda: _glb_of(5),
    "fans.glb": lambda: _glb_of(6),
    "sparse.glb": lambda: _sparse_glb(True),
    "sparse on nothing.glb": lambda: _sparse_glb(False),
    "instances.glb": _instanced_glb,
    "Draco.glb": _draco_glb,
    "meshopt.glb": _meshopt_glb,
    "meshopt of Khronos.glb": lambda: _meshopt_glb("KHR_meshopt_compression"),
    "looks.glb": _unlit_glb,
    "trailing bytes.glb": lambda: gltf_chair().glb() + b"\r\n",
    "mark.gltf": lambda: b"\xef\xbb\xbf" + gltf_chair().gltf(),
    "placed.3mf": _placed_3mf,
    "not built.3mf": lambda: threemf(build=""),
}


@pytest.mark.parametrize("name", SAME)
def test_the_same_chair_is_read_however_it_is_written(
    tmp_path: Path, reference: np.ndarray, name: str
) -> None:
    grid, said = read(tmp_path, name, SAME[name]())
    assert (grid == reference).all()
    assert len(said) == (name.startswith("count ")), said


def test_listing_the_corners_the_other_way_round_changes_nothing(
    tmp_path: Path, reference: np.ndarray
) -> None:
    assert (read(tmp_path, "a.obj", obj(faces=_FACES_REVERSED))[0] == reference).all()


# ---- concave faces ----------------------------------------------------------------------------------

_SIDE = [(0, 0), (4, 0), (4, 40), (36, 40), (36, 0), (40, 0), (40, 44), (4, 44), (4, 90), (0, 90)]


def _concave(turn: int, axes: tuple[int, int, int]) -> tuple[np.ndarray, list[tuple[int, ...]]]:
    flat = np.array([(x, y, z) for z in (0, 40) for x, y in _SIDE], float)[:, axes]
    ring = [(i + turn) % 10 for i in range(10)]
    sides = [(i, (i + 1) % 10, (i + 1) % 10 + 10, i + 10) for i in range(10)]
    return flat, [tuple(ring[::-1]), tuple(i + 10 for i in ring), *sides]


@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_concave_faces_are_the_same_from_whichever_corner_they_are_listed(
    tmp_path: Path, axes: tuple[int, int, int]
) -> None:
    for make, suffix in ((obj, "obj"), (off, "off")):
        grids = [read(tmp_path, f"a.{suffix}", make(*_concave(turn, axes)))[0] for turn in range(10)]
        assert all((grid == grids[0]).all() for grid in grids)
        upright = grids[0].transpose(np.argsort(axes))
        assert not upright[14:18, :12].any() and upright[14:18, 14].any()  # air under the seat


@pytest.mark.parametrize("corners", [4, 5])
def test_a_face_that_is_not_flat_is_the_same_from_each_corner(tmp_path: Path, corners: int) -> None:
    angle = 2 * np.pi * np.arange(corners) / corners
    low = np.column_stack([np.cos(angle), 0.4 * (-1.0) ** np.arange(corners), np.sin(angle)])
    vertices = np.concatenate([low, low - (0, 2, 0)])
    grids = []
    for turn in range(corners):
        ring = tuple((i + turn) % corners for i in range(corners))
        faces = [ring, tuple(i + corners for i in ring[::-1])]
        faces += [(i, i + corners, (i + 1) % corners + corners, (i + 1) % corners) for i in range(corners)]
        grids.append(read(tmp_path, "a.obj", obj(vertices, faces))[0])
    assert all((grid == grids[0]).all() for grid in grids)


def test_a_concave_quad_is_cut_along_the_diagonal_that_is_inside(tmp_path: Path) -> None:
    arrow = [(0, 0), (10, 4), (20, 0), (10, 30)]
    vertices = np.array([(x, y, z) for z in (0, 3) for x, y in arrow], float)
    faces = [(0, 1, 2, 3), (7, 6, 5, 4), *((i, i + 4, (i + 1) % 4 + 4, (i + 1) % 4) for i in range(4))]
    grid, _ = read(tmp_path, "a.obj", obj(vertices, faces))
    assert not grid[15:17, :3].any() and grid[15:17, 6:20].any()


# ---- what is far away -------------------------------------------------------------------------------


def _with_speck(make: Callable[..., bytes], at: float, size: float) -> bytes:
    vertices = np.concatenate([VERTICES, np.array([(0, 0, 0), (size, 0, 0), (0, size, 0)]) + at])
    return make(vertices, [*QUADS, (24, 25, 26)])


@pytest.mark.parametrize("at", [12.0, 40.0, 900.0, 4e4])
@pytest.mark.parametrize("make", [obj, off])
def test_a_far_speck_is_left_out_and_said_to_be(
    tmp_path: Path, reference: np.ndarray, make: Callable[..., bytes], at: float
) -> None:
    grid, said = read(tmp_path, f"a.{make.__name__}", _with_speck(make, at, 0.1))
    assert (grid == reference).all()
    assert len(said) == 1 and said[0].startswith("1 face lies far from the rest, ") and "left out" in said[0]


def test_parts_that_are_near_or_large_are_kept(tmp_path: Path) -> None:
    for at, size in ((3.0, 0.1), (12.0, 2.0), (90.0, 9.0)):
        grid, said = read(tmp_path, "a.obj", _with_speck(obj, at, size))
        assert not said and grid[17:, -1].any() and grid.sum() < 1200


def test_a_far_speck_in_a_format_without_shared_corners_is_left_out(
    tmp_path: Path, reference: np.ndarray
) -> None:
    speck = struct.pack("<12fH", 0, 0, 1, 500, 500, 500, 501, 500, 500, 500, 501, 500, 0)
    grid, said = read(tmp_path, "a.stl", stl(37) + speck)
    assert (grid == reference).all() and "far" in said[0]


# ---- glTF -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "largest"), [(np.int16, 32767), (np.uint16, 65535), (np.int8, 127)])
def test_normalised_integers_are_taken_in_their_range(tmp_path: Path, kind: type, largest: int) -> None:
    """A chair in [0, 1] beside one in floats: both are of one size."""
    unit = (VERTICES - VERTICES.min(axis=0)) / np.ptp(VERTICES, axis=0)
    grids = []
    for is_normalised in (True, False):
        file = Gltf()
        indices = file.accessor(np.array(TRIANGLES, np.uint16).ravel())
        plain = file.accessor((unit - (2, 0, 0)).astype(np.float32))
        values = np.round(unit * largest).astype(kind) if is_normalised else unit.astype(np.float32)
        other = file.accessor(values, **({"normalized": True} if is_normalised else {}))
        for position in (plain, other):
            file.mesh({"attributes": {"POSITION": position}, "indices": indices})
        grids.append(read(tmp_path, "a.glb", file.glb())[0])
    both = (grids[0] & grids[1]).sum() / (grids[0] | grids[1]).sum()
    assert both > 0.9


def test_integers_that_are_not_normalised_are_lengths(tmp_path: Path, reference: np.ndarray) -> None:
    file = Gltf()
    position = file.accessor(np.round(VERTICES * 100).astype(np.int16))
    file.mesh(
        {
            "attributes": {"POSITION": position},
            "indices": file.accessor(np.array(TRIANGLES, np.uint16).ravel()),
        },
        scale=[0.01] * 3,
    )
    file.tree["extensionsRequired"] = ["KHR_mesh_quantization"]
    assert (read(tmp_path, "a.glb", file.glb())[0] == reference).all()


def test_an_unknown_required_extension_is_named(tmp_path: Path) -> None:
    for suffix in (".glb", ".gltf"):
        file = gltf_chair()
        file.tree["extensionsRequired"] = ["EXT_of_tomorrow"]
        content = file.glb() if suffix == ".glb" else file.gltf()
        assert "it requires EXT_of_tomorrow, an extension" in refusal(tmp_path, f"a{suffix}", content)
    file = gltf_chair()
    file.tree["extensionsUsed"] = ["EXT_of_tomorrow"]
    read(tmp_path, "a.glb", file.glb())


def test_nodes_place_their_meshes_and_hide_them(tmp_path: Path, reference: np.ndarray) -> None:
    file = gltf_chair()
    file.tree["nodes"][0].update(scale=[3, 3, 3], translation=[10, 0, 0], rotation=[0, 1, 0, 0])
    turned = file.node(matrix=[-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, -1, 0, 5, 5, 5, 1], children=[0])
    hidden = file.node(children=[], mesh=0, extensions={"KHR_node_visibility": {"visible": False}})
    file.tree["scenes"] = [{"nodes": []}, {"nodes": [turned, hidden]}]
    file.tree["scene"] = 1
    assert (read(tmp_path, "a.glb", file.glb())[0] == reference).all()


def test_a_chain_of_thousands_of_nodes_is_read_at_once(tmp_path: Path, reference: np.ndarray) -> None:
    file = gltf_chair()
    for _ in range(5_000):
        file.node(children=[len(file.tree["nodes"]) - 1], translation=[0, 0, 0.25], root=False)
    file.tree["scenes"] = [{"nodes": [5_000]}]
    assert (read(tmp_path, "a.glb", file.glb())[0] == reference).all()


def test_a_node_inside_itself_is_refused(tmp_path: Path) -> None:
    file = gltf_chair()
    file.tree["nodes"][0]["children"] = [0]
    assert "stands in two places or in itself" in refusal(tmp_path, "a.glb", file.glb())


def test_a_morph_target_is_applied_as_its_weight_says(tmp_path: Path, reference: np.ndarray) -> None:
    file = gltf_chair()
    file.tree["accessors"][0]["bufferView"] = file.view((VERTICES * 0.5).astype(np.float32).tobytes())
    target = file.accessor(VERTICES.astype(np.float32))
    file.tree["meshes"][0]["primitives"][0]["targets"] = [{"POSITION": target}]
    file.tree["meshes"][0]["weights"] = [0.5]
    assert (read(tmp_path, "a.glb", file.glb())[0] == reference).all()


def test_a_gltf_has_its_buffers_beside_it_and_nowhere_else(tmp_path: Path, reference: np.ndarray) -> None:
    file = gltf_chair()
    folder = tmp_path / "chair"
    (folder / "data").mkdir(parents=True)
    for place in (folder / "a b.bin", folder / "data" / "a.bin", tmp_path / "outside.bin"):
        place.write_bytes(file.binary)
    (folder / "link.bin").symlink_to(tmp_path / "outside.bin")
    for uri in ("a%20b.bin", "data/a.bin", "./data/../a%20b.bin"):
        assert (read(folder, "a.gltf", file.gltf(uri))[0] == reference).all()
    outside = ("../outside.bin", str(tmp_path / "outside.bin"), "link.bin", "%2e%2e/outside.bin")
    for uri in (*outside, "http://localhost/a.bin", "file:///etc/passwd", "..\\outside.bin"):
        assert "only files beside it are read" in refusal(folder, "a.gltf", file.gltf(uri)), uri
    assert "not beside it: copy it there" in refusal(folder, "a.gltf", file.gltf("missing.bin"))
    assert "its data end after" in refusal(folder, "a.gltf", file.gltf("a.gltf"))


@pytest.mark.parametrize("make", [_draco_glb, _meshopt_glb])
def test_damaged_compression_is_one_line(tmp_path: Path, make: Callable[[], bytes]) -> None:
    content = bytearray(make())
    start = content.index(b"BIN\0") + 4
    content[start : start + 40] = bytes(40)
    assert "compressed in it is damaged" in refusal(tmp_path, "a.glb", bytes(content))


# ---- refusals ---------------------------------------------------------------------------------------

REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "zero.obj": (
        lambda: obj().replace(b"f 1 4", b"f 0 3"),
        "line 25 names vertex 0, and an .obj counts from 1",
    ),
    "comma.obj": (lambda: obj().replace(b"0.15", b"0,15"), "line 1: '-0,15' has a decimal comma"),
    "word.obj": (lambda: obj().replace(b"0.15", b"low"), "line 1: '-low' is not a number"),
    "beyond.obj": (lambda: obj() + b"f 1 2 99\n", "line 43 names vertex 99, and there are 24"),
    "before.obj": (lambda: b"v 0 0 0\nf -1 -2 -3\n", "line 2 names vertex -3, and 1 stand before it"),
    "short.obj": (lambda: b"v 0 0\nf 1 1 1\n", "line 1: a vertex has fewer than three numbers"),
    "comma.off": (lambda: off().replace(b"0.15", b"0,15"), "'-0,15' has a decimal comma"),
    "comma.ply": (lambda: ply(QUADS, "").replace(b"0.15", b"0,15"), "'-0,15' has a decimal comma"),
    "comma.stl": (lambda: stl_text().replace(b"0.15", b"0,15"), "'-0,15' has a decimal comma"),
    "binary.off": (lambda: b"OFF BINARY\n" + bytes(80), "it is a binary OFF file: save it as text"),
    "four.off": (lambda: off().replace(b"OFF", b"4OFF"), "not those of three dimensions"),
    "cut.off": (lambda: off()[:-30], "fewer vertices and faces than it says"),
    "cut.ply": (lambda: ply()[:-9], "it ends before its last face"),
    "cut, mixed.ply": (lambda: ply(_MIXED, ">")[:-9], "it ends before its last face"),
    "cut.stl": (lambda: stl()[:-9], "it ends after 35 of 36 triangles"),
    "beyond.ply": (lambda: ply([(0, 1, 99)]), "a face names a vertex that is not there"),
    "type.ply": (lambda: ply().replace(b"float x", b"half  x"), "of the type half, which is not known"),
    "format.ply": (
        lambda: ply().replace(b"binary_little", b"binary_middle"),
        "its format is binary_middle_endian",
    ),
    "version.glb": (lambda: b"glTF\1" + gltf_chair().glb()[5:], "it is not of glTF 2.0"),
    "counts.glb": (
        lambda: gltf_chair().glb().replace(b'"count": 24', b'"count": 99'),
        "more numbers than are there",
    ),
    "beyond.glb": (
        lambda: gltf_chair().glb().replace(b'"mesh": 0', b'"mesh": 9'),
        "one of its meshes that is not",
    ),
    "no.3mf": (lambda: b"PK\3\4 not an archive", "it is no zip archive"),
    "entities.3mf": (
        lambda: threemf(models={"3D/a.model": '<!DOCTYPE a [<!ENTITY b "c">]><model>&b;</model>'}),
        "its XML declares entities",
    ),
    "object.3mf": (lambda: threemf(build='<item objectid="9"/>'), "names an object that is not there"),
    "lattice.3mf": (
        lambda: threemf(head='xmlns:b="http://schemas.example/beamlattice/2017" requiredextensions="b"'),
        "it requires http://schemas.example/beamlattice/2017, an extension",
    ),
    "itself.3mf": (
        lambda: threemf(
            '<object id="2"><components><component objectid="2"/></components></object>',
            '<item objectid="2"/>',
        ),
        "its objects stand in each other too often",
    ),
    "cut.3mf": (lambda: threemf()[:-40], "it is no zip archive, or a damaged one"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_named(tmp_path: Path, name: str) -> None:
    make, reason = REFUSED[name]
    assert reason in refusal(tmp_path, name, make())


# ---- grids ------------------------------------------------------------------------------------------

_GRID = np.zeros((32, 32, 32), bool)
_GRID[6:26, 13:17, 6:26] = _GRID[6:26, :, 22:26] = True


def _distances(grid: np.ndarray) -> np.ndarray:
    from scipy import ndimage

    return ndimage.distance_transform_edt(~grid) - ndimage.distance_transform_edt(grid)


def _npy(folder: Path, array: np.ndarray, suffix: str = ".npy") -> bytes:
    path = folder / f"source{suffix}"
    np.savez(path, grid=array) if suffix == ".npz" else np.save(path, array)
    return path.read_bytes()


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_signed_values_are_occupied_on_the_side_that_the_border_is_not_on(
    tmp_path: Path, suffix: str
) -> None:
    distances = _distances(_GRID)
    arrays = {
        "signed distances, occupied where they are below 0": (
            distances,
            (distances / 32).astype(np.float32),
            distances.clip(-1, 1),
            (4 * distances).astype(np.int16),
        ),
        "logits, occupied where they are above 0": (
            np.where(_GRID, 4.2, -7.0),
            -distances.astype(np.float16),
            np.where(_GRID, 1, -1).astype(np.int8),
        ),
    }
    for meaning, values in arrays.items():
        for array in values:
            grid, said = read(tmp_path, f"a{suffix}", _npy(tmp_path, array, suffix))
            assert (grid == _GRID).all(), meaning
            assert said == [f"its values are on both sides of 0: read as {meaning}"]


def test_probabilities_a_little_below_zero_are_probabilities(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(0, 0.01, _GRID.shape)
    grid, said = read(tmp_path, "a.npy", _npy(tmp_path, np.where(_GRID, 0.9, 0.0) + noise))
    assert (grid == _GRID).all() and not said


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_a_batch_of_one_is_the_grid_in_it(tmp_path: Path, suffix: str) -> None:
    for shape in ((1, 32, 32, 32), (1, 1, 32, 32, 32), (32, 32, 32, 1), (1, 32, 32, 32, 1)):
        for array in (_GRID, _GRID.astype(np.float32), np.asfortranarray(_GRID)):
            assert (
                read(tmp_path, f"a{suffix}", _npy(tmp_path, array.reshape(shape), suffix))[0] == _GRID
            ).all()
    assert "a batch of 2 grids; save one of them" in refusal(
        tmp_path, f"b{suffix}", _npy(tmp_path, np.stack([_GRID, _GRID]), suffix)
    )


def _runs(cube: np.ndarray) -> bytes:
    flat = cube.ravel()
    return b"".join(bytes([value, 1]) for value in flat.astype(np.uint8).tolist())


@pytest.mark.parametrize(
    ("header", "taken", "other"),
    [
        (SHAPENETVOX32_HEADER, "ShapeNetVox32", "binvox"),
        (b"#binvox 1\ndim 32 32 32\ntranslate 0.0 0.0 0.0\nscale 1.0\ndata\n", "binvox", "ShapeNetVox32"),
        (b"#binvox 1\ndim 32 32 32\ndata\n", "binvox", "ShapeNetVox32"),
    ],
)
def test_a_binvox_that_does_not_say_its_axis_order_can_be_read_in_both(
    tmp_path: Path, header: bytes, taken: str, other: str
) -> None:
    cubes = {"binvox": _GRID.transpose(0, 2, 1), "ShapeNetVox32": _GRID[:, :, ::-1].transpose(2, 1, 0)}
    grid, said = read(tmp_path, "a.binvox", header + _runs(cubes[taken]))
    assert (grid == _GRID).all()
    assert said == [
        f"its header does not say its axis order: read in that of {taken}; "
        f"'--axis-order {other.lower()}' reads it in that of {other}"
    ]
    grid, said = read(tmp_path, "a.binvox", header + _runs(cubes[other]), axis_order=other.lower())
    assert (grid == _GRID).all() and not said
    chair = chair_from_file(tmp_path / "a.binvox", axis_order=other.lower())
    assert (chair.read() == _GRID).all()


def test_a_binvox_that_says_its_place_or_is_in_shapenets_folder_is_read_without_a_word(
    tmp_path: Path,
) -> None:
    header = b"#binvox 1\ndim 32 32 32\ntranslate -0.5 -0.5 -0.5\nscale 1\ndata\n"
    grid, said = read(tmp_path, "a.binvox", header + _runs(_GRID.transpose(0, 2, 1)))
    assert (grid == _GRID).all() and not said
    folder = tmp_path / "ShapeNetVox32" / "03001627" / "a"
    folder.mkdir(parents=True)
    cube = _GRID[:, :, ::-1].transpose(2, 1, 0)
    grid, said = read(folder, "model.binvox", SHAPENETVOX32_HEADER + _runs(cube))
    assert (grid == _GRID).all() and not said


def test_only_a_binvox_has_an_axis_order(tmp_path: Path) -> None:
    (tmp_path / "a.obj").write_bytes(obj())
    with pytest.raises(InputError, match="only these have an axis order to choose"):
        read_shape(tmp_path / "a.obj", axis_order="binvox")
    with pytest.raises(InputError, match="is no axis order: choose one of auto, binvox, shapenetvox32"):
        read_shape(tmp_path / "a.obj", axis_order="xyz")


# ---- who is told ------------------------------------------------------------------------------------


def test_a_notice_goes_to_the_nearest_listener_and_else_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "a.stl").write_bytes(stl(0))
    near: list[str] = []
    everywhere: list[str] = []
    with listening_everywhere(everywhere.append):
        with listening(near.append):
            read_shape(tmp_path / "a.stl")
        assert len(near) == 1 and not everywhere
        read_shape(tmp_path / "a.stl")
    assert (
        near
        == everywhere
        == [f"{tmp_path / 'a.stl'}: its header says 0 triangles, and 36 are there: all of these were read"]
    )
    with pytest.warns(FileNotice, match="its header says 0 triangles"):
        read_shape(tmp_path / "a.stl")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (tmp_path / "a.stl").write_bytes(stl())
        read_shape(tmp_path / "a.stl")
