"""Any shape file becomes a grid or one clear line; never anything else, whatever is in it."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import trimesh
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shape_files import PLAIN, glb

from voxview.errors import InputError
from voxview.shapes.io.arrays import write_npy
from voxview.shapes.io.binvox import write_binvox
from voxview.shapes.io.mesh import MESH_SUFFIXES, read_mesh
from voxview.shapes.io.read import READABLE_SUFFIXES, chair_from_file, read_shape, readable_name

_GRID = np.zeros((32, 32, 32), bool)
_GRID[6:26, :, 22:26] = _GRID[6:26, 14:18, 6:26] = True


def _valid_files() -> dict[str, bytes]:
    files = {suffix: PLAIN[suffix]() for suffix in MESH_SUFFIXES}
    array, archive = io.BytesIO(), io.BytesIO()
    np.save(array, _GRID)
    np.savez_compressed(archive, grid=_GRID)
    header = b"#binvox 1\ndim 4 4 4\ntranslate 0 0 0\nscale 1\ndata\n"
    return files | {
        ".npy": array.getvalue(),
        ".npz": archive.getvalue(),
        ".binvox": header + bytes([0, 20, 1, 30, 0, 14]),
    }


_VALID = _valid_files()


def test_every_suffix_is_read_in_either_case(tmp_path: Path) -> None:
    for suffix in READABLE_SUFFIXES:
        for name in ("chair" + suffix, "CHAIR" + suffix.upper()):
            path = tmp_path / name
            path.write_bytes(_VALID[suffix])
            grid = read_shape(path)
            assert grid.shape == (32, 32, 32) and grid.dtype == np.bool_ and grid.any(), name


def test_all_mesh_formats_give_the_same_grid(tmp_path: Path) -> None:
    grids = []
    for suffix in MESH_SUFFIXES:
        (tmp_path / f"chair{suffix}").write_bytes(_VALID[suffix])
        grids.append(read_shape(tmp_path / f"chair{suffix}"))
    assert all((grid == grids[0]).all() for grid in grids)


def test_grids_read_back_exactly(tmp_path: Path) -> None:
    write_binvox(tmp_path / "a.binvox", _GRID)
    write_npy(tmp_path / "a.npy", _GRID)
    assert (read_shape(tmp_path / "a.binvox") == _GRID).all()
    assert (read_shape(str(tmp_path / "a.npy")) == _GRID).all()


def test_up_and_turn_apply_to_grids_as_to_meshes(tmp_path: Path) -> None:
    write_npy(tmp_path / "a.npy", _GRID)
    turned = read_shape(tmp_path / "a.npy", up="z", turn=90)
    assert turned.sum() == _GRID.sum() and (turned != _GRID).any()
    with pytest.raises(InputError, match="no axis"):
        read_shape(tmp_path / "a.npy", up="q")


def test_a_large_grid_of_ours_stays_where_it_is_and_a_foreign_one_is_centred(tmp_path: Path) -> None:
    cube = np.zeros((64, 64, 64), bool)
    cube[:8, :64, :8] = True
    write_binvox(tmp_path / "a.binvox", cube)
    ours = read_shape(tmp_path / "a.binvox")
    assert ours[:4, :, :4].all() and ours.sum() == 4 * 32 * 4
    foreign = (tmp_path / "a.binvox").read_bytes().replace(b"translate -0.5 -0.5 -0.5", b"translate 0 0 0")
    (tmp_path / "b.binvox").write_bytes(foreign)
    assert read_shape(tmp_path / "b.binvox")[14:18, :, 14:18].all()


def test_a_scenes_transforms_are_applied(tmp_path: Path) -> None:
    scene = trimesh.Scene()
    box = trimesh.creation.box((1, 1, 1))
    scene.add_geometry(box)
    scene.add_geometry(box, transform=trimesh.transformations.translation_matrix((0, 7, 0)))
    (tmp_path / "a.glb").write_bytes(scene.export(file_type="glb"))
    grid = read_shape(tmp_path / "a.glb")
    assert grid[14:18, :4, 14:18].all() and grid[14:18, 28:, 14:18].all() and not grid[:, 5:27].any()


def test_paths_that_are_no_shape_file_are_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "folder.obj").mkdir()
    (tmp_path / "empty.obj").touch()
    (tmp_path / "notes.txt").write_text("x")
    for name, reason in [
        ("folder.obj", "is a folder"),
        ("empty.obj", "is empty"),
        ("notes.txt", r"not one of \.binvox \.npy"),
        ("missing.obj", "there is no file"),
        ("nul\0.obj", "nul"),
    ]:
        with pytest.raises(InputError, match=reason) as caught:
            read_shape(tmp_path / name)
        assert "\n" not in str(caught.value)


def test_a_grid_without_voxels_is_refused(tmp_path: Path) -> None:
    write_npy(tmp_path / "a.npy", np.zeros((32, 32, 32), bool))
    with pytest.raises(InputError, match="no occupied voxel"):
        read_shape(tmp_path / "a.npy")


_FACE = "f 1 2 3\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("v 0 0 0\nv 1 0 0\nv 0 1 1\n", "no faces"),
        ("v 0 0 0\nv 1 0 0\nv 0 1 1\n" + _FACE, "no volume"),
        ("v 0 0 0\nv 1 0 nan\nv 0 1 1\n" + _FACE, "not finite"),
        ("v 0 0 0\nv 1 0 0\n" + _FACE, "line 3 names vertex 3, and there are 2: it is damaged"),
        ("hello\n", "no faces"),
    ],
)
def test_meshes_without_a_volume_are_refused(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "a.obj").write_text(text)
    with pytest.raises(InputError, match=reason) as caught:
        read_shape(tmp_path / "a.obj")
    assert "a.obj" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("suffix", READABLE_SUFFIXES)
def test_mislabelled_files_are_one_clear_line(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    for other, content in {**_VALID, ".png": b"\x89PNG\r\n\x1a\n" + bytes(200), ".txt": b"a chair"}.items():
        # Text is read leniently: an .off may pass for an .obj without faces, never for a shape.
        if other != suffix:
            path.write_bytes(content)
            with pytest.raises(InputError) as caught:
                read_shape(path)
            assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_headers_that_claim_more_than_the_file_holds_are_refused(tmp_path: Path) -> None:
    claims = {
        ".glb": glb(
            {
                "asset": {"version": "2.0"},
                "accessors": [{"count": 10**12, "type": "VEC3", "componentType": 5126}],
            }
        ),
        ".ply": b"ply\nformat binary_little_endian 1.0\nelement vertex 1000000000000\nproperty float x\n"
        b"property float y\nproperty float z\nelement face 4000000000\n"
        b"property list uchar int vertex_indices\nend_header\n" + bytes(64),
        ".stl": bytes(80) + struct.pack("<I", 2**32 - 1) + bytes(100),
        ".off": b"OFF\n1000000000000 1000000000000 0\n0 0 0\n",
    }
    for suffix, content in claims.items():
        (tmp_path / f"a{suffix}").write_bytes(content)
        with pytest.raises(InputError):
            read_shape(tmp_path / f"a{suffix}")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_files_never_raise_anything_but_input_error(tmp_path: Path, data: st.DataObject) -> None:
    suffix = data.draw(st.sampled_from(READABLE_SUFFIXES))
    content = bytearray(_VALID[suffix])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        until = min(len(content), at + data.draw(st.sampled_from([0, 1, 4, 100, 10**6])))
        content[at:until] = data.draw(st.binary(max_size=12))
    _reads_or_refuses(tmp_path / f"a{suffix}", bytes(content))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(suffix=st.sampled_from(READABLE_SUFFIXES), content=st.binary(max_size=400))
def test_random_bytes_never_raise_anything_but_input_error(
    tmp_path: Path, suffix: str, content: bytes
) -> None:
    _reads_or_refuses(tmp_path / f"a{suffix}", content)


def _reads_or_refuses(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    tracemalloc.start()
    try:
        grid = read_shape(path)
    except InputError as error:
        assert "\n" not in str(error) and str(path) in str(error)
    else:
        assert grid.shape == (32, 32, 32) and grid.any()
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 300e6


def test_a_chair_from_a_file_reads_later_and_is_named_after_it(tmp_path: Path) -> None:
    path = tmp_path / "my_old-chair.npy"
    path.write_bytes(b"not a grid")
    chair = chair_from_file(path)
    assert chair.name == "My old chair" and chair.id == chair.source == str(path)
    with pytest.raises(InputError):
        chair.read()
    write_npy(path, _GRID)
    assert (chair.read() == _GRID).all()
    with pytest.raises(InputError, match="there is no file"):
        chair_from_file(tmp_path / "no.npy")
    assert readable_name("__") == "__"


def test_reading_a_grid_imports_nothing_heavy(tmp_path: Path) -> None:
    write_npy(tmp_path / "a.npy", _GRID)
    code = (
        "import sys; from voxview.shapes.catalogs.open import open_catalog; "
        f"open_catalog({str(tmp_path)!r})[0].read(); "
        "print({'torch', 'trimesh', 'scipy', 'skimage', 'PIL', 'vtk'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "set()", done.stderr


def test_an_obj_of_many_materials_is_read_as_one_mesh(tmp_path: Path) -> None:
    vertices = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\n"
    part = "usemtl m{0}\ng g{0}\nf 1 2 3\nf 1 2 4\nf 1 3 4\nf 2 3 4\n"
    (tmp_path / "many.obj").write_text(vertices + "".join(part.format(i) for i in range(5_000)))
    (tmp_path / "one.obj").write_text(vertices + part.format(0))
    assert np.array_equal(read_shape(tmp_path / "many.obj"), read_shape(tmp_path / "one.obj"))


def test_a_face_of_tens_of_thousands_of_corners_is_refused_at_once(tmp_path: Path) -> None:
    corners = " ".join(str(i + 1) for i in range(30_000))
    (tmp_path / "poly.obj").write_text("v 0 0 0\n" * 30_000 + "f " + corners + "\n")
    with pytest.raises(InputError, match="cut its large faces into triangles"):
        read_shape(tmp_path / "poly.obj")


def test_a_scene_of_very_many_parts_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "many.glb").write_bytes(glb({"asset": {"version": "2.0"}, "nodes": [{}] * 100_001}))
    with pytest.raises(InputError, match="join them first"):
        read_shape(tmp_path / "many.glb")


def test_a_large_face_on_continued_lines_is_refused_at_once(tmp_path: Path) -> None:
    corners = " \\\n".join(str(i + 1) for i in range(30_000))
    (tmp_path / "poly.obj").write_text("v 0 0 0\n" * 30_000 + "f " + corners + "\n")
    with pytest.raises(InputError, match="cut its large faces into triangles"):
        read_shape(tmp_path / "poly.obj")


def test_a_large_face_in_a_text_ply_is_refused_at_once(tmp_path: Path) -> None:
    header = (
        "ply\nformat ascii 1.0\nelement vertex 30000\nproperty float x\nproperty float y\n"
        "property float z\nelement face 1\nproperty list uint int vertex_indices\nend_header\n"
    )
    face = "30000 " + " ".join(map(str, range(30_000)))
    (tmp_path / "poly.ply").write_text(header + "0 0 0\n" * 30_000 + face + "\n")
    with pytest.raises(InputError, match="cut its large faces into triangles"):
        read_shape(tmp_path / "poly.ply")


_PRISM = """OFF {counts}# a prism with pentagons
0 0 0  # a comment
1 0 0
1.3 0 1
0.5 0 1.5
-.3 0 1

