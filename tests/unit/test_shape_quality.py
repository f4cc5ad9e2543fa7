"""What is said of a shape is the same for a blend, a mix and a place that is pointed at."""

from __future__ import annotations

import numpy as np
import pytest

from voxview.engine.engine import Engine
from voxview.engine.latent_request import LatentRequest
from voxview.engine.mix import MixRequest
from voxview.engine.request import BlendRequest
from voxview.engine.shape_quality import ShapeQuality, quality_of
from voxview.model.autoencoder import load_autoencoder
from voxview.model.metrics import lowest_layers, symmetry
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.frame import Grid

A, B = sample_catalog()[0], sample_catalog()[1]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine("study", device="cpu")


def with_block(loose: int, low: int = 0) -> Grid:
    """Return a block of 1,000 voxels from layer `low` on, and `loose` single voxels above it."""
    grid = np.zeros((32, 32, 32), bool)
    grid[:10, low : low + 10, :10] = True
    for place in range(loose):
        grid[20 + 2 * (place % 6), 20, 2 * (place // 6)] = True
    return grid


def test_one_piece_is_a_rule_of_99_per_cent_and_pieces_are_counted_strictly() -> None:
    with_ten = quality_of(with_block(10))
    assert with_ten.in_one_piece and with_ten.pieces == 11 and with_ten.loose_voxels == 10
    with_eleven = quality_of(with_block(11))
    assert not with_eleven.in_one_piece and with_eleven.pieces == 12 and with_eleven.loose_voxels == 11
    alone = quality_of(with_block(0))
    assert alone.pieces == 1 and alone.loose_voxels == 0 and alone.largest_share == 1


def test_an_empty_shape_is_no_piece_and_does_not_stand() -> None:
    empty = ShapeQuality(0.0, 0, 0, stands=False, is_stable=False, symmetry=0.0)
    assert quality_of(np.zeros((32, 32, 32), bool)) == empty


def test_a_shape_stands_where_its_chairs_stand() -> None:
    assert not quality_of(with_block(0, low=7), floor=4).stands
    assert quality_of(with_block(0, low=6), floor=4).stands


def table(*legs: tuple[int, int], length: int = 10) -> Grid:
    """Return a board of 16 × 16 voxels at y = 10, on legs of one voxel at some places (x, z) of it."""
    grid = np.zeros((32, 32, 32), bool)
    grid[8:24, 10:12, 8:24] = True
    for x, z in legs:
        grid[8 + x, 10 - length : 10, 8 + z] = True
    return grid


CORNERS = ((0, 0), (0, 15), (15, 0), (15, 15))


@pytest.mark.parametrize(
    ("shape", "is_stable"),
    [
        (table(*CORNERS), True),
        (table(*CORNERS[:3]), True),
        (table(*CORNERS[:2]), False),
        (table((0, 0), (15, 15)), True),  # along the diagonal, but just so
        (table((1, 1)), False),
        (table((7, 7), (8, 8)), True),
        (table(*CORNERS, length=7), False),  # they end above the floor's three layers
        (table(*CORNERS, length=8), True),
    ],
)
def test_a_shape_is_stable_while_its_middle_is_above_its_feet(shape: Grid, is_stable: bool) -> None:
    assert quality_of(shape).is_stable == is_stable
    assert quality_of(shape[::-1]).is_stable == is_stable
    assert quality_of(np.ascontiguousarray(shape.transpose(2, 1, 0))).is_stable == is_stable


def test_legs_that_are_loose_carry_nothing() -> None:
    loose = table(*CORNERS)
    loose[:, 3:10] = False
    quality = quality_of(loose)
    assert quality.stands and not quality.is_stable and quality.pieces == 5 and quality.loose_voxels == 12


def test_a_shape_that_reaches_below_its_chairs_floor_stands_on_its_own_feet() -> None:
    assert quality_of(table(*CORNERS), floor=8).is_stable
    assert not quality_of(table(*CORNERS[:2]), floor=8).is_stable


def test_every_sample_chair_is_stable() -> None:
    grids = [chair.read() for chair in sample_catalog()]
    floors = lowest_layers(np.stack(grids))
    assert all(quality_of(grid, int(floor)).is_stable for grid, floor in zip(grids, floors, strict=True))


def test_a_shape_is_lopsided_where_it_is_clearly_less_symmetric_than_each_of_its_chairs() -> None:
    whole, three_legged, half = table(*CORNERS), table(*CORNERS[:3]), table(*CORNERS)
    half[8:16] = False
    assert quality_of(whole).symmetry == 1 and quality_of(half).symmetry == symmetry(half) < 0.1
    of_whole = quality_of(half, chairs=np.stack([whole, whole]))
    assert of_whole.is_lopsided and of_whole.chairs_symmetry == 1
    assert of_whole.is_good, "it is no part of good"
    of_both = quality_of(half, chairs=np.stack([whole, half]))
    assert not of_both.is_lopsided and of_both.chairs_symmetry == of_both.symmetry
    assert quality_of(half).chairs_symmetry is None and not quality_of(half).is_lopsided
    slightly = quality_of(three_legged, chairs=whole[None])
    assert 0.9 < slightly.symmetry < 1 and not slightly.is_lopsided


def test_a_blend_a_mix_and_a_place_of_the_same_latent_are_of_one_quality(engine: Engine) -> None:
    *_, last = engine.decode_ahead(BlendRequest(A, B, 0.5))
    of_path = last.scores.quality(50)
    of_mix = engine.mix(MixRequest((A, B), (0.5, 0.5))).quality
    grids = np.stack([A.read(), B.read()])
    latent = load_autoencoder("study").encode(grids).mean(0)
    floor = int(lowest_layers(grids).max())
    of_place = engine.decode_latent(LatentRequest(latent, "half-way", floor=floor)).quality
    assert of_path is not None and of_path.pieces == of_mix.pieces == of_place.pieces
    assert of_path.loose_voxels == of_mix.loose_voxels == of_place.loose_voxels
    assert of_path.stands == of_mix.stands == of_place.stands
    assert of_path.is_stable == of_mix.is_stable == of_place.is_stable
    assert of_path.largest_share == pytest.approx(of_mix.largest_share) == of_place.largest_share
    assert of_path.novelty == pytest.approx(of_mix.novelty) and of_place.novelty is None
    assert of_path.symmetry == pytest.approx(of_mix.symmetry) and of_mix.symmetry == of_place.symmetry
    assert of_mix.symmetry == symmetry(engine.blend(BlendRequest(A, B, 0.5)).grid)
    assert of_path.chairs_symmetry == of_mix.chairs_symmetry and of_place.chairs_symmetry is None
