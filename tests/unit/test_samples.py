"""The sample chairs and their generator: always the same, whole, standing, centred, and varied."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from voxview.shapes.catalogs import samples
from voxview.shapes.catalogs.samples import build_chair, chair_name, random_recipe, sample_catalog
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Grid, check_grid
from voxview.shapes.generator import build, recipe

# What the catalog holds. A change here breaks people's notes and scripts: make it on purpose.
IDS_DIGEST = "eb0161a06891509b"
GRIDS_DIGEST = "8b560cb70aec2b9c"


def recipe_of(chair: Chair) -> recipe.Recipe:
    """Return the recipe of a sample's details after a round trip through JSON: they are plain values."""
    return recipe.Recipe(**json.loads(json.dumps(dict(chair.details))))


@cache
def many() -> tuple[tuple[recipe.Recipe, Grid], ...]:
    """Build the catalog's 240 chairs and 1,500 random ones, once."""
    rng = np.random.default_rng(1)
    recipes = [recipe_of(chair) for chair in sample_catalog()]
    recipes += [random_recipe(rng) for _ in range(1500)]
    return tuple((r, build_chair(r)) for r in recipes)


def ends(grid: Grid) -> list[tuple[int, int]]:
    """Return the first and last occupied layer along x, y and z."""
    layers = [np.flatnonzero(grid.any(axis=axes)) for axes in ((1, 2), (0, 2), (0, 1))]
    return [(int(layer[0]), int(layer[-1])) for layer in layers]


def test_there_are_at_least_200_chairs_with_ids_of_their_own() -> None:
    catalog = sample_catalog()
    assert len(catalog) >= 200
    assert len({chair.id for chair in catalog}) == len(catalog)
    assert all(chair.source == "samples" for chair in catalog)


def test_ids_never_change() -> None:
    ids = "\n".join(chair.id for chair in sample_catalog())
    assert hashlib.sha256(ids.encode()).hexdigest()[:16] == IDS_DIGEST


def test_grids_never_change() -> None:
    grids = np.stack([chair.read() for chair in sample_catalog()])
    assert hashlib.sha256(np.packbits(grids).tobytes()).hexdigest()[:16] == GRIDS_DIGEST


def test_no_two_sample_chairs_are_the_same() -> None:
    assert len({chair.read().tobytes() for chair in sample_catalog()}) == len(sample_catalog())


def test_listing_builds_no_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> Grid:
        raise AssertionError("a grid was drawn while listing")

    monkeypatch.setattr(build, "voxelize_solids", never)
    sample_catalog.cache_clear()
    samples._packed.cache_clear()
    listed = [(chair.id, chair.name, chair.details) for chair in sample_catalog()]
    assert len(listed) == len(sample_catalog())
    with pytest.raises(AssertionError, match="while listing"):
        sample_catalog()[0].read()


def test_details_are_plain_values_that_build_the_same_chair() -> None:
    chair = sample_catalog()[7]
    assert np.array_equal(build_chair(recipe_of(chair)), chair.read())


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_a_seed_gives_one_chair(seed: int) -> None:
    first, second = (random_recipe(np.random.default_rng(seed)) for _ in range(2))
    assert first == second
    assert np.array_equal(build_chair(first), build_chair(second))
    assert chair_name(first)[0].isupper()


def test_every_chair_is_a_grid_and_its_own_mirror_image() -> None:
    for r, grid in many():
        assert np.array_equal(check_grid(grid), grid[::-1]), r


def test_every_chair_is_one_piece() -> None:
    for r, grid in many():
        assert ndimage.label(grid, np.ones((3, 3, 3)))[1] == 1, r


def test_every_chair_fills_its_longest_axis_and_is_centred_on_the_others() -> None:
    for r, grid in many():
        assert max(last - first + 1 for first, last in ends(grid)) == 32, r
        assert all(30 <= first + last <= 32 for first, last in ends(grid)), r
    off = sum(first + last != 31 for _, grid in many() for first, last in ends(grid))
    assert off <= 0.002 * len(many())


def test_every_chair_stands_on_more_than_its_middle() -> None:
    for r, grid in many():
        (_, _), (floor, _), (front, back) = ends(grid)
        feet = np.argwhere(grid[:, floor, :])
        assert np.ptp(feet[:, 0]) >= 4, r
        if r.base != "rockers":  # these touch the floor in one place only
            assert np.ptp(feet[:, 1]) >= 0.3 * (back - front), r


def test_the_backrest_is_at_high_z() -> None:
    for r, grid in many():
        if r.back_height > 20:
            (_, _), (_, top), (front, back) = ends(grid)
            assert np.argwhere(grid[:, top, :])[:, 1].mean() > (front + back) / 2, r


def test_occupancy_is_that_of_real_chairs() -> None:
    # ShapeNetVox32's chairs: mean 0.114, median 0.065.
    occupancy = [grid.mean() for _, grid in many()[240:]]
    assert 0.09 < np.mean(occupancy) < 0.15
    assert 0.05 < np.median(occupancy) < 0.09


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("kind", recipe.KINDS),
        ("base", recipe.BASES),
        ("back", recipe.BACKS),
        ("arms", recipe.ARMS),
        ("seat", recipe.SEATS),
        ("stretchers", recipe.STRETCHERS),
    ],
)
def test_the_catalog_shows_each_word_at_least_four_times(part: str, words: tuple[str, ...]) -> None:
    counts = Counter(chair.details[part] for chair in sample_catalog())
    assert set(counts) == set(words)
    assert min(counts.values()) >= 4


def test_the_first_two_chairs_differ_clearly() -> None:
    a, b = (chair.read() for chair in sample_catalog()[:2])
    assert (a & b).sum() / (a | b).sum() < 0.4


def test_a_name_tells_what_one_sees() -> None:
    names = [chair.name for chair in sample_catalog()]
    assert names[0] == "Four-leg chair with a slatted, rounded back"
    assert any("spindle back" in name for name in names)
    assert all(len(name) < 80 for name in names)


def test_slats_leave_gaps_one_can_see_through() -> None:
    for r, grid in many():
        if r.back == "slatted" and r.kind == "chair" and r.back_height > 40 and r.back_border < 4:
            (_, _), (_, top), _ = ends(grid)
            above_seat = grid[:, top - 8 : top - 1]
            (left, right), _, _ = ends(above_seat)
            assert (~above_seat[left:right].any(axis=2)).any(), r