0 1 0
1 1 0
1.3 1 1
0.5 1 1.5
-.3 1 1
5 0 1 2 3 4 255 0 0
5 9 8 7 6 5 0.1 0.2 0.3 1
4 0 5 6 1
4 1 6 7 2
4 2 7 8 3
3 3 8 9
3 3 9 4
4 4 9 5 0
"""


@pytest.mark.parametrize("counts", ["10 8 0 ", "\n10 8 15\n", "\r\n10 8\n"])
def test_off_faces_of_any_number_of_corners_are_read(tmp_path: Path, counts: str) -> None:
    (tmp_path / "a.off").write_text(_PRISM.format(counts=counts))
    vertices, faces = read_mesh(tmp_path / "a.off")
    assert vertices.shape == (10, 3) and faces.shape == (16, 3)
    assert {tuple(sorted(face)) for face in faces[:3].tolist()} == {(0, 1, 4), (1, 2, 4), (2, 3, 4)}
    assert read_shape(tmp_path / "a.off")[8:24, 8:20, 8:24].all()


def test_an_off_face_of_tens_of_thousands_of_corners_is_refused(tmp_path: Path) -> None:
    face = "20000 " + " ".join(map(str, range(20_000)))
    (tmp_path / "a.off").write_text("OFF\n20000 1 0\n" + "0 0 0\n" * 20_000 + face + "\n")
    with pytest.raises(InputError, match="cannot be read as OFF: it has a face of 20,000 corners"):
        read_shape(tmp_path / "a.off")


@pytest.mark.parametrize("path", [None, 7, ["a.obj"], b"a.obj"])
def test_what_is_no_path_is_refused(path: object) -> None:
    for use in (read_shape, chair_from_file, read_mesh):
        with pytest.raises(InputError, match="expected a path, but"):
            use(path)


def test_directions_of_another_type_are_refused(tmp_path: Path) -> None:
    write_npy(tmp_path / "a.npy", _GRID)
    for wrong in ({"turn": 90.0}, {"turn": "90"}, {"turn": True}, {"up": ["y"]}, {"up": None}):
        with pytest.raises(InputError):
            read_shape(tmp_path / "a.npy", **wrong)
