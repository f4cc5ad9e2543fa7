"""The measures of a blend, on grids whose answer one can see."""

from __future__ import annotations

import numpy as np
import pytest

from voxview.model.metrics import (
    intersection_over_union,
    largest_iou,
    largest_over_mean,
    largest_over_path,
    lowest_layers,
    nearest_by_iou,
    path_steps,
    stands,
    symmetry,
)
from voxview.shapes.components import is_one_piece, largest_component_share


def grid(*places: tuple[int, int, int]) -> np.ndarray:
    made = np.zeros((32, 32, 32), bool)
    for place in places:
        made[place] = True
    return made


def test_the_largest_component_is_a_share_and_corners_connect() -> None:
    assert largest_component_share(grid()) == 0
    assert largest_component_share(grid((1, 1, 1), (2, 2, 2))) == 1
    assert largest_component_share(grid((1, 1, 1), (2, 2, 2), (5, 5, 5))) == 2 / 3
    chair = np.zeros((32, 32, 32), bool)
    chair[:10, :10, 0] = True
    chair[20, 20, 20] = True
    assert is_one_piece(chair) and not is_one_piece(grid((0, 0, 0), (9, 9, 9)))


def test_standing_is_a_voxel_in_the_lowest_three_layers() -> None:
    assert stands(grid((5, 2, 5))) and not stands(grid((5, 3, 5))) and not stands(grid())


def test_what_hovers_in_its_cube_stands_on_its_own_floor() -> None:
    hovering = grid((5, 7, 5), (5, 8, 5))
    assert lowest_layers(np.stack([hovering, grid((1, 0, 1)), grid()])).tolist() == [7, 0, 0]
    assert stands(hovering, 7) and stands(hovering, 5) and not stands(hovering, 4)


def test_the_largest_iou_is_that_of_the_nearest_chair() -> None:
    rng = np.random.default_rng(0)
    blends, chairs = rng.random((6, 32, 32, 32)) < 0.2, rng.random((4, 32, 32, 32)) < 0.2
    chairs[2] = blends[3]
    found = largest_iou(blends.reshape(6, -1), chairs.reshape(4, -1))
    for blend, iou in zip(blends, found, strict=True):
        expected = intersection_over_union(np.broadcast_to(blend, chairs.shape), chairs).max()
        assert abs(iou - expected) < 1e-6
    assert found[3] == 1
    assert largest_iou(np.zeros((1, 8), bool), np.zeros((1, 8), bool))[0] == 1


def test_the_nearest_by_iou_is_found_across_blocks_and_never_an_excluded_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("voxview.model.metrics._CHAIRS_AT_ONCE", 2)
    rng = np.random.default_rng(0)
    chairs = rng.random((5, 32, 32, 32)) < 0.2
    blends = np.stack([chairs[3], chairs[0] | chairs[4]])
    iou, which = nearest_by_iou(blends, chairs)
    assert iou[0] == 1 and which[0] == 3 and which[1] in (0, 4)
    assert np.array_equal(iou, largest_iou(blends.reshape(2, -1), chairs.reshape(5, -1)))
    iou, which = nearest_by_iou(blends, chairs, np.array([[3, 2], [0, 4]]))
    left = [[0, 1, 4], [1, 2, 3]]
    for k in range(2):
        expected = [intersection_over_union(blends[k : k + 1], chairs[i : i + 1])[0] for i in left[k]]
        assert which[k] == left[k][int(np.argmax(expected))]
        assert abs(iou[k] - max(expected)) < 1e-6


def test_without_any_chair_nothing_is_alike() -> None:
    chairs = np.ones((2, 32, 32, 32), bool)
    iou, which = nearest_by_iou(chairs, chairs, np.array([[0, 1], [1, 0]]))
    assert iou.tolist() == [0, 0] and which.tolist() == [-1, -1]


def test_symmetry_is_that_of_left_and_right() -> None:
    assert symmetry(grid((0, 5, 9), (31, 5, 9))) == 1
    assert symmetry(grid((0, 5, 9), (31, 9, 5))) == 0, "up and down or front and back do not count"
    assert symmetry(grid((0, 5, 9), (31, 5, 9), (3, 3, 3))) == 2 / 4
    assert symmetry(grid()) == 0


def block(first: int, width: int) -> np.ndarray:
    """Return a board with an arm at either end, `width` voxels wide from x = `first` on."""
    made = np.zeros((32, 32, 32), bool)
    made[first : first + width, 10, 8:24] = True
    made[[first, first + width - 1], 10:16, 8:24] = True
    return made


@pytest.mark.parametrize(("first", "width"), [(8, 16), (8, 15), (9, 15), (0, 32), (0, 31), (1, 31)])
def test_a_symmetric_shape_is_symmetric_half_a_voxel_beside_the_middle(first: int, width: int) -> None:
    assert symmetry(block(first, width)) == 1


def test_a_symmetric_shape_further_beside_the_middle_is_less_symmetric() -> None:
    assert symmetry(block(9, 16)) < 1 and symmetry(block(10, 15)) < symmetry(block(9, 15))


def test_a_shape_with_one_arm_is_less_symmetric_by_that_arm() -> None:
    one_armed = block(8, 15)
    one_armed[8, 11:16] = False
    arm = 5 * 16
    assert symmetry(one_armed) == (one_armed.sum() - arm) / (one_armed.sum() + arm)


def test_what_a_shifted_mirror_image_loses_at_the_wall_is_not_shared() -> None:
    at_the_wall = grid((0, 5, 9), (30, 5, 9), (31, 6, 9))
    assert symmetry(at_the_wall) == 2 / 3, "the image of (31, 6, 9) is outside, and counts no more"
    assert symmetry(grid((31, 0, 0))) == 0, "nothing comes in at the other wall"


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5])
def test_a_mirror_image_is_as_symmetric_as_its_shape_and_half_of_a_shape_less(share: float) -> None:
    shape = np.random.default_rng(0).random((32, 32, 32)) < share
    assert symmetry(shape) == symmetry(shape[::-1]) < 1
    assert symmetry(shape | shape[::-1]) == 1
    moved = np.zeros_like(shape)
    moved[1:] = (shape | shape[::-1])[:-1]
    assert symmetry(moved) < 1, "by a whole voxel, and not by half of one"


def test_symmetry_is_the_largest_of_three_ious() -> None:
    shape = np.random.default_rng(1).random((32, 32, 32)) < 0.2
    mirrored = np.zeros((3, 32, 32, 32), bool)
    mirrored[0, :-1], mirrored[1], mirrored[2, 1:] = shape[::-1][1:], shape[::-1], shape[::-1][:-1]
    ious = intersection_over_union(np.broadcast_to(shape, mirrored.shape), mirrored)
    assert symmetry(shape) == ious.max()


def test_an_even_morph_is_one_and_a_jump_is_as_many_as_it_has_steps() -> None:
    still, moved = grid((0, 0, 0)), grid((9, 9, 9))
    jump = path_steps(np.stack([still] * 6 + [moved] * 5))
    assert jump.tolist() == [0] * 5 + [1] + [0] * 4
    assert largest_over_path(jump) == 1 and largest_over_mean(jump) == 10
    even = path_steps(np.stack([still, moved] * 5 + [still]))
    assert largest_over_path(even) == 0.1 and largest_over_mean(even) == 1
    nothing = path_steps(np.stack([still] * 11))
    assert largest_over_path(nothing) == 0.1 and largest_over_mean(nothing) == 1
