"""The look: what is remembered of it, what makes no sense, and who hears of a change."""

from __future__ import annotations

from typing import Any

import pytest

from voxview.gui.blend.layout import ALONE, CAMERA, COLUMNS, place_at, spans
from voxview.gui.blend.subplots import A_REBUILT, B_REBUILT, BLEND, PLACES, A, B
from voxview.gui.session.camera import FIRST, VIEWS
from voxview.gui.session.look import LAYOUTS, Look, look_from_text
from voxview.gui.session.views import Views


def test_a_look_is_remembered_in_one_line_but_for_reconstructions() -> None:
    look = Look(layout="large", shape="voxels", slice=True, slice_layer=7, linked=False, rebuilt=True)
    assert look_from_text(look.remembered()) == look.changed(rebuilt=False)
    assert Look().changed(**look.as_dict()) == look
    assert Look().remembered() == "" and look_from_text("") == Look()


@pytest.mark.parametrize(
    "text", ["{", "7", "null", '{"layout": "nine"}', '{"slice_layer": 32}', '{"edges": 1}', "[" * 3000]
)
def test_a_look_that_makes_no_sense_counts_as_not_set(text: str) -> None:
    assert look_from_text(text) == Look()


def test_what_is_known_of_a_newer_look_is_taken() -> None:
    assert look_from_text('{"ghost": true, "fog": 3, "slice_axis": "w"}') == Look(ghost=True)


def test_one_signal_a_change_and_none_without_one() -> None:
    views, heard = Views(), list[Any]()
    views.look_changed.connect(heard.append)
    views.cameras_changed.connect(lambda: heard.append("cameras"))
    views.change(edges=True)
    views.change(edges=True)
    views.change(edges="yes", layout="nine")
    assert heard == [Look(edges=True)]
    views.look_by(VIEWS["front"])
    views.look_by(VIEWS["front"])
    assert heard[1:] == ["cameras"] and views.is_moved
    views.reset()
    assert not views.is_moved and views.cameras == (FIRST,) * 3


def test_unlinked_cameras_move_alone_and_linking_takes_the_blends() -> None:
    views = Views()
    views.change(linked=False)
    views.look_by(VIEWS["side"], 0)
    views.look_by(VIEWS["back"], 1)
    assert views.cameras == (VIEWS["side"], VIEWS["back"], FIRST)
    views.change(linked=True)
    assert views.cameras == (VIEWS["back"],) * 3


def test_without_the_trackball_tilted_chairs_stand_upright_at_once() -> None:
    views = Views()
    views.change(trackball=True)
    views.look_by(FIRST.turned(60, 40, upright=False).turned(60, -50, upright=False))
    assert abs(views.cameras[0].right[1]) > 0.05
    views.change(trackball=False)
    assert all(abs(camera.right[1]) < 1e-9 for camera in views.cameras)


def test_one_view_is_maximised_and_the_layout_before_comes_back() -> None:
    views = Views()
    views.change(layout="large")
    for alone in ("a", "blend", "a rebuilt"):
        views.maximise(alone)
        assert views.look.layout == alone
        views.maximise(alone)
        assert views.look.layout == "large"
    started_alone = Views()
    started_alone.change(layout="blend")
    started_alone.maximise("blend")
    assert started_alone.look.layout == "three"


def test_every_layout_fills_the_width_and_every_place_can_be_alone() -> None:
    assert set(COLUMNS) == set(LAYOUTS) and set(ALONE) == set(CAMERA) == set(PLACES)
    for layout in LAYOUTS:
        columns = spans(layout)
        ends = [end for pair in columns.values() for end in pair]
        assert ends[0] == 0 and ends[-1] == pytest.approx(1) and ends[1:-1:2] == pytest.approx(ends[2::2])
        for place, (left, right) in columns.items():
            assert place_at(layout, (left + right) / 2) == place
    assert list(spans("rebuilt")) == [A, A_REBUILT, B_REBUILT, B]
    assert spans("large")[BLEND] == (0.25, 0.75)
    assert all(list(spans(layout)) == [place] for place, layout in ALONE.items())
