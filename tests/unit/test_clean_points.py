"""Cleaning leaves a chair's points and says what else there was; what is no chair is refused or warned of."""

from __future__ import annotations

import numpy as np
import pytest

from voxview.engine.points_request import points_request
from voxview.errors import InputError
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.points.clean import CleanCloud, clean
from voxview.shapes.points.crop import Box
from voxview.shapes.points.thin import thin
from voxview.shapes.points.upright import table_warning, up_of_floor
from voxview.to_end import run_to_end


def cloud(number: int = 3, seed: int = 1) -> np.ndarray:
    """Return points within the surface voxels of a sample chair, in the frame."""
    grid = sample_catalog()[number].read()
    padded = np.pad(grid, 1)
    inner = np.all([np.roll(padded, s, a) for a in range(3) for s in (-1, 1)], axis=0)[1:-1, 1:-1, 1:-1]
    voxels = np.argwhere(grid & ~inner)
    rng = np.random.default_rng(seed)
    return (np.repeat(voxels, 3, axis=0) + rng.random((3 * len(voxels), 3))) / 32 - 0.5


def moved(points: np.ndarray, x: float, z: float) -> np.ndarray:
    return points + np.array([x, 0, z])


def cleaned(points: np.ndarray) -> CleanCloud:
    return run_to_end(clean(points))


def floor(points: np.ndarray, count: int = 400) -> np.ndarray:
    rng = np.random.default_rng(2)
    spots = rng.uniform(-0.8, 0.8, (count, 2))
    return np.column_stack([spots[:, 0], np.full(count, points[:, 1].min()), spots[:, 1]])


def test_a_clean_cloud_stays_as_it_is() -> None:
    points = cloud()
    result = cleaned(points)
    assert len(result.points) == len(points) and not result.notes and not result.warnings
    assert result.floor is None and not len(result.left_out)


def test_unit_origin_and_order_do_not_matter() -> None:
    points = np.concatenate([cloud(), floor(cloud()), [[3.0, 3.0, 3.0]]])
    expected = cleaned(points)
    turned = np.random.default_rng(3).permutation(points)
    moved = cleaned(turned * 1000.0 + [5e6, -2e5, 40.0])
    assert moved.notes == expected.notes
    assert np.allclose((moved.points - [5e6, -2e5, 40.0]) / 1000.0, expected.points, atol=1e-5)


@pytest.mark.parametrize(("axes", "up"), [((0, 1, 2), "y"), ((0, 2, 1), "z")])
def test_a_floor_is_left_out_and_says_what_is_up(axes: tuple[int, int, int], up: str) -> None:
    points = cloud(0)
    result = cleaned(np.concatenate([points, floor(points)])[:, axes])
    assert up_of_floor(result.floor) == up
    assert "of a floor or wall left out" in result.notes[0]
    assert abs(len(result.left_out) - 400) < 0.1 * len(points)
    assert len(result.points) > 0.9 * len(points)


def test_outliers_copies_and_nan_are_left_out_with_a_line_each() -> None:
    points = cloud()
    strays = np.random.default_rng(4).uniform(1.0, 4.0, (9, 3))
    nan = np.full((2, 3), np.nan)
    result = cleaned(np.concatenate([points, points[:5], strays, nan]))
    assert [note.split()[0] for note in result.notes] == ["2", "5", "9"]
    assert len(result.points) == len(points)


def test_a_sparse_cloud_of_a_bulky_chair_stays_whole() -> None:
    rng = np.random.default_rng(7)
    spots = rng.uniform(-0.5, 0.5, (1024, 3))
    axis, side = rng.integers(0, 3, 1024), rng.choice([-0.5, 0.5], 1024)
    spots[np.arange(1024), axis] = side  # a block as large as the cube: six square faces
    result = cleaned(spots)
    assert len(result.points) == 1024 and not result.notes and not result.warnings


def test_thinning_takes_the_mean_of_each_cell_whatever_the_order() -> None:
    points = np.repeat(cloud(), 40, axis=0) + np.random.default_rng(5).normal(0, 1e-3, (40 * len(cloud()), 3))
    result = cleaned(points)
    assert len(result.points) < 30_000 and "thinned to" in result.notes[0]
    shuffled = np.random.default_rng(6).permutation(points)
    assert np.allclose(run_to_end(thin(points)), run_to_end(thin(shuffled)), atol=1e-9)


