"""Light from the voxels, voxels as cubes, and slices."""

from __future__ import annotations

import numpy as np
import pytest

from voxview.gui.blend.slice_plane import colours_of, slice_plane
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.surface.cubes import cubes_of
from voxview.surface.extract import extract_surface
from voxview.surface.occlusion import floor_shade, openness


@pytest.fixture(scope="module")
def corner() -> np.ndarray:
    """Return a floor with a wall on it."""
    grid = np.zeros((32, 32, 32), bool)
    grid[4:28, 4:8, 4:28] = True
    grid[4:28, 8:28, 4:8] = True
    return grid


def test_an_inner_corner_is_darker_than_the_open_and_what_looks_down_darker_than_what_looks_up(
    corner: np.ndarray,
) -> None:
    points = np.array([[0, -0.25, -0.22], [0, -0.25, 0.3], [0, -0.375, 0.3]], np.float32)
    normals = np.array([[0, 1, 0], [0, 1, 0], [0, -1, 0]], np.float32)
    inner, open_above, below = openness(corner, points, normals)
    assert inner < 0.8 * open_above and below < open_above <= 1
    assert openness(corner.astype(np.float32), points, normals) == pytest.approx([inner, open_above, below])


def test_light_and_shadow_are_of_single_precision_as_the_shaders_are(corner: np.ndarray) -> None:
    surface = extract_surface(corner)
    assert surface.normals is not None
    assert openness(corner, surface.vertices, surface.normals).dtype == np.float32
    assert floor_shade(corner, surface.vertices[:, (0, 2)]).dtype == np.float32


def test_mirrored_voxels_have_mirrored_light() -> None:
    grid = sample_catalog()[0].read()
    cubes = cubes_of(grid)
    there = openness(grid, cubes.vertices, cubes.normals)
    for axis in (0, 2):  # in y there is a difference: light comes from above
        sign = np.ones(3, np.float32)
        sign[axis] = -1
        mirrored = openness(np.flip(grid, axis), cubes.vertices * sign, cubes.normals * sign)
        assert np.allclose(mirrored, there, atol=1e-4)


def test_the_floor_is_dark_where_a_leg_stands_and_light_far_off_and_below_nothing() -> None:
    grid = np.zeros((32, 32, 32), bool)
    grid[10:13, 5:20, 20:23] = True
    leg, away = np.array([[11.5 / 32 - 0.5, 21.5 / 32 - 0.5]]), np.array([[0.4, -0.4]])
    dark, light = floor_shade(grid, np.concatenate([leg, away]).astype(np.float32))
    assert dark > 0.5 and light < 0.02
    assert not floor_shade(np.zeros_like(grid), leg.astype(np.float32)).any()


def test_cubes_are_closed_look_outwards_and_have_the_voxels_volume() -> None:
    grid = sample_catalog()[3].read()
    vertices, faces, normals, voxels = cubes_of(grid)
    a, b, c, d = (vertices[faces[:, corner]].astype(float) for corner in range(4))
    six_volumes = sum(np.einsum("ij,ij->", a, np.cross(two, three)) for two, three in ((b, c), (c, d)))
    assert six_volumes / 6 * 32**3 == pytest.approx(grid.sum())
    assert np.allclose(np.cross(b - a, c - b) * 32**2, normals[faces[:, 0]], atol=1e-3)
    assert grid[tuple(voxels.T)].all()
    middles = (vertices[faces].mean(1) - normals[faces[:, 0]] / 64 + 0.5) * 32 - 0.5
    assert np.allclose(middles, voxels, atol=1e-3)
    assert np.array_equal(cubes_of(np.where(grid, np.float32(0.9), np.float32(0.2))).vertices, vertices)


def test_cubes_of_nothing_are_none_and_of_everything_are_the_cube() -> None:
    assert cubes_of(np.zeros((32, 32, 32), bool)).faces.shape == (0, 4)
    assert len(cubes_of(np.ones((32, 32, 32), bool)).faces) == 6 * 32**2


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_slice_has_the_fields_values_and_its_line_is_where_they_cross_the_level(axis: int) -> None:
    grid = sample_catalog()[6].read()
    field = np.where(grid, np.float32(0.8), np.float32(0.25))
    layer = int(np.argwhere(grid)[:, axis].mean())
    plane = slice_plane(field, axis, layer)
    assert np.allclose(plane.vertices[:, axis], (layer + 0.5) / 32 - 0.5)
    cells = np.floor((plane.vertices[plane.faces].mean(1) + 0.5) * 32).astype(int)
    assert len(cells) == 32 * 32
    assert np.array_equal(plane.colours, colours_of(field[tuple(cells.T)]))
    inside = np.take(grid, layer, axis)
    crossings = sum(int(np.diff(np.pad(inside, 1), axis=one).sum()) for one in (0, 1))
    assert len(plane.line_vertices) == 2 * crossings
    surface = extract_surface(field).vertices
    near = surface[np.abs(surface[:, axis] - plane.vertices[0, axis]) < 1e-4]
    middles = plane.line_vertices.reshape(-1, 2, 3).mean(1)
    others = [one for one in range(3) if one != axis]
    off = np.linalg.norm(near[:, None, others] - middles[None, :, others], axis=2).min(1)
    assert off.max() < 1.2 / 32, "the line is not where the surface is cut"


def test_empty_layers_have_no_plane() -> None:
    plane = slice_plane(np.zeros((32, 32, 32), bool), 0, 3)
    assert len(plane.faces) == len(plane.line_vertices) == 0
