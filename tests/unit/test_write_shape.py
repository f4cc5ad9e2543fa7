"""What `write_shape` promises: files that other programs read back to the same shape, whole or not at all."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from scipy.ndimage import gaussian_filter

from voxview.errors import InputError, VoxViewError
from voxview.shapes.io.binvox import read_binvox
from voxview.shapes.io.read import read_shape
from voxview.surface.extract import extract_surface
from voxview.surface.surface import Surface
from voxview.surface.write import WRITABLE_SUFFIXES, write_shape

MESH_SUFFIXES = [".obj", ".stl", ".ply", ".glb"]


def read_mesh(path: Path, **how: Any) -> Any:
    """The only mesh of a file, as trimesh reads it; `force="mesh"` would make up normals of its own."""
    (mesh,) = trimesh.load_scene(path, **how).geometry.values()
    return mesh


@pytest.fixture
def grid() -> np.ndarray:
    """A small chair with one arm, unlike itself in every mirror."""
    grid = np.zeros((32, 32, 32), np.bool_)
    grid[8:22, 12:14, 6:24] = True
    grid[8:22, 12:27, 22:24] = True
    grid[20:22, 13:19, 8:23] = True
    for x in (8, 20):
        for z in (6, 22):
            grid[x : x + 2, 2:13, z : z + 2] = True
    return grid


@pytest.fixture
def field(grid: np.ndarray) -> np.ndarray:
    return gaussian_filter(grid.astype(np.float32), 0.4)


@pytest.mark.parametrize("suffix", MESH_SUFFIXES)
def test_a_mesh_file_is_read_back_closed_and_the_same(suffix: str, tmp_path: Path, field: np.ndarray) -> None:
    surface = extract_surface(field)
    path = tmp_path / f"chair{suffix}"
    write_shape(path, surface)
    mesh = read_mesh(path)
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert len(mesh.faces) == len(surface.faces)
    assert mesh.volume == pytest.approx(surface.volume, rel=1e-5)
    np.testing.assert_array_equal(
        mesh.bounds.astype(np.float32), [surface.vertices.min(axis=0), surface.vertices.max(axis=0)]
    )


@pytest.mark.parametrize("suffix", MESH_SUFFIXES)
def test_a_grid_is_written_as_its_surface(suffix: str, tmp_path: Path, grid: np.ndarray) -> None:
    path = tmp_path / f"chair{suffix}"
    write_shape(path, grid)
    mesh = read_mesh(path)
    assert mesh.is_watertight
    np.testing.assert_allclose(mesh.bounds, np.array([[8, 2, 6], [22, 27, 24]]) / 32 - 0.5, atol=1e-5)


@pytest.mark.parametrize("suffix", MESH_SUFFIXES)
def test_a_chair_that_fills_no_side_of_the_cube_reads_back_in_its_place(
    suffix: str, tmp_path: Path, grid: np.ndarray, field: np.ndarray
) -> None:
    path = tmp_path / f"chair{suffix}"
    for shape, expected in ((grid, grid), (extract_surface(grid), grid), (field, field > 0.5)):
        write_shape(path, shape)
        assert (read_shape(path) == expected).all()
    for resolution in (64, 96):
        write_shape(path, extract_surface(field, resolution=resolution))
        finer = read_shape(path)
        assert (finer != (field > 0.5)).sum() < 0.1 * grid.sum(), "neither moved nor larger"


@pytest.mark.parametrize("suffix", [".obj", ".ply", ".glb"])
def test_vertices_and_normals_survive_to_the_last_bit_or_nearly(
    suffix: str, tmp_path: Path, field: np.ndarray
) -> None:
    surface = extract_surface(field)
    assert surface.normals is not None
    path = tmp_path / f"chair{suffix}"
    write_shape(path, surface)
    mesh = read_mesh(path, process=False, maintain_order=True)
    np.testing.assert_array_equal(mesh.vertices.astype(np.float32), surface.vertices)
    np.testing.assert_array_equal(mesh.faces, surface.faces)
    np.testing.assert_allclose(mesh.vertex_normals, surface.normals, atol=1e-5)


@pytest.mark.parametrize("suffix", MESH_SUFFIXES)
def test_a_surface_without_normals_is_written_too(suffix: str, tmp_path: Path, field: np.ndarray) -> None:
    with_normals = extract_surface(field)
    path = tmp_path / f"chair{suffix}"
    write_shape(path, Surface(with_normals.vertices, with_normals.faces))
    assert read_mesh(path).is_watertight


@pytest.mark.parametrize("suffix", [".binvox", ".npy"])
def test_a_grid_its_field_and_its_surface_make_the_same_grid_file(
    suffix: str, tmp_path: Path, grid: np.ndarray
) -> None:
    shapes: dict[str, Any] = {"g": grid, "f": grid * 0.9, "s": extract_surface(grid)}
    for name, shape in shapes.items():
        path = tmp_path / f"{name}{suffix}"
        write_shape(path, shape)
        back = np.load(path, allow_pickle=False) if suffix == ".npy" else read_binvox(path).data
        np.testing.assert_array_equal(back, grid)


def test_an_obj_says_what_wrote_it_and_in_which_frame(tmp_path: Path, grid: np.ndarray) -> None:
    write_shape(tmp_path / "chair.obj", grid)
    first = (tmp_path / "chair.obj").read_text().splitlines()[0]
    assert first.startswith("# VoxView")
    assert "y up" in first


def test_suffixes_are_read_in_either_case(tmp_path: Path, grid: np.ndarray) -> None:
    write_shape(str(tmp_path / "CHAIR.OBJ"), grid)
    assert read_mesh(tmp_path / "CHAIR.OBJ").is_watertight


@pytest.mark.parametrize("name", ["chair.fbx", "chair", ".obj", "chair.obj.gz"])
def test_an_unknown_suffix_is_refused_with_the_known_ones(
    name: str, tmp_path: Path, grid: np.ndarray
) -> None:
    with pytest.raises(InputError) as refused:
        write_shape(tmp_path / name, grid)
    assert all(suffix in str(refused.value) for suffix in WRITABLE_SUFFIXES)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", MESH_SUFFIXES)
def test_an_empty_shape_is_no_mesh(suffix: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the shape is empty"):
        write_shape(tmp_path / f"chair{suffix}", np.zeros((32, 32, 32), np.bool_))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", WRITABLE_SUFFIXES)
@pytest.mark.parametrize(
    "wrong",
    [np.zeros((16, 16, 16), np.bool_), np.zeros((32, 32, 32), np.uint8), np.zeros((8, 8)), "chair", None],
)
def test_what_is_no_shape_is_refused_in_every_format(suffix: str, wrong: object, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        write_shape(tmp_path / f"chair{suffix}", wrong)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", WRITABLE_SUFFIXES)
def test_a_folder_that_is_not_there_is_named(suffix: str, tmp_path: Path, grid: np.ndarray) -> None:
    with pytest.raises(InputError, match="nowhere"):
        write_shape(tmp_path / "nowhere" / f"chair{suffix}", grid)


@pytest.mark.parametrize("suffix", WRITABLE_SUFFIXES)
def test_a_failing_disk_leaves_the_old_file_and_nothing_else(
    suffix: str, tmp_path: Path, grid: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"chair{suffix}"
    path.write_bytes(b"the old file")

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(VoxViewError):
        write_shape(path, grid)
    assert path.read_bytes() == b"the old file"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "chair.obj"
    path.write_bytes(b"the old file")
    program = (
        "import numpy as np, sys, voxview\n"
        "from voxview.errors import VoxViewError\n"
        "try: voxview.write_shape(sys.argv[1], np.ones((32, 32, 32), bool))\n"
        "except VoxViewError as error: print(error); sys.exit(error.exit_status)\n"
    )

    def allow_little() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    ran = subprocess.run(
        [sys.executable, "-B", "-c", program, str(path)],
        preexec_fn=allow_little,
        # `make coverage` would write its own file under this limit.
        env={k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 1, ran.stderr
    assert "full" in ran.stdout
    assert path.read_bytes() == b"the old file"
    assert list(tmp_path.iterdir()) == [path]
