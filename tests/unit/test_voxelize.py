"""Arbitrary meshes become solid chairs, and VoxView's own surfaces read back to exactly their grid."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from skimage.measure import marching_cubes

from voxview.errors import InputError
from voxview.shapes.io.binvox import read_binvox
from voxview.shapes.io.mesh import read_mesh
from voxview.shapes.orient import rotate_grid, rotation_matrix
from voxview.shapes.resample import centre, resample
from voxview.shapes.voxelizing.overlap import cells_touched
from voxview.shapes.voxelizing.voxelize import is_closed, voxelize

Mesh = tuple[np.ndarray, np.ndarray]


def _iou(a: np.ndarray, b: np.ndarray) -> float:
    return (a & b).sum() / (a | b).sum()


def _box(low: tuple, high: tuple) -> Mesh:
    """Eight corners and twelve outward triangles; the last two are the side at high y."""
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], float)
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 2, 6, 4), (1, 5, 7, 3), (0, 4, 5, 1), (2, 3, 7, 6)]
    faces = np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))])
    return corners * (np.array(high) - low) + low, faces


def _join(*meshes: Mesh) -> Mesh:
    offsets = np.cumsum([0] + [len(v) for v, _ in meshes])
    return np.concatenate([v for v, _ in meshes]), np.concatenate(
        [f + o for (_, f), o in zip(meshes, offsets, strict=False)]
    )


def _chair() -> Mesh:
    """Seat, back at high z and four legs: parts that touch, 2 wide, 4 high, 2 deep."""
    legs = [_box((x, 0, z), (x + 0.2, 1.9, z + 0.2)) for x in (0, 1.8) for z in (0, 1.8)]
    return _join(_box((0, 1.9, 0), (2, 2.1, 2)), _box((0, 2.1, 1.8), (2, 4, 2)), *legs)


def _surface(field: np.ndarray) -> Mesh:
    padded = np.pad(field.astype(np.float32), 1)
    vertices, faces, _, _ = marching_cubes(padded, 0.5, gradient_direction="ascent")
    return ((vertices - 0.5) / 32 - 0.5).astype(np.float32), faces


EIGHTH = st.tuples(*[st.sampled_from([0, 5, 16])] * 3).map(lambda at: tuple(slice(i, i + 16) for i in at))
"""A part of the cube, at its faces and away from them: enough to go wrong in, and quick."""


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), density=st.sampled_from([0.02, 0.2, 0.5, 0.8, 0.98]), part=EIGHTH)
def test_the_surface_of_a_grid_reads_back_to_the_very_grid(seed: int, density: float, part: tuple) -> None:
    grid = np.zeros((32, 32, 32), bool)
    grid[part] = np.random.default_rng(seed).random((16, 16, 16)) < density
    grid[16, [0, 31], 16] = True  # so that it fills the cube, as chairs do
    assert (voxelize(*_surface(grid)) == grid).all()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), smooth=st.sampled_from([0.0, 1.0, 2.0]), part=EIGHTH)
def test_the_surface_of_a_field_reads_back_to_what_is_above_a_half(
    seed: int, smooth: float, part: tuple
) -> None:
    noise = np.random.default_rng(seed).random((16, 16, 16)).astype(np.float32)
    noise = ndimage.gaussian_filter(noise, smooth) if smooth else noise
    field = np.zeros((32, 32, 32), np.float32)
    field[part] = np.clip((noise - noise.mean()) / noise.std() / 4 + 0.5, 0, 1)
    # Surfaces are float32: a value nearer to the level than that resolves may fall on either side.
    field[np.abs(field - 0.5) < 1e-5] = 0.6
    field[16, [0, 31], 16] = 1
    assert (voxelize(*_surface(field)) == (field > 0.5)).all()


def test_a_cavity_and_an_inside_out_surface_read_back_too() -> None:
    grid = np.zeros((32, 32, 32), bool)
    grid[1:31, :, 1:31] = True
    grid[10:20, 10:20, 10:20] = False
    grid[14:16, 14:16, 14:16] = True
    vertices, faces = _surface(grid)
    assert (voxelize(vertices, faces) == grid).all()
    assert (voxelize(vertices, faces[:, ::-1]) == grid).all()


def test_real_chairs_read_back_from_their_surfaces(real_data: Path) -> None:
    chairs = sorted((real_data / "ShapeNetVox32" / "03001627").iterdir())[::400]
    for chair in chairs:
        grid = read_binvox(chair / "model.binvox").data
        assert (voxelize(*_surface(grid)) == grid).all()


def test_a_foreign_mesh_is_centred_and_fills_the_cube() -> None:
    vertices, faces = _chair()
    grid = voxelize(vertices * 37.5 + [1000, -50, 3], faces)
    low, high = np.argwhere(grid).min(0), np.argwhere(grid).max(0)
    assert (low == [8, 0, 8]).all() and (high == [23, 31, 23]).all()
    assert grid[8:24, 15:17, 8:24].all(), "the seat"
    assert grid[8:24, 17:, 22:24].all() and not grid[:, 17:, :22].any(), "the back, and air before it"
    legs = np.zeros((16, 16), bool)
    legs[np.ix_([0, 1, 14, 15], [0, 1, 14, 15])] = True
    assert (grid[8:24, :15, 8:24] == legs[:, None]).all(), "four legs, and air between them"


def test_the_winding_of_faces_and_doubled_faces_do_not_matter() -> None:
    vertices, faces = _chair()
    mixed = faces.copy()
    mixed[::3] = mixed[::3, ::-1]
    doubled = np.concatenate([faces, faces[:, ::-1]])
    grid = voxelize(vertices, faces)
    assert (voxelize(vertices, mixed) == grid).all() and (voxelize(vertices, doubled) == grid).all()


def test_closed_hulls_are_solid_and_hulls_with_a_missing_side_too() -> None:
    vertices, faces = _box((0, 0, 0), (3, 3, 3))
    assert voxelize(vertices, faces).all()
    for start in range(0, 12, 2):
        open_hull = np.delete(faces, [start, start + 1], axis=0)
        assert voxelize(vertices, open_hull).mean() > 0.96


def test_an_open_tube_and_a_sheet_stay_hollow() -> None:
    vertices, faces = _box((0, 0, 0), (3, 3, 3))
    assert voxelize(vertices, faces[:8]).mean() < 0.3
    sheet = np.array([[0, 0, 0], [1, 0, 0], [1, 0.5, 1], [0, 0.5, 1], [0, 2, 1.1], [1, 2, 1.1]], float)
    grid = voxelize(sheet, np.array([[0, 1, 2], [0, 2, 3], [3, 2, 5], [3, 5, 4]]))
    assert 0.01 < grid.mean() < 0.1


def test_what_is_in_the_frame_is_not_moved() -> None:
    vertices, faces = _box((-0.5, -0.5, 0.25), (-0.25, 0.45, 0.5))
    grid = voxelize(vertices, faces)
    assert grid[:8, :30, 24:].all() and not grid[8:].any() and not grid[:, :, :24].any()
    assert voxelize(vertices * 0.5, faces)[16].any(), "a longest side under 0.9 is a foreign mesh"


@pytest.mark.parametrize("axis", ["x", "y", "z", "-x", "-y", "-z"])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_every_up_axis_and_turn_is_a_rotation_and_the_grid_turns_alike(axis: str, turn: int) -> None:
    rotation = rotation_matrix(axis, turn)
    assert np.linalg.det(rotation) == 1
    up = np.zeros(3)
    up["xyz".index(axis[-1])] = -1 if axis[0] == "-" else 1
    assert (rotation @ up == [0, 1, 0]).all()
    vertices, faces = _chair()
    assert (
        voxelize(vertices, faces, up=axis, turn=turn) == rotate_grid(voxelize(vertices, faces), rotation)
    ).all()


def test_a_quarter_turn_brings_what_faced_plus_x_to_minus_z() -> None:
    assert (rotation_matrix("y", 90) @ [1, 0, 0] == [0, 0, -1]).all()
    for up, turn in [("w", 0), ("y", 45)]:
        with pytest.raises(InputError):
            rotation_matrix(up, turn)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), size=st.sampled_from([0.4, 2.0, 6.0, 7.0]))
def test_touched_cells_are_those_that_a_clipped_triangle_is_left_in(seed: int, size: float) -> None:
    rng = np.random.default_rng(seed)
    triangle = rng.uniform(-3, 35, 3) + rng.uniform(-size, size, (3, 3)) / 2
    expected = np.zeros((32, 32, 32), bool)
    low = np.floor(triangle.min(0)).astype(int).clip(0)
    for offset in np.ndindex(8, 8, 8):
        cell = low + offset
        if (cell < 32).all():
            expected[tuple(cell)] = _is_left(triangle, cell)
    assert (cells_touched(triangle[None]) == expected).all()


def _is_left(polygon: np.ndarray, cell: np.ndarray) -> bool:
    """Whether anything of a polygon is left when it is clipped to a cell (Sutherland and Hodgman)."""
    for axis in range(3):
        for wall, sign in ((cell[axis], 1), (cell[axis] + 1, -1)):
            depth = (polygon[:, axis] - wall) * sign
            kept = []
            for i in range(len(polygon)):
                if depth[i - 1] * depth[i] < 0:
                    kept.append(
                        polygon[i - 1]
                        + (polygon[i] - polygon[i - 1]) * depth[i - 1] / (depth[i - 1] - depth[i])
                    )
                if depth[i] >= 0:
                    kept.append(polygon[i])
            if not kept:
                return False
            polygon = np.array(kept)
    return True


def test_closed_means_that_every_edge_is_used_both_ways() -> None:
    _, faces = _box((0, 0, 0), (1, 1, 1))
    assert is_closed(faces) and not is_closed(faces[1:])
    assert not is_closed(np.concatenate([faces[1:], faces[:1, ::-1]]))


@pytest.mark.parametrize(
    "vertices",
    [
        np.array([[0, 0, 0], [1, 2, 3], [3, 1, 2]], float),
        np.array([[0, 0, 0], [0, 0, 0], [0, 0, 0]], float),
        np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0]], float),
    ],
)
def test_a_mesh_with_no_volume_is_refused(vertices: np.ndarray) -> None:
    with pytest.raises(InputError, match="no volume"):
        voxelize(vertices, np.array([[0, 1, 2]]))


def test_wrong_arrays_are_refused() -> None:
    vertices, faces = _box((0, 0, 0), (1, 1, 1))
    for v, f in [
        (vertices[:, :2], faces),
        (vertices, faces.astype(float)),
        (vertices, faces + 1),
        (vertices, faces[:0]),
        (vertices * np.nan, faces),
        (vertices.tolist(), faces),
    ]:
        with pytest.raises(InputError):
            voxelize(v, f)  # type: ignore[arg-type]


def test_units_do_not_matter() -> None:
    vertices, faces = _box((0, 0, 0), (1, 1, 1))
    for unit in (1e-200, 1e-9, 1e9, 1e300):
        assert voxelize(vertices * unit, faces).all()


def test_shapenets_meshes_agree_with_shapenets_own_voxels(real_data: Path) -> None:
    agreement = []
    for chair in sorted((real_data / "ShapeNetCore.v2" / "03001627").iterdir()):
        models = chair / "models"
        if not (models / "model_normalized.obj").exists():
            continue
        mesh = read_mesh(models / "model_normalized.obj")
        grid = voxelize(*mesh)
        agreement.append(
            _iou(grid, resample(centre(read_binvox(models / "model_normalized.solid.binvox").data)))
        )
    # Measured: 0.66 (a wicker chair of which ShapeNet's file lost most strands), 0.78 (its thin seat falls
    # between two layers), 0.90, 0.92, 0.92, 0.95, 1.00.
    assert len(agreement) == 7 and min(agreement) > 0.64 and np.median(agreement) > 0.9


def test_open_chairs_come_out_as_chairs(real_data: Path) -> None:
    folder = real_data / "open-chairs"
    with (folder / "NOTICE.tsv").open() as notice:
        rows = list(csv.DictReader(notice, delimiter="\t"))
    assert len(rows) == 22
    for row in rows:
        vertices, faces = read_mesh(folder / row["file"])
        if row["model_rotation"]:
            vertices = vertices @ np.array(row["model_rotation"].split(), float).reshape(3, 3).T
        grid = voxelize(vertices, faces)
        extent = np.ptp(np.argwhere(grid), axis=0) + 1
        assert extent.max() == 32, row["file"]
        assert 0.02 < grid.mean() < 0.36, row["file"]
        _, pieces = ndimage.label(grid, np.ones((3, 3, 3)))
        assert pieces <= 3, row["file"]
        # Chairs have air under the seat or before the back: no filled-in hull of the whole.
        assert grid.sum() < 0.75 * extent.prod(), row["file"]


def test_faces_that_are_there_many_times_count_once() -> None:
    vertices, faces = _chair()
    expected = voxelize(vertices, faces)
    copies = np.concatenate([faces, faces[::3], np.roll(faces, 1, axis=1)])
    assert (voxelize(vertices, copies) == expected).all()


def test_faces_without_an_area_are_refused() -> None:
    vertices, _ = _chair()
    lines = np.stack([np.arange(len(vertices))] * 2 + [np.roll(np.arange(len(vertices)), 1)], axis=1)
    with pytest.raises(InputError, match="no volume"):
        voxelize(vertices, lines)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), snapped=st.booleans())
def test_large_triangles_touch_the_cells_that_their_points_are_in(seed: int, snapped: bool) -> None:
    rng = np.random.default_rng(seed)
    corners = rng.random((3, 3, 3)) * 31 + 0.5
    if snapped:
        corners = np.round(corners * 2) / 2 + 1e-9
    weights = rng.dirichlet((1, 1, 1), 4_000)
    points = np.einsum("pw,mwa->mpa", weights, corners).reshape(-1, 3)
    touched = cells_touched(corners)
    cells = np.floor(points).astype(int)
    assert touched[tuple(cells.T)].all()
    # And none that a point of them is not at least near to.
    centres = np.argwhere(touched) + 0.5
    assert all(np.linalg.norm(points - c, axis=1).min() < 2.2 for c in centres[:: len(centres) // 50 + 1])


def test_a_set_of_many_large_triangles_is_voxelized_and_a_larger_one_is_refused() -> None:
    rng = np.random.default_rng(0)
    vertices = rng.random((60_000, 3))
    assert voxelize(vertices, np.arange(24_000).reshape(-1, 3)).mean() > 0.9
    with pytest.raises(InputError, match="simplify it first"):
        voxelize(vertices, rng.integers(0, 60_000, (200_000, 3)))
