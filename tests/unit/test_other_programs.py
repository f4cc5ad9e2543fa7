"""What VoxView writes is the same shape in other libraries, and the other way round."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import trimesh

from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.frame import Grid
from voxview.shapes.io.read import read_shape
from voxview.shapes.voxelizing.voxelize import voxelize
from voxview.surface.write import write_shape

Mesh = tuple[np.ndarray, np.ndarray]

GRID = sample_catalog()[0].read()
PARTS = (GRID * (1 + np.arange(32) // 16)[None, :, None] % 3).astype(np.uint8)


def by_trimesh(path: Path) -> Mesh:
    mesh = trimesh.load_scene(path, process=False).to_mesh()
    return np.asarray(mesh.vertices), np.asarray(mesh.faces)


def by_vtk(path: Path) -> Mesh:
    import pyvista

    read = pyvista.read(path)
    if isinstance(read, pyvista.MultiBlock):
        read = read.combine().extract_surface(algorithm="dataset_surface")
    triangles = read.triangulate()
    return np.asarray(triangles.points, np.float64), triangles.faces.reshape(-1, 4)[:, 1:]


@pytest.mark.parametrize(
    ("suffix", "with_parts"),
    [
        (".obj", False),
        (".stl", False),
        (".ply", False),
        (".glb", False),
        (".obj", True),
        (".ply", True),
        (".glb", True),
    ],
)
@pytest.mark.parametrize("read", [by_trimesh, by_vtk])
def test_a_mesh_that_is_written_is_the_same_shape_in_other_libraries(
    tmp_path: Path, suffix: str, read: Callable[[Path], Mesh], with_parts: bool
) -> None:
    path = tmp_path / f"chair{suffix}"
    write_shape(path, GRID, PARTS if with_parts else None)
    vertices, faces = read(path)
    assert (voxelize(vertices, faces.astype(np.int64)) == GRID).all()
    assert (read_shape(path) == GRID).all()


def test_grids_that_are_written_are_the_same_in_other_libraries(tmp_path: Path) -> None:
    write_shape(tmp_path / "a.npy", GRID)
    assert (np.load(tmp_path / "a.npy", allow_pickle=False) == GRID).all()
    write_shape(tmp_path / "a.npz", GRID, PARTS)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as archive:
        assert (archive["grid"] == GRID).all() and (archive["parts"] == PARTS).all()
    assert zipfile.ZipFile(tmp_path / "a.npz").testzip() is None
    write_shape(tmp_path / "a.binvox", GRID)
    voxels = trimesh.load(tmp_path / "a.binvox")
    assert (np.asarray(voxels.matrix) == GRID).all()


def binvox_rw(path: Path) -> Grid:
    """What the reader does that Python programs copy: run lengths, x, z, y."""
    header, _, data = path.read_bytes().partition(b"data\n")
    assert header.startswith(b"#binvox 1\ndim 32 32 32\n")
    values, counts = np.frombuffer(data, np.uint8).reshape(-1, 2).T
    return np.transpose(np.repeat(values, counts).astype(bool).reshape(32, 32, 32), (0, 2, 1))


def test_a_binvox_that_is_written_is_the_same_for_the_readers_that_programs_copy(tmp_path: Path) -> None:
    write_shape(tmp_path / "a.binvox", GRID)
    assert (binvox_rw(tmp_path / "a.binvox") == GRID).all()


def _surface(folder: Path) -> Mesh:
    write_shape(folder / "ours.ply", GRID)
    return by_trimesh(folder / "ours.ply")


@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        (".obj", {}),
        (".off", {}),
        (".ply", {"encoding": "ascii"}),
        (".ply", {"encoding": "binary", "vertex_normal": True}),
        (".stl", {}),
        (".stl", {"file_type": "stl_ascii"}),
        (".glb", {}),
    ],
)
def test_what_trimesh_writes_is_the_same_shape(tmp_path: Path, suffix: str, options: dict) -> None:
    mesh = trimesh.Trimesh(*_surface(tmp_path), process=False)
    content = mesh.export(**{"file_type": suffix[1:], **options})
    (tmp_path / f"a{suffix}").write_bytes(content if isinstance(content, bytes) else content.encode())
    assert (read_shape(tmp_path / f"a{suffix}") == GRID).all()


def test_a_gltf_that_trimesh_writes_with_its_buffers_beside_it_is_the_same_shape(tmp_path: Path) -> None:
    mesh = trimesh.Trimesh(*_surface(tmp_path), process=False)
    for name, content in trimesh.Scene(mesh).export(file_type="gltf").items():
        (tmp_path / name).write_bytes(content)
    assert (read_shape(tmp_path / "model.gltf") == GRID).all()


@pytest.mark.parametrize("suffix", [".obj", ".ply", ".stl"])
def test_what_vtk_writes_is_the_same_shape(tmp_path: Path, suffix: str) -> None:
    import pyvista

    vertices, faces = _surface(tmp_path)
    mesh = pyvista.PolyData.from_regular_faces(vertices, faces)
    for binary in (True, False):
        mesh.save(tmp_path / f"a{suffix}", binary=binary)
        assert (read_shape(tmp_path / f"a{suffix}") == GRID).all()
