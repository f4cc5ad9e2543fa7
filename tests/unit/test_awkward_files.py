"""Files as other programs write them are read as they are meant, in each format; what is doubtful is said."""

from __future__ import annotations

import struct
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from awkward_files import REFUSED, SAID, SAME, draco_glb, meshopt_glb, with_speck
from reading import read, refusal
from shape_files import (
    QUADS,
    TRIANGLES,
    VERTICES,
    Gltf,
    gltf_chair,
    obj,
    off,
    stl,
)

from voxview.shapes.io.gltf.compressed import decode_meshopt
from voxview.shapes.io.mesh_text import MeshError
from voxview.shapes.io.notices import FileNotice, listening, listening_everywhere
from voxview.shapes.io.read import read_shape


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    path = tmp_path_factory.mktemp("reference") / "a.obj"
    path.write_bytes(obj())
    return read_shape(path)


# ---- the same chair, however it is written ---------------------------------------------------------


@pytest.mark.parametrize("name", SAME)
def test_the_same_chair_is_read_however_it_is_written(
    tmp_path: Path, reference: np.ndarray, name: str
) -> None:
    grid, said = read(tmp_path, name, SAME[name]())
    assert (grid == reference).all()
    assert not said


@pytest.mark.parametrize("name", SAID)
def test_what_was_read_otherwise_than_it_stands_is_said(
    tmp_path: Path, reference: np.ndarray, name: str
) -> None:
    make, words = SAID[name]
    grid, said = read(tmp_path, name, make())
    assert (grid == reference).all()
    assert len(said) == 1 and words in said[0]


def test_listing_the_corners_the_other_way_round_changes_nothing(
    tmp_path: Path, reference: np.ndarray
) -> None:
    assert (read(tmp_path, "a.obj", obj(faces=[face[::-1] for face in QUADS]))[0] == reference).all()


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


@pytest.mark.parametrize("at", [12.0, 40.0, 900.0, 4e4])
@pytest.mark.parametrize("make", [obj, off])
def test_a_far_speck_is_left_out_and_said_to_be(
    tmp_path: Path, reference: np.ndarray, make: Callable[..., bytes], at: float
) -> None:
    grid, said = read(tmp_path, f"a.{make.__name__}", with_speck(make, at, 0.1))
    assert (grid == reference).all()
    assert len(said) == 1 and said[0].startswith("1 face lies far from the rest, ") and "left out" in said[0]


def test_parts_that_are_near_or_large_are_kept(tmp_path: Path) -> None:
    for at, size in ((3.0, 0.1), (12.0, 2.0), (90.0, 9.0)):
        grid, said = read(tmp_path, "a.obj", with_speck(obj, at, size))
        assert not said and grid[17:, -1].any() and grid.sum() < 1500


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


@pytest.mark.parametrize("make", [draco_glb, meshopt_glb])
def test_damaged_compression_is_one_line(tmp_path: Path, make: Callable[[], bytes]) -> None:
    content = bytearray(make())
    start = content.index(b"BIN\0") + 4
    content[start : start + 40] = bytes(40)
    assert "compressed in it is damaged" in refusal(tmp_path, "a.glb", bytes(content))


def test_without_the_decoder_of_meshopt_it_is_said_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no wheels, and the program is installed where there is no compiler."""
    content = meshopt_glb()
    monkeypatch.setitem(sys.modules, "meshoptimizer", None)
    assert "pip install 'meshoptimizer" in refusal(tmp_path, "a.glb", content)


# ---- refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_named(tmp_path: Path, name: str) -> None:
    make, reason = REFUSED[name]
    assert reason in refusal(tmp_path, name, make())


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


@pytest.mark.parametrize(
    ("mode", "stride", "count"),
    [
        ("ATTRIBUTES", 6, 8),
        ("ATTRIBUTES", 0, 8),
        ("ATTRIBUTES", 260, 8),
        ("TRIANGLES", 4, 4),
        ("LINES", 4, 4),
    ],
)
def test_meshopt_is_never_called_with_sizes_that_it_does_not_check(
    mode: str, stride: int, count: int
) -> None:
    with pytest.raises(MeshError, match="damaged"):
        decode_meshopt(b"\xa0" * 64, {"byteStride": stride, "mode": mode}, count)
