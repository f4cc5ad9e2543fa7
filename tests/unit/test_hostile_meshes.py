"""Meshes that are small on disk take little memory, however often their parts are named or placed."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from shape_files import Gltf, gltf_chair, obj, ply_header, threemf

from voxview.errors import InputError
from voxview.shapes.frame import Doubles
from voxview.shapes.io import mesh, points
from voxview.shapes.io import threemf as threemf_reader
from voxview.shapes.io.mesh import read_mesh
from voxview.shapes.io.mesh_text import MeshError
from voxview.shapes.io.polygons import triangulate
from voxview.shapes.io.read import read_shape
from voxview.shapes.voxelizing import merge
from voxview.shapes.voxelizing.boxes import count_in_boxes

MIB = 1 << 20


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


def test_many_accessors_of_one_view_do_not_copy_it(traced: None, tmp_path: Path) -> None:
    file = Gltf()
    file.accessor(np.zeros((1, 3), np.float32))  # the view is not all of the buffer, which is never copied
    position = file.accessor(np.zeros((80_000, 3), np.float32))  # 0.9 MiB
    view = file.tree["accessors"][position]["bufferView"]
    for place in range(200):
        entry = dict(file.tree["accessors"][position], bufferView=view, byteOffset=36 * place, count=3)
        file.tree["accessors"].append(entry)
        file.mesh({"attributes": {"POSITION": len(file.tree["accessors"]) - 1}})
    path = tmp_path / "many.glb"
    path.write_bytes(file.glb())
    vertices, faces = read_mesh(path)
    assert (vertices.shape, faces.shape) == ((600, 3), (200, 3))
    assert tracemalloc.get_traced_memory()[1] < 20 * MIB


def test_vertices_that_no_face_names_are_not_copied_to_each_place(traced: None, tmp_path: Path) -> None:
    file = gltf_chair()
    corners = file.tree["meshes"][0]["primitives"][0]["attributes"]["POSITION"]
    del file.tree["accessors"][corners]["bufferView"]
    file.tree["accessors"][corners]["count"] = 100_000
    for _ in range(300):
        file.tree["nodes"].append(dict(file.tree["nodes"][0]))
        file.tree["scenes"][0]["nodes"].append(len(file.tree["nodes"]) - 1)
    path = tmp_path / "many.glb"
    path.write_bytes(file.glb())
    assert len(read_mesh(path)[0]) == 301 * 24
    assert tracemalloc.get_traced_memory()[1] < 30 * MIB


def test_elements_that_say_nothing_of_the_shape_are_not_kept(traced: None, tmp_path: Path) -> None:
    path, plain = tmp_path / "many.3mf", tmp_path / "plain.3mf"
    plain.write_bytes(threemf())
    empty = '<a b=""/>' * 20_000
    path.write_bytes(threemf(f'<object id="2">{empty}</object>'))
    assert all(map(np.array_equal, read_mesh(path), read_mesh(plain)))
    assert tracemalloc.get_traced_memory()[1] < 6 * MIB


def test_entities_in_wider_letters_are_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "wide.3mf"
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><model>&b;</model>'
    path.write_bytes(threemf(models={"3D/a.model": text.encode("utf-16")}))  # type: ignore[dict-item]
    with pytest.raises(InputError, match="export it again as UTF-8"):
        read_shape(path)


def test_a_cloud_of_vertices_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cloud.obj"
    path.write_text("v 0 0 0\n" * 100)
    monkeypatch.setattr(points, "_MAX_WHOLE_BYTES", 100)
    with pytest.raises(InputError, match="and of this format up to"):
        list(points.read_points(path))


# ---- counted before it is done ----------------------------------------------------------------------


def _glb(file: Gltf, folder: Path) -> Path:
    path = folder / "a.glb"
    path.write_bytes(file.glb())
    return path


def _zeros(file: Gltf, count: int, kind: str = "VEC3", component: int = 5126) -> int:
    """Add an accessor of zeros, which takes no bytes; return its number."""
    file.tree["accessors"].append({"componentType": component, "count": count, "type": kind})
    return len(file.tree["accessors"]) - 1


def test_moved_nodes_stand_where_their_transforms_put_them(tmp_path: Path) -> None:
    file = Gltf()
    corners = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    file.mesh({"attributes": {"POSITION": file.accessor(corners)}}, translation=[0, 0, 7])
    for i in range(1, 5000):
        more = ({"translation": [i, 0, 0]}, {"scale": [i, 1, 1], "rotation": [0, 0, 1, 0]})[i % 2]
        file.node(mesh=0, **more)
    vertices, _ = read_mesh(_glb(file, tmp_path))
    places = vertices.reshape(-1, 3, 3)
    assert np.array_equal(places[0], corners + np.array([0, 0, 7]))
    assert np.allclose(places[4998], corners + np.array([4998, 0, 0]))
    assert np.allclose(places[4999], corners * [-4999, -1, 1])


def test_copies_of_a_part_are_counted_before_they_are_made(traced: None, tmp_path: Path) -> None:
    file = gltf_chair()
    places = file.accessor(np.zeros((80_000, 3), np.float32))
    file.tree["nodes"][0]["extensions"] = {"EXT_mesh_gpu_instancing": {"attributes": {"TRANSLATION": places}}}
    with pytest.raises(InputError, match="copies of its parts have more than 500,000 faces"):
        read_mesh(_glb(file, tmp_path))
    assert tracemalloc.get_traced_memory()[1] < 10 * MIB


def test_copies_are_counted_whatever_their_nodes_say_besides(tmp_path: Path) -> None:
    file = gltf_chair()
    faces = len(read_mesh(_glb(file, tmp_path))[1])
    for i in range(500_000 // faces + 2):
        file.node(mesh=0, extensions={"KHR_something": {}} if i % 2 else {}, translation=[i, 0, 0])
    with pytest.raises(InputError, match="copies of its parts have more than 500,000 faces"):
        read_mesh(_glb(file, tmp_path))


@pytest.mark.parametrize("kind", ["vertices", "indices", "sparse", "instances"])
def test_parts_that_name_the_same_numbers_again_and_again_are_refused(kind: str, tmp_path: Path) -> None:
    file = gltf_chair()
    part = file.tree["meshes"][0]["primitives"][0]
    if kind == "vertices":
        part["attributes"]["POSITION"] = _zeros(file, 2_000_000)
    elif kind == "indices":
        part["indices"] = _zeros(file, 900_000, "SCALAR", 5125)
    elif kind == "sparse":
        view = file.view(bytes(3_000_000))
        at = {"bufferView": view, "componentType": 5121}
        sparse = {"count": 1_000_000, "indices": at, "values": {"bufferView": view}}
    parts = [dict(part) for _ in range(100)]
    if kind == "sparse":
        for some in parts:
            one = _zeros(file, 3, component=5120)
            file.tree["accessors"][one]["sparse"] = sparse
            part["attributes"] = some["attributes"] = {"POSITION": one}
            some.pop("indices")
    if kind == "instances":
        every = file.accessor(np.zeros((300, 3), np.float32))
        attributes = {"attributes": {"TRANSLATION": every}}
        for _ in range(200):
            file.node(mesh=0, extensions={"EXT_mesh_gpu_instancing": attributes})
    file.tree["meshes"][0]["primitives"] = parts
    with pytest.raises(InputError, match=r"too many elements|more than [0-9,]+ faces"):
        read_mesh(_glb(file, tmp_path))


def test_a_meshs_own_weights_are_not_looked_at_once_a_node(tmp_path: Path) -> None:
    file = gltf_chair()
    file.tree["meshes"][0]["weights"] = [0] * 100_000
    for _ in range(2000):
        file.node(mesh=0)
    assert len(read_mesh(_glb(file, tmp_path))[1]) == 36 * 2001


@pytest.mark.parametrize(
    ("resources", "build", "words"),
    [
        ("<object id='9'>" + "<a/>" * 20_000 + "</object>", "", "unpacks to far more than a shape takes"),
        ("", "<item objectid='1'/>" * 5_001, "more than 5,000 parts"),
        ("", "<item objectid='1'/>" * 4_000, "more than 100,000 faces"),
        (
            "<object id='2'>"
            + "<component objectid='3'/>" * 600
            + "</object><object id='3'>"
            + "<component objectid='4'/>" * 600
            + "</object><object id='4'/>",
            "<item objectid='2'/>",
            "stand in each other too often",
        ),
    ],
)
def test_what_a_small_archive_unpacks_to_is_counted(
    resources: str, build: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threemf_reader, "_LEAST_ELEMENTS", 10_000)
    monkeypatch.setattr(threemf_reader, "_MAX_OBJECTS", 5_000)
    monkeypatch.setattr(mesh, "MAX_FACES", 100_000)
    path = tmp_path / "a.3mf"
    path.write_bytes(threemf(resources, build or "<item objectid='1'/>"))
    with pytest.raises(InputError, match=words):
        read_mesh(path)


def test_faces_are_counted_as_the_triangles_that_they_become(tmp_path: Path) -> None:
    path = tmp_path / "a.ply"
    face = (9000).to_bytes(2, "little") + bytes(range(200)) * 45
    head = ply_header("binary_little_endian", 400, 200).replace(b"uchar int", b"ushort uchar")
    path.write_bytes(head + np.ones((200, 3), "<f4").tobytes() + face * 400)
    with pytest.raises(InputError, match="more than 3,000,000 faces"):
        read_mesh(path)


def test_concave_faces_that_a_fan_covers_need_no_cutting_by_ears(tmp_path: Path) -> None:
    outline = np.array([[0, 0, 0], [4, 0, 0], [4, 1, 0], [1, 1, 0], [1, 4, 0], [0, 4, 0]], np.float64)
    count = 30_000
    faces = np.tile(np.roll(np.arange(6), 2), count)
    triangles = triangulate(outline, faces, np.full(count, 6))
    edges = outline[triangles[:, 1:]] - outline[triangles[:, :1]]
    areas = np.cross(edges[:, 0], edges[:, 1])[:, 2].reshape(count, 4)
    assert (areas >= 0).all() and (areas.sum(axis=1) == 14).all()


def test_large_concave_faces_are_refused_by_what_cutting_them_would_take() -> None:
    turns = np.linspace(0, 40, 4000)
    spiral = np.stack([turns * np.cos(turns), turns * np.sin(turns), 0 * turns], axis=1)
    outline = np.concatenate([spiral, spiral[::-1] * 1.01])
    with pytest.raises(MeshError, match="too many large faces that are concave"):
        triangulate(outline, np.arange(8000), np.array([8000]))


# ---- merging and counting ---------------------------------------------------------------------------


@pytest.mark.parametrize("collide", [False, True])
def test_rows_are_merged_where_they_are_equal_whatever_their_hashes(
    collide: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if collide:
        monkeypatch.setattr(merge, "_hashes", lambda bits: np.zeros(len(bits), np.uint64))
    rows: Doubles = np.random.default_rng(0).integers(-1, 2, (500, 3)) * 0.5
    rows[::7] *= -1  # some zeros are negative
    distinct, which = merge.merge_equal(rows)
    assert np.array_equal(distinct[which], rows)
    assert len(distinct) == len(np.unique(rows + 0.0, axis=0))
    whole = rows.astype(np.int64)
    firsts = np.sort(np.unique(whole, axis=0, return_index=True)[1])
    assert np.array_equal(merge.first_of_each(whole), firsts)


def test_marked_positions_are_counted_in_every_box() -> None:
    rng = np.random.default_rng(0)
    marked = rng.random((6, 6, 6)) < 0.3
    low = rng.integers(0, 6, (100, 3))
    high = np.minimum(low + rng.integers(0, 6, (100, 3)), 5)
    boxes = [tuple(map(slice, a, b + 1)) for a, b in zip(low, high, strict=True)]
    assert count_in_boxes(marked, low, high).tolist() == [int(marked[box].sum()) for box in boxes]


def test_a_soup_of_large_faces_is_refused_by_their_sizes(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    path = tmp_path / "a.obj"
    path.write_bytes(obj(rng.random((300, 3)), rng.integers(0, 300, (25_000, 3)).tolist()))
    with pytest.raises(InputError, match="too large and too many"):
        read_shape(path)
