"""The baselines do what their names say."""

from __future__ import annotations

import numpy as np
import pytest

from voxview.evaluation.baselines import DistanceBlend, Method, VoxelBlend, WithoutSmallComponents
from voxview.evaluation.pca import Pca
from voxview.shapes.catalogs.samples import sample_catalog


@pytest.fixture(scope="module")
def chairs() -> np.ndarray:
    return np.stack([chair.read() for chair in sample_catalog()[:120]])


def blend(method: Method, a: np.ndarray, b: np.ndarray, t: float) -> np.ndarray:
    encodings = method.encode(np.stack([a, b]))
    return method.decode(((1 - t) * encodings[0] + t * encodings[1])[None].astype(np.float32))[0]


def test_voxel_blending_jumps_from_one_chair_over_what_both_have_to_the_other(chairs: np.ndarray) -> None:
    a, b = chairs[0], chairs[60]
    assert np.array_equal(blend(VoxelBlend(), a, b, 0.25), a)
    assert np.array_equal(blend(VoxelBlend(), a, b, 0.5), a & b)
    assert np.array_equal(blend(VoxelBlend(), a, b, 0.75), b)


def test_a_distance_blend_moves_between_its_two_chairs(chairs: np.ndarray) -> None:
    method = DistanceBlend()
    assert np.array_equal(method.decode(method.encode(chairs[:5])), chairs[:5])
    low, high = np.zeros((2, 32, 32, 32), bool)
    low[:, 4:12], high[:, 8:16] = True, True
    half = blend(method, low, high, 0.5)
    assert np.array_equal(np.flatnonzero(half.any((0, 2))), np.arange(6, 14)), "a slab half-way up"


def test_distances_of_nothing_and_of_everything_stay_what_they_are() -> None:
    extremes = np.stack([np.zeros((32, 32, 32), bool), np.ones((32, 32, 32), bool)])
    assert np.array_equal(DistanceBlend().decode(DistanceBlend().encode(extremes)), extremes)


def test_the_randomised_components_explain_what_the_exact_ones_do(chairs: np.ndarray) -> None:
    flat = chairs.reshape(len(chairs), -1).astype(np.float64)
    centred = flat - flat.mean(0)
    exact = np.linalg.eigvalsh(centred @ centred.T)[-64:].sum()  # squared singular values
    pca = Pca(chairs)
    found = (pca.encode(chairs).astype(np.float64) ** 2).sum()
    assert pca.name == "PCA-64"
    assert 0.9995 * exact < found <= 1.00001 * exact


def test_as_many_components_as_chairs_give_these_back(chairs: np.ndarray) -> None:
    pca = Pca(chairs[:20])
    assert pca.name == "PCA-19"
    assert np.array_equal(pca.decode(pca.encode(chairs[:20])), chairs[:20])


def test_small_components_are_removed_from_what_a_method_decodes() -> None:
    grid = np.zeros((1, 32, 32, 32), bool)
    grid[0, :10, :10, :10] = grid[0, 20, 20, 20] = True
    method = WithoutSmallComponents(VoxelBlend(), 0.01)
    assert method.name == "voxel blend"
    assert method.decode(method.encode(grid)).sum() == 1000
