"""What is shown: only answers to what is still wanted, and a place that is pointed at stays."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from voxview.engine.latent_request import LatentRequest, LatentResult
from voxview.engine.mix import MixRequest
from voxview.engine.request import BlendResult, Position
from voxview.engine.shape_quality import quality_of
from voxview.gui.map.nearest_finder import NearestFinder
from voxview.gui.session.session import Session
from voxview.shapes.chair import Chair
from voxview.surface.surface import Surface

FIELD = np.zeros((32, 32, 32), np.float32)
SURFACE = Surface(np.empty((0, 3), np.float32), np.empty((0, 3), np.int32))
A, B, C = (Chair(name, name, "test", lambda: FIELD > 0.5) for name in "abc")
PLACE = LatentRequest(np.zeros((8, 8), np.float32), "somewhere")


@pytest.fixture
def session(qapp: object) -> Session:
    """A session whose engine was never started: the tests give its answers."""
    session = Session()
    session.selection.choose(a=A, b=B)
    return session


def blend(session: Session) -> BlendResult:
    request = session.selection.request()
    assert request is not None
    return BlendResult(request, FIELD, SURFACE, {}, "cpu", decoded_ahead=False)


def test_a_blend_of_the_selected_pair_is_shown(session: Session) -> None:
    seen: list[object] = []
    session.shown.changed.connect(seen.append)
    result = blend(session)
    session.engine.bridge.computed.emit(result)
    assert seen == [result] and session.shown.result is result


def test_a_blend_of_a_pair_that_was_left_is_dropped(session: Session) -> None:
    result = blend(session)
    session.selection.choose(b=C)
    session.engine.bridge.computed.emit(result)
    assert session.shown.result is None


def test_a_blend_is_dropped_while_a_mix_is_wanted(session: Session) -> None:
    result = blend(session)
    session.selection.show_mix(MixRequest((A, B), (0.5, 0.5)))
    session.engine.bridge.computed.emit(result)
    assert session.shown.result is None


def test_a_place_that_is_pointed_at_stays_when_the_pair_is_refined_meanwhile(session: Session) -> None:
    seen: list[object] = []
    session.shown.changed.connect(seen.append)
    session.selection.point_at(PLACE)
    place, refined = LatentResult(PLACE, FIELD, SURFACE, quality_of(FIELD > 0.5)), blend(session)
    session.engine.bridge.decoded.emit(place)
    session.engine.bridge.computed.emit(refined)
    assert seen == [place]
    assert session.shown.result is place, "what is exported and measured is what is shown"


def test_a_place_that_comes_after_pointing_has_ended_is_dropped(session: Session) -> None:
    seen: list[object] = []
    session.shown.changed.connect(seen.append)
    session.selection.point_at(PLACE)
    session.selection.stop_pointing()
    session.engine.bridge.decoded.emit(LatentResult(PLACE, FIELD, SURFACE, quality_of(FIELD > 0.5)))
    assert seen == []


def test_moving_the_slider_ends_pointing(session: Session) -> None:
    session.selection.point_at(PLACE)
    session.selection.move(Position(0.3))
    seen: list[object] = []
    session.shown.changed.connect(seen.append)
    session.engine.bridge.computed.emit(blend(session))
    assert len(seen) == 1


def test_a_search_that_failed_does_not_end_all_searches(qtbot: QtBot) -> None:
    class Index:
        """Fails once: files on a disk that went away, say."""

        chairs = (A,)
        calls = 0

        def nearest(self, grid: np.ndarray, count: int) -> list[tuple[Chair, float]]:
            self.calls += 1
            if self.calls == 1:
                raise OSError("gone")
            return [(A, 1.0)]

    found: list[object] = []
    errors: list[str] = []
    finder = NearestFinder(8, lambda chairs, _: found.append(chairs), errors.append)
    index = Index()
    try:
        finder.find(index, FIELD > 0.5, "it")  # type: ignore[arg-type]
        qtbot.waitUntil(lambda: len(errors) == 1)
        finder.find(index, FIELD > 0.5, "it")  # type: ignore[arg-type]
        qtbot.waitUntil(lambda: found == [[(A, 1.0)]])
    finally:
        finder.stop()
