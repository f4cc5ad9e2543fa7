"""The measures of a blend, on grids whose answer one can see."""

from __future__ import annotations

import numpy as np

from voxview.model.metrics import (
    intersection_over_union,
    is_one_piece,
    largest_iou,
    largest_piece,
    lowest_layers,
    stands,
)


def grid(*places: tuple[int, int, int]) -> np.ndarray:
    made = np.zeros((32, 32, 32), bool)
    for place in places:
        made[place] = True
    return made


def test_the_largest_piece_is_a_share_and_corners_join() -> None:
    assert largest_piece(grid()) == 0
    assert largest_piece(grid((1, 1, 1), (2, 2, 2))) == 1
    assert largest_piece(grid((1, 1, 1), (2, 2, 2), (5, 5, 5))) == 2 / 3
    crumb = np.zeros((32, 32, 32), bool)
    crumb[:10, :10, 0] = True
    crumb[20, 20, 20] = True
    assert is_one_piece(crumb) and not is_one_piece(grid((0, 0, 0), (9, 9, 9)))


def test_standing_is_a_voxel_in_the_lowest_three_layers() -> None:
    assert stands(grid((5, 2, 5))) and not stands(grid((5, 3, 5))) and not stands(grid())


def test_what_hovers_in_its_cube_stands_on_its_own_floor() -> None:
    hovering = grid((5, 7, 5), (5, 8, 5))
    assert lowest_layers(np.stack([hovering, grid((1, 0, 1)), grid()])).tolist() == [7, 0, 0]
    assert stands(hovering, 7) and stands(hovering, 5) and not stands(hovering, 4)


def test_the_largest_iou_is_that_of_the_most_alike() -> None:
    rng = np.random.default_rng(0)
    blends, chairs = rng.random((6, 32, 32, 32)) < 0.2, rng.random((4, 32, 32, 32)) < 0.2
    chairs[2] = blends[3]
    found = largest_iou(blends.reshape(6, -1), chairs.reshape(4, -1))
    for blend, iou in zip(blends, found, strict=True):
        expected = intersection_over_union(np.broadcast_to(blend, chairs.shape), chairs).max()
        assert abs(iou - expected) < 1e-6
    assert found[3] == 1
    assert largest_iou(np.zeros((1, 8), bool), np.zeros((1, 8), bool))[0] == 1
