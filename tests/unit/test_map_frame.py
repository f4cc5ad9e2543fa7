"""What part of the map is seen."""

from __future__ import annotations

import numpy as np
import pytest

from voxview.gui.map.frame import MapFrame

POINTS = np.array([[-2.0, -1.0], [4.0, 1.0], [0.0, 0.5]])


@pytest.fixture
def frame() -> MapFrame:
    return MapFrame.around(POINTS, 400, 300)


def test_all_points_are_seen_and_one_axis_is_filled(frame: MapFrame) -> None:
    pixels = frame.pixels(POINTS)
    assert ((pixels >= 0) & (pixels <= (400, 300))).all()
    assert np.ptp(pixels[:, 0]) == pytest.approx(400 - 36)


def test_up_on_the_map_is_up_on_the_screen(frame: MapFrame) -> None:
    pixels = frame.pixels(POINTS)
    assert pixels[1, 1] < pixels[0, 1]


def test_a_pixel_is_the_place_whose_pixel_it_is(frame: MapFrame) -> None:
    assert frame.place(*frame.pixels(POINTS[2])) == pytest.approx(tuple(POINTS[2]))


def test_what_is_under_the_mouse_stays_there_when_one_goes_closer(frame: MapFrame) -> None:
    closer = frame.zoomed(3.0, 320, 40)
    assert closer.place(320, 40) == pytest.approx(frame.place(320, 40))
    assert closer.scale == pytest.approx(3 * frame.scale)


def test_there_is_nothing_beyond_the_whole_map_and_an_end_to_going_closer(frame: MapFrame) -> None:
    assert frame.zoomed(0.1, 10, 10).is_whole
    assert frame.zoomed(1e9, 10, 10).scale == frame.zoomed(1e12, 10, 10).scale


def test_dragging_moves_the_map_along(frame: MapFrame) -> None:
    assert np.allclose(frame.moved(10, -5).pixels(POINTS), frame.pixels(POINTS) + np.array([10, -5]))


@pytest.mark.parametrize("points", [np.empty((0, 2)), np.zeros((1, 2)), np.ones((5, 2))])
def test_a_map_without_extent_is_shown_all_the_same(points: np.ndarray) -> None:
    assert np.isfinite(MapFrame.around(points, 300, 300).pixels(np.zeros((1, 2)))).all()
