"""Maps of latents: what they keep, that they are always the same, and what lies between points."""

from __future__ import annotations

import numpy as np
import pytest

from voxview.latent.map.neighbour_map import STEPS, neighbour_map, preparation_steps
from voxview.latent.map.neighbours import kept_neighbours, nearest_neighbours, trustworthiness
from voxview.latent.map.projection import principal_plane
from voxview.latent.map.weights import weighted_latent, weights_at

Array = np.ndarray


def _groups(groups: int = 12, each: int = 30) -> Array:
    """Latents in groups whose centres need more than two dimensions."""
    rng = np.random.default_rng(3)
    centres = rng.normal(size=(groups, 8, 8))
    return (centres[:, None] + 0.3 * rng.normal(size=(groups, each, 8, 8))).reshape(-1, 8, 8)


def _last(steps) -> Array:  # type: ignore[no-untyped-def]
    return list(steps)[-1]


def test_the_plane_keeps_the_variance_that_it_says() -> None:
    latents = _groups()
    plane = principal_plane(latents)
    points, flat = plane.project(latents), latents.reshape(len(latents), -1)
    assert points.var(axis=0).sum() / flat.var(axis=0).sum() == pytest.approx(plane.share)
    assert points[:, 0].var() >= points[:, 1].var()
    assert np.allclose(plane.axes @ plane.axes.T, np.eye(2))


def test_the_order_of_the_chairs_does_not_turn_the_plane_round() -> None:
    latents = _groups()
    shuffled = np.random.default_rng(0).permutation(latents)
    assert np.allclose(principal_plane(latents).axes, principal_plane(shuffled).axes)


def test_a_blend_lies_on_the_line_between_its_chairs() -> None:
    latents = _groups()
    plane = principal_plane(latents)
    a, b = plane.project(latents[:2])
    blend = 0.7 * latents[0] + 0.3 * latents[1]
    assert np.allclose(plane.project(blend[None])[0], 0.7 * a + 0.3 * b)


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_hardly_any_chairs_still_make_a_map(n: int) -> None:
    latents = _groups()[:n]
    points = principal_plane(latents).project(latents)
    assert points.shape == (n, 2) and np.isfinite(points).all()
    assert _last(neighbour_map(latents, points)).shape == (n, 2)


def test_equal_chairs_make_a_map_of_finite_numbers() -> None:
    latents = np.concatenate([np.repeat(_groups()[:1], 20, axis=0), _groups()[:40]])
    points = _last(neighbour_map(latents, principal_plane(latents).project(latents)))
    assert np.isfinite(points).all()


def test_neighbours_are_those_of_brute_force() -> None:
    points = np.random.default_rng(1).normal(size=(600, 5))
    places, distances = nearest_neighbours(points, 4)
    true = np.linalg.norm(points[:, None] - points, axis=2)
    np.fill_diagonal(true, np.inf)
    assert (places == np.argsort(true, axis=1)[:, :4]).all()
    assert np.allclose(distances, np.sort(true, axis=1)[:, :4])


def test_a_map_of_itself_is_trusted_wholly_and_a_random_one_is_not() -> None:
    rng = np.random.default_rng(2)
    points, other = rng.normal(size=(300, 2)), rng.normal(size=(300, 2))
    assert trustworthiness(points, points) == 1.0 and kept_neighbours(points, points) == 1.0
    assert trustworthiness(points, other) == pytest.approx(0.5, abs=0.05)
    assert kept_neighbours(points, other) == pytest.approx(15 / 299, abs=0.03)


def test_the_neighbour_map_earns_its_place_beside_the_plane() -> None:
    latents = _groups()
    flat = latents.reshape(len(latents), -1)
    plane = principal_plane(latents).project(latents)
    steps = list(neighbour_map(latents, plane))
    assert len(steps) == preparation_steps(len(latents)) + STEPS and steps[0] is plane
    assert 1 - trustworthiness(flat, steps[-1]) < 0.7 * (1 - trustworthiness(flat, plane))
    assert kept_neighbours(flat, steps[-1]) > 1.15 * kept_neighbours(flat, plane)


def test_the_same_chairs_make_the_same_neighbour_map() -> None:
    latents = _groups(6, 30)
    plane = principal_plane(latents).project(latents)
    assert np.array_equal(_last(neighbour_map(latents, plane)), _last(neighbour_map(latents, plane)))


def test_at_a_point_that_chair_alone_counts() -> None:
    points = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0], [5.0, 5.0]])
    places, weights = weights_at(points, (1.0, 0.0))
    assert places[0] == 1 and weights.tolist() == [1.0, 0.0, 0.0]


def test_between_points_the_nearest_three_count_by_inverse_distance() -> None:
    points = np.array([[0.0, 0.0], [3.0, 0.0], [1.0, 2.0], [50.0, 50.0]])
    places, weights = weights_at(points, (1.0, 0.0))
    assert places.tolist()[0] == 0 and set(places.tolist()) == {0, 1, 2}
    assert weights.sum() == pytest.approx(1) and weights.tolist() == pytest.approx([0.5, 0.25, 0.25])


@pytest.mark.parametrize("n", [1, 2])
def test_fewer_than_three_chairs_share_the_weight(n: int) -> None:
    places, weights = weights_at(np.arange(2.0 * n).reshape(n, 2), (9.0, 9.0))
    assert len(places) == n and weights.sum() == pytest.approx(1)


def test_one_chair_that_has_all_the_weight_comes_bit_for_bit() -> None:
    latents = _groups()[:3].astype(np.float32)
    assert np.array_equal(weighted_latent(latents, np.array([1.0, 0, 0])), latents[0])
