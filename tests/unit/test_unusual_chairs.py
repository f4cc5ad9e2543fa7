"""Unusual chairs for training: whole, symmetric and curved; drawn on demand alone."""

from __future__ import annotations

import numpy as np
import pytest

from voxview.shapes.components import is_one_piece
from voxview.shapes.generator import unusual
from voxview.shapes.generator.build import voxelize_solids
from voxview.shapes.generator.curved_solids import Dish, Ribbon, smooth
from voxview.shapes.generator.unusual import random_unusual_chair
from voxview.shapes.parts import LEG
from voxview.training.procedural import generate_chairs


@pytest.fixture(scope="module")
def chairs() -> np.ndarray:
    rng = np.random.default_rng(7)
    return np.stack([random_unusual_chair(rng) for _ in range(200)])


def test_unusual_chairs_fill_the_cubes_longest_side_and_are_symmetric(chairs: np.ndarray) -> None:
    assert chairs.shape == (200, 32, 32, 32) and chairs.dtype == np.bool_
    assert np.array_equal(chairs, chairs[:, ::-1])
    longest = [max(np.ptp(np.nonzero(chair), axis=1)) + 1 for chair in chairs]
    assert min(longest) >= 31 and np.mean(np.equal(longest, 32)) > 0.97


def test_unusual_chairs_are_in_one_piece_and_differ(chairs: np.ndarray) -> None:
    assert np.mean([is_one_piece(chair) for chair in chairs]) > 0.98
    assert len({chair.tobytes() for chair in chairs}) == len(chairs)


def test_an_addition_that_hangs_in_the_air_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    far = [unusual.Part(unusual.Box(0.0, 5.0, 300.0, 320.0, 0.0, 5.0), LEG)]
    monkeypatch.setattr(unusual, "ADDED", 1.0)
    monkeypatch.setattr(unusual, "_additions", lambda solids, numbers: far)
    chairs = [random_unusual_chair(np.random.default_rng(seed)) for seed in range(20)]
    assert all(is_one_piece(chair) for chair in chairs)


def test_unusual_chairs_are_drawn_on_demand_alone_and_alike_for_a_seed() -> None:
    plain, none, some, again = (
        np.concatenate(list(generate_chairs(100, seed=5, **share)))
        for share in ({}, {"unusual": 0.0}, {"unusual": 0.5}, {"unusual": 0.5})
    )
    assert np.array_equal(plain, none), "weights of before learn from the same chairs again"
    assert np.array_equal(some, again) and not np.array_equal(some, plain)


def test_a_dish_is_hollow_and_open_at_the_top() -> None:
    bowl = Dish(centre=(16.0, 0.0), radii=(16.0, 16.0, 16.0), thickness=2.0, rim=0.0, slope=0.0)
    grid = voxelize_solids([bowl])
    assert grid[:, :, 15].any(0).sum() == 16, "half as high as it is wide"
    occupied = np.flatnonzero(grid[16, :, 16])
    assert len(occupied) <= 4 and occupied[0] == 8, "in the middle there is a floor, and air above it"


def test_a_dishs_bounds_are_those_of_what_the_plane_leaves() -> None:
    tilted = Dish(centre=(50.0, 10.0), radii=(30.0, 40.0, 20.0), thickness=4.0, rim=-10.0, slope=0.8)
    grid = voxelize_solids([tilted])
    assert max(np.ptp(np.nonzero(grid), axis=1)) + 1 == 32


def test_a_ribbon_follows_its_profile() -> None:
    profile = [(0.0, 0.0), (0.0, 16.0), (16.0, 16.0), (16.0, 32.0)]
    grid = voxelize_solids([Ribbon(profile, 0.0, 8.0, 1.0)])
    assert is_one_piece(grid) and grid[16, 15:17, 10:20].any()
    assert not grid[16, 2, 20] and not grid[16, 28, 10], "nothing beside the profile"


def test_smoothing_cuts_corners_and_keeps_the_ends() -> None:
    line = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0)]
    once = smooth(line, 1)
    assert once[0] == line[0] and once[-1] == line[-1] and (4.0, 0.0) not in once
    assert (3.0, 0.0) in once and (4.0, 1.0) in once
    assert smooth(line, 0) == line
