"""What a cloud of a whole chair says of the space between its points."""

from __future__ import annotations

import numpy as np
import pytest

from voxview.model.autoencoder import load_autoencoder
from voxview.model.metrics import intersection_over_union
from voxview.model.point_cover import WHOLE, covered_share, distances, pose_by_box
from voxview.model.point_distance import FramePose, turn_matrix
from voxview.model.points_encoder import load_points_encoder, make_cloud
from voxview.model.points_search import find_chair
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.frame import Doubles, Grid
from voxview.surface.extract import extract_surface


def surface_points(grid: Grid, count: int = 1024) -> Doubles:
    vertices = extract_surface(grid.astype(np.float32)).vertices
    chosen = np.random.default_rng(0).choice(len(vertices), count)
    return np.asarray(vertices[chosen], np.float64)


def test_points_all_over_a_surface_cover_it_and_those_of_one_side_do_not() -> None:
    grid = sample_catalog()[2].read()
    points = surface_points(grid)
    assert covered_share(grid, points) >= WHOLE
    assert covered_share(grid, points[points[:, 0] > 0]) < 0.7
    assert covered_share(np.zeros_like(grid), points) == 0


def test_distances_are_those_of_voxels_centres_up_to_a_limit() -> None:
    of = distances(np.array([[0.5 / 32, 0.5 / 32, 0.5 / 32]]))
    assert (
        of[16, 16, 16] == 0
        and of[16, 16, 19] == pytest.approx(3 / 32)
        and of[0, 0, 0] == pytest.approx(5 / 32)
    )


def test_a_whole_cloud_is_refined_to_a_chair_that_is_more_like_it() -> None:
    grid = sample_catalog()[40].read()
    encoder, autoencoder = load_points_encoder(device="cpu"), load_autoencoder(device="cpu")
    found = find_chair(encoder, autoencoder, make_cloud(surface_points(grid)))
    before, after = (
        intersection_over_union(grid[None], field[None] > 0.5)[0] for field in (found.unrefined, found.field)
    )
    assert after > before + 0.02


def test_the_box_of_a_whole_cloud_says_where_its_chair_is_and_a_stray_point_does_not() -> None:
    at = surface_points(sample_catalog()[2].read(), 8000)
    true = FramePose(np.array([0.3, -0.2, 0.1]), np.log(2.5), 0.6)
    cloud = ((2.5 * at) @ turn_matrix(0.6).T + true.centre).astype(np.float32)
    np.testing.assert_allclose(true.to_frame(cloud), at, atol=1e-5)
    off = FramePose(true.centre + 0.05, true.log_scale + 0.05, true.angle)
    found = pose_by_box(cloud, off)
    assert np.abs(found.centre - true.centre).max() < 0.01 * 2.5
    assert abs(found.log_scale - true.log_scale) < 0.02 and found.angle == off.angle
    stray = np.concatenate([cloud, [[9, 9, 9]]]).astype(np.float32)
    assert pose_by_box(stray, off) is off
