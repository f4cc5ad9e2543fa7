"""Points over a surface: what is in front hides what is behind, and that shines through a little."""

from __future__ import annotations

import numpy as np
import pytest

from voxview.surface.cloud_picture import CloudCamera, Dots, render_cloud
from voxview.surface.extract import extract_surface
from voxview.surface.surface import Surface

GREY, RED, BLUE = (178, 183, 190), (230, 20, 20), (20, 20, 230)
FRONT = CloudCamera(0.0, 0.0, (0.0, 0.0, 0.0), 60.0)
"""From −z: +x is at the left."""
SIZE = (81, 81)


@pytest.fixture(scope="module")
def block() -> Surface:
    """Return a cube of half the frame's edge in its middle."""
    grid = np.zeros((32, 32, 32), bool)
    grid[8:24, 8:24, 8:24] = True
    return extract_surface(grid)


def dots(*points: tuple[float, float, float], colour: tuple[int, int, int] = RED, size: int = 5) -> Dots:
    return Dots(np.array(points, float), np.array([colour] * len(points), np.uint8), size)


def pixel(picture: np.ndarray, x: float, y: float) -> tuple[int, ...]:
    """Return the pixel at a place of the frame, seen from the front."""
    middle = (SIZE[0] - 1) // 2
    return tuple(int(value) for value in picture[middle - round(60 * y), middle - round(60 * x)])


def test_points_before_the_surface_are_seen_and_those_behind_shine_through_a_little(block: Surface) -> None:
    picture = render_cloud(
        block, [dots((0.1, 0.1, -0.3), (-0.1, 0.1, 0.2), (0.4, 0.0, 0.0))], FRONT, SIZE, color=GREY
    )
    before, behind, beside = pixel(picture, 0.1, 0.1), pixel(picture, -0.1, 0.1), pixel(picture, 0.4, 0.0)
    assert before == beside == (*RED, 255)
    plain = pixel(picture, 0.0, -0.15)
    assert plain[0] < plain[2] and plain[3] == 255, "the block is grey"
    assert plain[0] < behind[0] < RED[0] and RED[2] < behind[2] < plain[2]
    assert pixel(picture, 0.55, 0.55)[3] == 0


def test_a_scan_s_noise_is_not_hidden_by_the_surface(block: Surface) -> None:
    picture = render_cloud(block, [dots((0.0, 0.0, -0.22))], FRONT, SIZE, color=GREY)
    assert pixel(picture, 0.0, 0.0) == (*RED, 255)


def test_the_nearer_of_two_points_is_on_top_whatever_their_order() -> None:
    near, far = (0.0, 0.0, -0.4), (0.0, 0.0, 0.4)
    both = np.array([RED, BLUE], np.uint8)
    for order in ([near, far], [far, near]):
        cloud = Dots(np.array(order), both, 3)
        expected = RED if order[0] == near else BLUE
        assert pixel(render_cloud(None, [cloud], FRONT, SIZE, color=GREY), 0.0, 0.0) == (*expected, 255)


def test_relief_darkens_what_lies_behind_and_nothing_else() -> None:
    wall = np.array([(x, y, 0.2) for x in np.linspace(-0.4, 0.4, 41) for y in np.linspace(-0.4, 0.4, 41)])
    cloud = [Dots(wall, np.full((len(wall), 3), 200, np.uint8), 3), dots((0.0, 0.0, -0.3), size=9)]
    flat, shaped = (render_cloud(None, cloud, FRONT, SIZE, color=GREY, relief=on) for on in (False, True))
    assert pixel(shaped, 0.0, 0.0) == (*RED, 255) and pixel(shaped, 0.3, 0.3) == (200, 200, 200, 255)
    darker = (shaped[..., :3].astype(int) - flat[..., :3]).sum(axis=2) < -60
    rows, columns = np.nonzero(darker)
    assert 12 < darker.sum() < 80, "an outline around the point"
    assert np.abs(rows - 40).max() <= 6 and np.abs(columns - 40).max() <= 6


def test_from_behind_the_other_side_is_seen(block: Surface) -> None:
    behind = CloudCamera(180.0, 0.0, (0.0, 0.0, 0.0), 60.0)
    cloud = [dots((0.0, 0.0, -0.4), colour=RED), dots((0.0, 0.0, 0.4), colour=BLUE)]
    for camera, seen in ((FRONT, RED), (behind, BLUE)):
        assert pixel(render_cloud(block, cloud, camera, SIZE, color=GREY), 0.0, 0.0) == (*seen, 255)


def test_finer_samples_show_the_same_with_smooth_edges(block: Surface) -> None:
    cloud = [dots((0.3, 0.3, -0.3), size=9)]
    coarse, fine = (
        render_cloud(block, cloud, CloudCamera(30, 20, (0, 0, 0), 60.0), SIZE, color=GREY, samples=samples)
        for samples in (1, 3)
    )
    assert coarse.shape == fine.shape == (81, 81, 4)
    assert set(np.unique(coarse[..., 3])) == {0, 255} and len(np.unique(fine[..., 3])) > 5
    assert (np.abs(coarse.astype(int) - fine).max(axis=2) > 60).mean() < 0.05


def test_nothing_and_points_outside_of_the_picture_are_drawn_as_nothing() -> None:
    empty = Dots(np.empty((0, 3)), np.empty((0, 3), np.uint8), 3)
    assert not render_cloud(None, [dots((9.0, 0.0, 0.0)), empty], FRONT, SIZE, color=GREY).any()
