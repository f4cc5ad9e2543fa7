"""What `extract_surface` promises: closed, outward, and where the field says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from voxview.errors import InputError
from voxview.surface.extract import extract_surface
from voxview.surface.surface import Surface

SHAPES = st.tuples(*[st.integers(2, 5)] * 3)
# Few distinct values make ties and values at the level itself, where marching cubes goes wrong first.
TIED = st.sampled_from([0.0, 0.3, 0.4999, 0.49999997, 0.5, 0.50000006, 0.5001, 0.7, 1.0])
# Drawn from a seed because hypothesis' own grids are too sparse to have ambiguous sides next to each other.
NOISE = st.builds(
    lambda seed, share: np.random.default_rng(seed).random((6, 6, 6)) < share,
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.3, 0.4, 0.5]),
)
FIELDS = st.one_of(
    NOISE,
    arrays(np.float32, SHAPES, elements=st.floats(0, 1, width=32)),
    arrays(np.float32, SHAPES, elements=TIED.map(np.float32)),
    arrays(np.float64, SHAPES, elements=st.floats(0, 1)),
    arrays(np.bool_, SHAPES),
)


def edges_of(surface: Surface) -> tuple[np.ndarray, np.ndarray]:
    """Every directed edge as one number, and the same edges the other way round; both sorted."""
    faces, n = surface.faces.astype(np.int64), len(surface.vertices)
    start, end = faces.ravel(), faces[:, [1, 2, 0]].ravel()
    return np.sort(start * n + end), np.sort(end * n + start)


def winding_number(surface: Surface, point: np.ndarray) -> float:
    """How often the surface goes around `point` (van Oosterom and Strackee 1983)."""
    a, b, c = (surface.vertices[surface.faces[:, i]].astype(np.float64) - point for i in range(3))
    la, lb, lc = (np.linalg.norm(v, axis=1) for v in (a, b, c))
    dot = lambda u, v: np.einsum("ij,ij->i", u, v)  # noqa: E731
    below = la * lb * lc + dot(a, b) * lc + dot(b, c) * la + dot(c, a) * lb
    return float(np.arctan2(dot(a, np.cross(b, c)), below).sum() / (2 * np.pi))


@settings(max_examples=300, deadline=None)
@given(FIELDS, st.sampled_from([0.5, 0.3, 0.02, 0.98]))
def test_every_edge_is_shared_by_two_faces_in_opposite_directions(field: np.ndarray, level: float) -> None:
    surface = extract_surface(field, level)
    forward, backward = edges_of(surface)
    assert np.array_equal(forward, backward)
    assert len(np.unique(forward)) == len(forward)


@settings(max_examples=150, deadline=None)
@given(FIELDS)
def test_no_two_vertices_coincide_and_the_volume_is_positive(field: np.ndarray) -> None:
    surface = extract_surface(field)
    assert surface.is_empty == (not (field > 0.5).any())
    if not surface.is_empty:
        assert len(np.unique(surface.vertices, axis=0)) == len(surface.vertices)
        assert surface.volume > 0
        assert surface.normals is not None
        np.testing.assert_allclose(np.linalg.norm(surface.normals, axis=1), 1, atol=1e-4)


@settings(max_examples=40, deadline=None)
@given(FIELDS)
def test_voxel_centres_are_inside_exactly_where_the_field_is_above_the_level(field: np.ndarray) -> None:
    surface = extract_surface(field)
    for index in np.ndindex(field.shape):
        centre = (np.array(index) + 0.5) / field.shape - 0.5
        assert round(winding_number(surface, centre)) == (field[index] > 0.5)


def test_a_single_voxel_is_drawn_around_its_own_centre() -> None:
    for index in [(3, 11, 29), (0, 0, 31), (31, 16, 2)]:
        grid = np.zeros((32, 32, 32), np.bool_)
        grid[index] = True
        vertices = extract_surface(grid).vertices
        np.testing.assert_allclose(vertices.mean(axis=0), (np.array(index) + 0.5) / 32 - 0.5, atol=1e-6)


def test_axes_keep_their_order_and_direction() -> None:
    grid = np.zeros((32, 32, 32), np.bool_)
    grid[2:30, 4:8, 10:12] = True  # an L: long in x, and its upright at low x
    grid[2:6, 4:20, 10:12] = True
    vertices = extract_surface(grid).vertices
    np.testing.assert_allclose(vertices.min(axis=0), np.array([2, 4, 10]) / 32 - 0.5, atol=1e-5)
    np.testing.assert_allclose(vertices.max(axis=0), np.array([30, 20, 12]) / 32 - 0.5, atol=1e-5)
    assert vertices[vertices[:, 1] > 10 / 32 - 0.5][:, 0].max() < 7 / 32 - 0.5


def test_a_full_grid_ends_at_the_faces_of_the_cube_and_fills_it() -> None:
    surface = extract_surface(np.ones((32, 32, 32), np.bool_))
    np.testing.assert_allclose(np.abs(surface.vertices).max(axis=0), 0.5, atol=1e-5)
    assert surface.volume == pytest.approx(1, rel=0.01)


def test_the_volume_is_that_of_the_voxels() -> None:
    x, y, z = (np.indices((32, 32, 32)) + 0.5) / 32 - 0.5
    ball = x**2 + y**2 + z**2 < 0.4**2
    assert extract_surface(ball).volume * 32**3 == pytest.approx(ball.sum(), rel=0.01)


def test_normals_point_out_of_a_ball_and_of_a_flattened_box() -> None:
    for shape in [(32, 32, 32), (48, 16, 24)]:
        x, y, z = ((np.indices(shape).T + 0.5) / shape - 0.5).T
        surface = extract_surface(1 / (1 + np.exp(20 * (np.sqrt(x**2 + y**2 + z**2) - 0.35))))
        assert surface.normals is not None
        outward = surface.vertices / np.linalg.norm(surface.vertices, axis=1, keepdims=True)
        assert np.einsum("ij,ij->i", outward, surface.normals).min() > 0.98


def test_a_higher_level_gives_a_smaller_surface() -> None:
    x, y, z = (np.indices((16, 16, 16)) + 0.5) / 16 - 0.5
    field = np.clip(1 - 2 * np.sqrt(x**2 + y**2 + z**2), 0, 1).astype(np.float32)
    volumes = [extract_surface(field, level).volume for level in (0.2, 0.5, 0.8)]
    assert volumes[0] > volumes[1] > volumes[2] > 0


def test_an_empty_field_gives_an_empty_surface() -> None:
    for empty in (np.zeros((32, 32, 32), np.float32), np.zeros((32, 32, 32), np.bool_)):
        surface = extract_surface(empty)
        assert surface.is_empty
        assert surface.vertices.shape == (0, 3)
        assert surface.volume == 0


@pytest.mark.parametrize("level", [0, 1, -0.5, 1.5, float("nan")])
def test_a_level_that_is_no_probability_is_refused(level: float) -> None:
    with pytest.raises(InputError, match="level"):
        extract_surface(np.ones((4, 4, 4), np.float32), level)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        (np.full((4, 4, 4), np.nan, np.float32), "not finite"),
        (np.full((4, 4, 4), np.inf), "not finite"),
        (np.zeros((4, 4, 4), np.uint8), r"uint8 \(4, 4, 4\)"),
        (np.zeros((4, 4)), r"float64 \(4, 4\)"),
        (np.zeros((1, 4, 4)), r"float64 \(1, 4, 4\)"),
        ([[[0.0]]], "a list"),
    ],
)
def test_what_is_no_field_is_refused_with_what_came(field: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        extract_surface(field)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("vertices", "faces", "normals"),
    [
        (np.zeros((3, 3)), np.array([[0, 1, 2]], np.int32), None),
        (np.zeros((3, 3), np.float32), np.array([[0, 1, 2]]), None),
        (np.zeros((3, 3), np.float32), np.array([[0, 1, 3]], np.int32), None),
        (np.zeros((3, 3), np.float32), np.array([[0, -1, 2]], np.int32), None),
        (np.zeros((3, 3), np.float32), np.array([[0, 1, 2]], np.int32), np.zeros((2, 3), np.float32)),
    ],
)
def test_a_surface_of_wrong_arrays_cannot_be_made(vertices, faces, normals) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError):
        Surface(vertices, faces, normals)
