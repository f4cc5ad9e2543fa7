"""A chair from points: distances, poses, refinement, the search, files of weights, what is refused."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from random_points_weights import write_random_parts_weights, write_random_points_weights
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from scipy import ndimage

from voxview.errors import InputError
from voxview.model.autoencoder import Autoencoder, load_autoencoder
from voxview.model.point_cover import distances
from voxview.model.point_distance import FramePose, distance_field, fit_pose, mean_distance, turn_matrix
from voxview.model.point_refine import (
    PointDescent,
    looked_through,
    sample,
    surface_loss,
    uncovered_surface,
)
from voxview.model.points_card import find_points_weights
from voxview.model.points_encoder import load_points_encoder, make_cloud
from voxview.model.points_search import find_chair
from voxview.model.points_weights import read_parts_weights, read_points_weights
from voxview.model.weights import find_weights, read_weights
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.orient import rotation_matrix


@pytest.fixture(scope="module")
def grid() -> np.ndarray:
    return sample_catalog()[0].read()


@pytest.fixture(scope="module")
def cloud(grid: np.ndarray) -> np.ndarray:
    """Points of the chair's surface."""
    return surface(grid, 1500)


@pytest.fixture(scope="module")
def default() -> Autoencoder:
    return load_autoencoder("chairs", "cpu")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Points weights that take everything for the first sample chair."""
    return write_random_points_weights(tmp_path_factory.mktemp("weights") / "w.safetensors", "chairs", like=0)


def surface(grid: np.ndarray, count: int) -> np.ndarray:
    """Random points on the faces of a grid, in the frame."""
    rng, padded, occupied, faces = np.random.default_rng(0), np.pad(grid, 1), np.argwhere(grid), []
    for axis in range(3):
        for side in (0, 1):
            beside = occupied + 1
            beside[:, axis] += 2 * side - 1
            face = occupied[~padded[tuple(beside.T)]] + rng.random((1, 3))
            face[:, axis] = np.floor(face[:, axis]) + side
            faces.append(face)
    points = np.concatenate(faces)
    return points[rng.choice(len(points), count)] / 32 - 0.5


# ---- distances and poses ----------------------------------------------------------------------------


def test_distances_are_0_on_the_surface_and_grow_on_both_sides() -> None:
    block = np.zeros((32, 32, 32), bool)
    block[8:24, 8:24, 8:24] = True
    field = distance_field(block)
    places = np.array([[0.25, 0, 0], [0.3, 0, 0], [0.15, 0, 0], [0.7, 0, 0]])
    distance, gradient = field.at(places)
    np.testing.assert_allclose(distance, [0, 0.05, -0.1, 0.45], atol=0.005)
    np.testing.assert_allclose(gradient[:3], [[1, 0, 0]] * 3, atol=0.05)


def test_a_pose_that_is_off_is_fitted_back(grid: np.ndarray, cloud: np.ndarray) -> None:
    pose = FramePose(np.array([0.05, -0.04, 0.06]), 0.07, 0.12)
    moved = np.exp(pose.log_scale) * cloud @ turn_matrix(pose.angle).T + pose.centre
    np.testing.assert_allclose(pose.to_frame(moved), cloud, atol=1e-12)
    matrix = pose.matrix()
    np.testing.assert_allclose(moved @ matrix[:3, :3].T + matrix[:3, 3], cloud, atol=1e-12)
    field, start = distance_field(grid), FramePose(np.zeros(3), 0.0, 0.0)
    found = fit_pose(moved, field, start)
    assert np.abs(found.to_frame(moved) - cloud).mean() < 0.3 / 32 < np.abs(moved - cloud).mean()
    assert mean_distance(moved, field, found) < 0.2 * mean_distance(moved, field, start)


# ---- refinement -------------------------------------------------------------------------------------


def test_logits_are_sampled_where_points_are() -> None:
    logits = torch.zeros(1, 1, 32, 32, 32)
    logits[0, 0, 3, 10, 20] = 8.0
    centre = (torch.tensor([3, 10, 20]) + 0.5) / 32 - 0.5
    between = centre + torch.tensor([0, 0.5 / 32, 0])
    assert sample(logits, torch.stack([centre, between])[None])[0].tolist() == pytest.approx([8, 4], abs=1e-3)


def test_a_surface_through_the_points_costs_least(grid: np.ndarray) -> None:
    points = torch.from_numpy(surface(grid, 600)).float()[None]
    full = ndimage.distance_transform_edt(grid) - ndimage.distance_transform_edt(~grid)

    def cost(moved: float = 0.0, grown: float = 0.0) -> float:
        p = torch.from_numpy(np.clip(full / 2 + 0.5 + grown, 0, 1))[None, None].float()
        return float(surface_loss(p, points + moved))

    costs = [cost(), cost(moved=0.03), cost(moved=0.1)]
    assert costs[0] < 0.15 and costs == sorted(costs)
    assert cost(grown=0.5) > 3 * costs[0] and cost(grown=-0.5) > 3 * costs[0]  # half a voxel on each side


def test_surface_far_from_all_points_costs_and_near_them_it_does_not() -> None:
    grid = np.zeros((32, 32, 32), bool)
    grid[4:12, 4:12, 4:12] = True
    stray = grid.copy()
    stray[24, 24, 24] = True
    distance = torch.from_numpy(32 * distances(surface(grid, 4000)))[None, None].float()
    costs = [
        float(uncovered_surface(torch.from_numpy(of)[None, None].float(), distance)) for of in (grid, stray)
    ]
    assert costs == pytest.approx([0, 6])


def test_points_bring_a_latent_nearer_to_their_chair(default: Autoencoder, grid: np.ndarray) -> None:
    (true,), (other,) = default.encode(grid[None], 0), default.encode(sample_catalog()[3].read()[None], 0)
    start = torch.from_numpy(0.75 * true + 0.25 * other)[None]
    points = torch.from_numpy(surface(grid, 600)).float()[None]

    def iou(z: torch.Tensor) -> float:
        field = default.decode(z.reshape(1, 8, 8).numpy())[0] > 0.5
        return (field & grid).sum() / (field | grid).sum()

    assert default.metric is not None
    descent = PointDescent(default.network_of_few, start, points, default.metric)
    begun = float(descent._values(descent.best)[0])
    for _ in range(3):
        descent.step()
    descent.end()
    assert float(descent._values(descent.best)[0]) < begun and iou(descent.best) > iou(start) + 0.02


def test_what_was_looked_through_lies_between_points_and_the_viewpoint() -> None:
    points, eye = torch.zeros(1, 2, 3), torch.tensor([[0.0, 0, -2]])
    places = looked_through(points, eye, 3)
    assert places.shape == (1, 6, 3) and bool((places[..., :2] == 0).all())
    assert bool((places[..., 2] <= -2 / 32).all() and (places[..., 2] >= -1).all())


# ---- the search -------------------------------------------------------------------------------------


def test_the_network_sees_the_same_cloud_in_any_unit_and_origin(cloud: np.ndarray) -> None:
    one, other = make_cloud(cloud), make_cloud(40 * cloud + [100, -3, 7])
    assert one.points.shape == (1024, 3) and one.points.dtype == np.float32
    np.testing.assert_allclose(one.points, other.points, atol=1e-5)
    back = one.points * one.size + one.mean
    assert np.abs(back[:, None] - cloud[None]).sum(2).min(1).max() < 1e-6
    assert make_cloud(cloud[:60]).points.shape == (60, 3)


def test_a_cloud_becomes_its_chair_and_says_where_it_is(
    weights: Path, default: Autoencoder, grid: np.ndarray, cloud: np.ndarray
) -> None:
    encoder = load_points_encoder(weights, "cpu")
    assert (encoder.kind, encoder.autoencoder) == ("pointnet++", "chairs")
    for up in ("auto", "z"):
        points = cloud @ rotation_matrix("y" if up == "auto" else up) * 3 + [1, 2, 3]
        found = find_chair(encoder, default, make_cloud(points), up, steps=0)
        inside = points @ found.to_frame[:3, :3].T + found.to_frame[:3, 3]
        assert np.abs(inside - cloud).mean() < 0.5 / 32 and found.distance < 0.5 / 32
        assert found.up == ("y" if up == "auto" else up) and min(found.turn, 360 - found.turn) < 3
        field = found.field > 0.5
        assert (field & grid).sum() / (field | grid).sum() > 0.85


def test_the_turn_that_is_given_is_taken(weights: Path, default: Autoencoder, cloud: np.ndarray) -> None:
    turned = cloud @ rotation_matrix("y", 270).T
    found = find_chair(
        load_points_encoder(weights, "cpu"), default, make_cloud(turned), "y", 90.0, steps=1,
        viewpoint=np.array([0.0, 0.5, -3]),
    )  # fmt: skip
    assert found.turn == pytest.approx(90, abs=4) and math.isfinite(found.distance)
    inside = turned @ found.to_frame[:3, :3].T + found.to_frame[:3, 3]
    assert np.abs(inside - cloud).mean() < 1 / 32


# ---- files ------------------------------------------------------------------------------------------


def test_files_that_cannot_be_used_are_named_in_one_line(weights: Path, tmp_path: Path) -> None:
    parts = write_random_parts_weights(tmp_path / "parts.safetensors")

    def changed(header: dict[str, str], **tensors: torch.Tensor) -> Path:
        with safe_open(weights, framework="pt") as opened:
            before = dict(opened.metadata())
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.safetensors"
        save_file({**load_file(weights), **tensors}, path, metadata={**before, **header})
        return path

    bad = [
        (find_weights("chairs"), "holds no points weights"),
        (parts, "holds no points weights"),
        (changed({"encoder": "pointnet3"}), "does not say what its network is like"),
        (changed({"width": "0"}), "does not say what its network is like"),
        (changed({"width": "16"}), "does not fit a points encoder"),
        (changed({}, **{"output.bias": torch.full((98,), torch.nan)}), "not finite"),
        (tmp_path / "missing.safetensors", "no points weights at"),
    ]
    for path, text in bad:
        with pytest.raises(InputError, match=text) as refused:
            load_points_encoder(path, "cpu")
        assert path.name in str(refused.value) and "\n" not in str(refused.value)
    with pytest.raises(InputError, match="holds no parts weights"):
        read_parts_weights(weights)
    with pytest.raises(InputError, match="holds points weights, which are no autoencoder's"):
        read_weights(weights)
    with pytest.raises(InputError, match="a name or a path"):
        find_points_weights(3)  # type: ignore[arg-type]


def test_what_was_written_is_read(weights: Path) -> None:
    read = read_points_weights(weights)
    assert (read.name, read.autoencoder, read.odd) == ("random", "chairs", 0)
    assert read.network.width == 8 and not read.network.training