def test_one_far_point_does_not_spoil_the_thinning() -> None:
    points = np.concatenate([cloud(), [[1e6, 0.0, 0.0]]])
    assert len(run_to_end(thin(points))) > 0.5 * len(points)


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (cloud()[:49], "49 usable points"),
        (np.full((500, 3), np.nan), "0 usable points of 500"),
        (np.ones((500, 3)), "1 usable point of 500: "),
        (cloud() * [1, 0, 0], "one line"),
        (cloud() * [1, 1, 0], "one plane"),
        (
            np.concatenate(
                [moved(cloud(0, s), 2 * x, 2 * z) for x in range(3) for z in range(2) for s in range(4)]
            ),
            "as in a room",
        ),
    ],
)
def test_what_is_no_chair_is_refused_in_one_line(points: np.ndarray, words: str) -> None:
    with pytest.raises(InputError, match=words) as error:
        cleaned(points)
    assert "\n" not in str(error.value)


def test_two_chairs_are_warned_of_and_one_is_kept() -> None:
    one, other = cloud(0), moved(cloud(0, seed=9)[::2], 1.5, 0)
    result = cleaned(np.concatenate([one, other]))
    assert "2 chairs" in result.warnings[0]
    assert len(result.points) == len(one) and result.points[:, 0].max() < 0.6
    assert len(result.left_out) == len(other) and result.left_out[:, 0].min() > 0.9


def test_a_table_is_warned_of_and_a_chair_is_not() -> None:
    rng = np.random.default_rng(7)
    top = rng.uniform([-0.5, 0.3, -0.3], [0.5, 0.33, 0.3], (900, 3))
    leg = rng.uniform([-0.45, -0.3, -0.25], [-0.42, 0.3, -0.22], (100, 3))
    table = np.concatenate([top, *(leg * [x, 1, z] for x in (-1, 1) for z in (-1, 1))])
    assert "table" in (table_warning(table) or "")
    assert all(table_warning(cloud(number)) is None for number in (0, 1, 3, 5))


def test_a_room_with_one_chair_is_refused() -> None:
    rng = np.random.default_rng(8)
    floor_and_walls = rng.uniform(-2.0, 2.0, (3, 6000, 3))
    for axis, plane in enumerate(floor_and_walls):
        plane[:, axis] = rng.normal(-2.0, 0.005, len(plane))
    room = np.concatenate([*floor_and_walls, cloud(0) - np.array([0.3, 1.5, 0.0])])
    with pytest.raises(InputError, match="are floor and walls: crop"):
        cleaned(room)


# ---- cropping ---------------------------------------------------------------------------------------


def test_a_box_leaves_out_what_is_outside_of_it_and_says_how_much() -> None:
    chair, other = cloud(), moved(cloud(5), 3.0, 0.0)
    both = np.concatenate([chair, other, np.full((1, 3), np.nan)])
    alone = run_to_end(points_request(both, box=Box((-1, -1, -1), (1, 1, 1))))
    assert np.array_equal(alone.cloud.points, cleaned(chair).points)
    assert alone.cloud.notes[0] == f"{len(other) + 1:,} points outside the box left out"
    assert not alone.cloud.warnings and alone.box is not None
    assert alone.box.text == "x -1 to 1, y -1 to 1, z -1 to 1"


def test_the_box_around_a_cloud_has_its_finite_points_on_its_faces() -> None:
    points = np.array([[0.0, 5.0, -2.0], [3.0, 4.0, np.nan], [1.0, 1.0, 7.0]])
    box = Box.around(points)
    assert box == Box((0, 1, -2), (1, 5, 7)) and box.contains(points).tolist() == [True, False, True]
    assert box.corners.shape == (8, 3) and (box.corners[[0, -1]] == [box.low, box.high]).all()
    with pytest.raises(InputError, match="finite coordinates"):
        Box.around(points[1:2])


def test_a_box_with_nearly_nothing_in_it_is_refused() -> None:
    with pytest.raises(InputError, match=r"0 points of [\d,]+ in the box.*make it larger"):
        run_to_end(points_request(cloud(), box=Box((5, 5, 5), (6, 6, 6))))
