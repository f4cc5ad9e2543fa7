"""The generator's labels: the same chairs as without, and parts where a person would say that they are."""

from __future__ import annotations

import hashlib
from functools import cache

import numpy as np
import pytest

from voxview.shapes.bits import pack_labels, unpack_bytes, unpack_labels
from voxview.shapes.generator.build import build_chair, label_chair, label_parts
from voxview.shapes.generator.parts import Part, above
from voxview.shapes.generator.recipe import Recipe
from voxview.shapes.generator.sampling import random_recipe
from voxview.shapes.generator.solids import Box
from voxview.shapes.generator.unusual import random_unusual_chair, random_unusual_parts
from voxview.shapes.parts import ARM, BACK, LEG, NO_PART, PARTS, SEAT
from voxview.training.procedural import generate_chairs, generate_labelled_chairs

# What training has drawn so far: weights say by seed what they learnt from.
ORDINARY_DIGEST = "ed9b2045"
UNUSUAL_DIGEST = "ad50cbda"


@cache
def ordinary() -> tuple[tuple[Recipe, np.ndarray], ...]:
    rng = np.random.default_rng(21)
    recipes = [random_recipe(rng) for _ in range(120)]
    return tuple((recipe, label_chair(recipe)) for recipe in recipes)


def digest(labels: list[np.ndarray]) -> str:
    return hashlib.sha256(np.packbits(np.stack(labels) != NO_PART).tobytes()).hexdigest()[:8]


def heights(labels: np.ndarray, part: int) -> np.ndarray:
    return np.nonzero(labels == part)[1]


def test_labelled_chairs_are_the_chairs_of_before_bit_for_bit() -> None:
    assert digest([labels for _, labels in ordinary()]) == ORDINARY_DIGEST
    assert all(np.array_equal(build_chair(r), labels != NO_PART) for r, labels in ordinary()[:30])
    rng = np.random.default_rng(20)
    assert digest([label_parts(random_unusual_parts(rng)) for _ in range(120)]) == UNUSUAL_DIGEST


def test_an_unusual_chair_and_its_labels_use_the_same_random_numbers() -> None:
    one, other = np.random.default_rng(3), np.random.default_rng(3)
    for _ in range(20):
        assert np.array_equal(random_unusual_chair(one), label_parts(random_unusual_parts(other)) != NO_PART)


def test_labels_are_parts_and_symmetric() -> None:
    for recipe, labels in ordinary():
        assert labels.dtype == np.uint8 and labels.shape == (32, 32, 32)
        assert set(np.unique(labels)) <= {*range(len(PARTS)), NO_PART}
        assert np.array_equal(labels, labels[::-1]), recipe


def test_each_chair_has_the_parts_that_its_recipe_says() -> None:
    for recipe, labels in ordinary():
        there = set(np.unique(labels))
        assert SEAT in there, recipe
        assert (BACK in there) == (recipe.back != "none"), recipe
        if recipe.arms != "none" or recipe.back == "none":
            assert (ARM in there) == (recipe.arms != "none"), recipe
        if recipe.base != "block":
            assert LEG in there, recipe


def test_legs_are_below_the_seat_and_the_back_is_above_and_behind() -> None:
    for recipe, labels in ordinary():
        seat = heights(labels, SEAT)
        if recipe.base != "block":
            assert heights(labels, LEG).mean() < seat.mean(), recipe
            assert heights(labels, LEG).max() <= seat.max(), recipe
        if recipe.back_height > 25:
            assert heights(labels, BACK).mean() > seat.mean(), recipe
            depth = [np.nonzero(labels == part)[2].mean() for part in (SEAT, BACK)]
            assert depth[0] < depth[1] or recipe.back == "tub", recipe


def test_where_parts_overlap_the_seat_counts_first_and_legs_last() -> None:
    box = Box(0.0, 8.0, 0.0, 16.0, -8.0, 8.0)
    for parts, expected in (
        ((LEG, SEAT), SEAT),
        ((LEG, ARM), ARM),
        ((ARM, BACK), BACK),
        ((BACK, SEAT), SEAT),
    ):
        for order in (parts, parts[::-1]):
            labels = label_parts([Part(box, part) for part in order])
            assert set(np.unique(labels)) <= {expected, NO_PART}


def test_a_solid_may_be_divided_between_two_parts() -> None:
    labels = label_parts([Part(Box(0.0, 16.0, 0.0, 32.0, -16.0, 16.0), above(8.0, BACK, LEG))])
    assert (labels[:, 8:] == BACK).all() and (labels[:, :8] == LEG).all()


@pytest.mark.parametrize("unusual", [0.0, 0.5])
def test_labelled_chairs_are_drawn_as_training_chairs_are(unusual: float) -> None:
    (packed,) = generate_labelled_chairs(12, seed=5, unusual=unusual)
    assert packed.shape == (12, 3, 4096) and packed.dtype == np.uint8
    assert np.array_equal(
        unpack_bytes(packed[:, 0]), np.concatenate(list(generate_chairs(12, 5, unusual=unusual)))
    )
    labels = np.stack([label for _, label in ordinary()[:5]])
    assert np.array_equal(unpack_labels(pack_labels(labels)), labels)
