"""An `.stl` for a printer: its size and axis in millimetres, and the same chair when it is read back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import pyvista as pv
import trimesh

import voxview
from voxview.errors import InputError
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.frame import Grid
from voxview.shapes.io.stl_note import PrintSize
from voxview.shapes.orient import UPS, rotation_matrix
from voxview.shapes.voxelizing.voxelize import centres_inside
from voxview.surface.extract import extract_surface
from voxview.surface.write import write_shape

CHAIRS = sample_catalog()


def iou(a: Grid, b: Grid) -> float:
    return float((a & b).sum() / (a | b).sum())


def _bounds(path: Path) -> np.ndarray:
    """Return the bounds `(2, 3)` as trimesh reads them, which VTK has to agree with."""
    mesh, other = trimesh.load(path, force="mesh"), pv.read(path)
    assert mesh.is_watertight and mesh.volume > 0 and other.is_manifold
    assert np.allclose(np.reshape(other.bounds, (3, 2)).T, mesh.bounds, atol=1e-3)
    return np.array(mesh.bounds)


def test_it_is_80_mm_high_with_z_up_on_the_bed_for_other_programs(tmp_path: Path) -> None:
    for chair in CHAIRS[::60]:
        write_shape(tmp_path / "chair.stl", chair.read(), print_size=PrintSize())
        low, high = _bounds(tmp_path / "chair.stl")
        assert high[2] - low[2] == pytest.approx(80, abs=0.01) and low[2] == pytest.approx(0, abs=0.01)
        assert (low + high)[:2] == pytest.approx([0, 0], abs=0.01), "it is not in the middle of the bed"


def test_samples_are_read_back_to_the_grid_that_was_written(tmp_path: Path) -> None:
    path = tmp_path / "chair.stl"
    for chair in CHAIRS[::12]:
        write_shape(path, chair.read(), print_size=PrintSize())
        assert np.array_equal(voxview.read_shape(path), chair.read()), chair.id


@pytest.mark.parametrize("up", UPS)
@pytest.mark.parametrize("height", [1, 35.5, 10_000])
def test_any_axis_and_height_are_read_back(tmp_path: Path, up: str, height: float) -> None:
    grid = CHAIRS[7].read()
    write_shape(tmp_path / "chair.stl", grid, print_size=PrintSize(height, up))
    assert np.array_equal(voxview.read_shape(tmp_path / "chair.stl"), grid)
    low, high = _bounds(tmp_path / "chair.stl")
    assert (high - low)["xyz".index(up[-1])] == pytest.approx(height, rel=1e-4)


@pytest.mark.parametrize("resolution", [64, 96])
def test_fine_surfaces_are_read_back(tmp_path: Path, resolution: int) -> None:
    grid = CHAIRS[3].read()
    surface = extract_surface(grid, resolution=resolution)
    write_shape(tmp_path / "chair.stl", surface, print_size=PrintSize())
    assert iou(voxview.read_shape(tmp_path / "chair.stl"), grid) >= 0.95


def test_other_libraries_find_the_same_voxels_in_it(tmp_path: Path) -> None:
    for chair in CHAIRS[::80]:
        path = tmp_path / "chair.stl"
        write_shape(path, chair.read(), print_size=PrintSize())
        mesh, other = trimesh.load(path, force="mesh"), pv.read(path)
        for vertices, faces in (
            (mesh.vertices, mesh.faces),
            (other.points, other.regular_faces),
        ):
            assert iou(_standing(np.asarray(vertices, float), np.asarray(faces)), chair.read()) >= 0.95


def _standing(vertices: np.ndarray, faces: np.ndarray) -> Grid:
    """Return the grid of a mesh that stands on z, its front towards −y, without reading our note."""
    upright = vertices @ rotation_matrix("z", 180).T
    low, high = upright.min(axis=0), upright.max(axis=0)
    grid = CHAIRS[0].read()
    best = np.zeros_like(grid)
    for chair in CHAIRS[::80]:  # the scale is what is lost: that of one of these chairs
        was = extract_surface(chair.read()).vertices
        size = was.max(axis=0) - was.min(axis=0)
        if np.allclose(size / size[1], (high - low) / (high - low)[1], atol=1e-3):
            placed = (upright - low) / (high - low)[1] * size[1] + was.min(axis=0)
            best = centres_inside(((placed + 0.5) * 32)[faces])
    return best


def test_the_seats_front_looks_to_the_front_of_the_printer(tmp_path: Path) -> None:
    lopsided = np.zeros((32, 32, 32), bool)
    lopsided[8:24, 0:16, 8:24] = True  # a seat
    lopsided[8:24, 16:32, 20:24] = True  # a back, at high z
    lopsided[4:8, 12:16, 10:14] = True  # an arm at low x
    write_shape(tmp_path / "chair.stl", lopsided, print_size=PrintSize())
    mesh = trimesh.load(tmp_path / "chair.stl", force="mesh")
    high = mesh.vertices[mesh.vertices[:, 2] > 60]
    assert high[:, 1].min() > 0, "the back is not behind"
    assert mesh.bounds[1, 0] > -mesh.bounds[0, 0] - 0.01
    assert mesh.volume > 0, "it is a mirror image"


def test_a_header_that_fits_the_triangles_no_more_is_passed_over(tmp_path: Path) -> None:
    grid = CHAIRS[2].read()
    path = tmp_path / "chair.stl"
    write_shape(path, grid, print_size=PrintSize())
    blob = path.read_bytes()
    mesh = trimesh.load(path, force="mesh")
    mesh.apply_transform(trimesh.transformations.rotation_matrix(-np.pi / 2, [1, 0, 0]))
    mesh.apply_scale(10)
    grids = []
    for header in (blob[:80], bytes(80)):
        path.write_bytes(header + mesh.export(file_type="stl")[80:])
        grids.append(voxview.read_shape(path))
    assert np.array_equal(*grids)
    for broken in (b"VoxView up=z turn=45", b"VoxView up=z turn=0 scale=0 at=0,0,0"):
        path.write_bytes(broken.ljust(80) + blob[80:])
        assert voxview.read_shape(path, up="z").any()


def test_write_shape_and_the_frame(tmp_path: Path) -> None:
    grid = CHAIRS[5].read()
    voxview.write_shape(tmp_path / "chair.stl", grid)
    low, high = _bounds(tmp_path / "chair.stl")
    assert np.abs([low, high]).max() < 0.5001
    assert np.allclose(high - low, np.ptp(extract_surface(grid).vertices, axis=0), atol=1e-5)
    assert np.array_equal(voxview.read_shape(tmp_path / "chair.stl"), grid)


@pytest.mark.parametrize(
    ("height", "up", "words"), [(0, "z", "0 mm"), (float("nan"), "z", "nan"), (80, "w", "axis")]
)
def test_an_impossible_size_is_one_line(height: float, up: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        PrintSize(height, up)
