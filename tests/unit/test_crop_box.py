"""The crop's box: it stays in its picture, keeps its far side, and is whole pixels in the end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxview.gui.pictures.crop_box import HANDLES, MOVE, CropBox
from voxview.pictures.crop import Crop

SIZE = (640, 480)
MIDDLE = CropBox(SIZE, 100.0, 120.0, 300.0, 200.0)
sizes = st.tuples(st.integers(1, 5000), st.integers(1, 5000))
shifts = st.floats(-20_000, 20_000)


def test_the_whole_picture_is_no_crop() -> None:
    assert CropBox.whole(SIZE).is_whole and CropBox.whole(SIZE).to_crop() is None
    assert MIDDLE.to_crop() == Crop(100, 120, 200, 80)


def test_a_moved_box_keeps_its_size_and_stops_at_the_edge() -> None:
    assert MIDDLE.dragged(MOVE, 20, -30).to_crop() == Crop(120, 90, 200, 80)
    assert MIDDLE.dragged(MOVE, 9999, 9999).to_crop() == Crop(440, 400, 200, 80)


def test_a_box_between_pixels_does_not_change_its_size_when_it_is_moved() -> None:
    box = CropBox(SIZE, 10.4, 20.4, 110.7, 70.7)
    crops = [box.dragged(MOVE, step / 10, step / 7).to_crop() for step in range(50)]
    assert {(crop.width, crop.height) for crop in crops if crop is not None} == {(100, 50)}


@pytest.mark.parametrize(
    ("part", "crop"),
    [
        ((-1, -1), Crop(110, 125, 190, 75)),
        ((0, -1), Crop(100, 125, 200, 75)),
        ((1, -1), Crop(100, 125, 210, 75)),
        ((1, 0), Crop(100, 120, 210, 80)),
        ((1, 1), Crop(100, 120, 210, 85)),
        ((0, 1), Crop(100, 120, 200, 85)),
        ((-1, 1), Crop(110, 120, 190, 85)),
        ((-1, 0), Crop(110, 120, 190, 80)),
    ],
)
def test_each_handle_drags_its_own_edges_alone(part: tuple[int, int], crop: Crop) -> None:
    assert MIDDLE.dragged(part, 10, 5).to_crop() == crop


def test_an_edge_cannot_be_dragged_past_the_one_across() -> None:
    dragged = MIDDLE.dragged((-1, -1), 9999, 9999)
    assert (dragged.right, dragged.bottom) == (MIDDLE.right, MIDDLE.bottom)
    assert dragged.to_crop() == Crop(292, 192, 8, 8)


def test_a_box_between_two_points_may_be_drawn_in_any_direction() -> None:
    box = CropBox.between(SIZE, (300, 200), (100, 120))
    assert box == MIDDLE
    assert CropBox.between(SIZE, (-50, 470), (9999, 9999)).to_crop() == Crop(0, 470, 640, 10)


@given(sizes, st.sampled_from((MOVE, *HANDLES)), shifts, shifts, shifts, shifts)
def test_a_crop_is_never_empty_and_never_outside(
    size: tuple[int, int], part: tuple[int, int], x: float, y: float, dx: float, dy: float
) -> None:
    box = CropBox.between(size, (x, y), (x + dx, y + dy)).dragged(part, dy, dx)
    crop = box.to_crop() or Crop(0, 0, *size)
    assert crop.x >= 0 and crop.y >= 0 and crop.width >= 1 and crop.height >= 1
    assert crop.x + crop.width <= size[0] and crop.y + crop.height <= size[1]
    assert crop.width >= min(8, size[0]) and crop.height >= min(8, size[1])
