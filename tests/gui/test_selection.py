"""The selection in itself: pairs, positions, and the way back from a pair that cannot be used."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from voxview.engine.request import Position
from voxview.gui.session.session import Session
from voxview.shapes.chair import Chair


def chair(name: str) -> Chair:
    return Chair(name, name, "test", lambda: np.zeros((32, 32, 32), np.bool_))


A, B, C = chair("a"), chair("b"), chair("c")


@pytest.fixture
def session(qapp: object) -> Session:
    """Return a session whose engine was never started: requests go nowhere."""
    session = Session()
    session.selection.choose(a=A, b=B)
    return session


def test_there_is_no_request_before_two_chairs_are_chosen(qapp: object) -> None:
    session = Session()
    selection = session.selection
    assert selection.request() is None
    selection.choose(a=A)
    assert selection.request() is None


def test_the_request_holds_pair_and_position(session: Session) -> None:
    session.selection.move(Position(0.25))
    request = session.selection.request()
    assert request is not None and (request.a, request.b, request.t) == (A, B, 0.25)


def test_swapping_leaves_the_blend_what_it_is(session: Session) -> None:
    session.selection.move(Position(0.3))
    session.selection.swap()
    assert session.selection.pair == (B, A) and session.selection.position == Position(0.7)


def test_a_position_that_is_selected_already_is_announced_once(session: Session, qtbot: QtBot) -> None:
    heard: list[Position] = []
    session.selection.position_changed.connect(heard.append)
    session.selection.move(Position(0.4))
    session.selection.move(Position(0.4))
    assert heard == [Position(0.4)]


def test_a_pair_that_is_refused_gives_way_to_the_last_good_one(session: Session) -> None:
    selection = session.selection
    errors: list[str] = []
    selection.error.connect(errors.append)
    selection.readable_pair = (A, B)
    selection.choose(b=C)
    session.engine.blend_refused.emit(selection.request(), "c is broken")
    assert selection.pair == (A, B) and errors == ["c is broken"]


def test_a_pair_that_is_refused_stays_where_there_is_no_better_one(session: Session) -> None:
    session.engine.blend_refused.emit(session.selection.request(), "broken")
    assert session.selection.pair == (A, B)


def test_a_refusal_of_a_pair_that_nobody_wants_any_more_is_not_reported(session: Session) -> None:
    selection = session.selection
    errors: list[str] = []
    before = selection.request()
    selection.error.connect(errors.append)
    selection.choose(b=C)
    session.engine.blend_refused.emit(before, "b is broken")
    assert errors == [] and selection.pair == (A, C)


def test_a_pair_that_was_good_once_and_fails_now_is_not_requested_again_and_again(session: Session) -> None:
    selection = session.selection
    selection.readable_pair = (A, B)
    announced: list[object] = []
    selection.pair_changed.connect(lambda: announced.append(selection.pair))
    session.engine.blend_refused.emit(selection.request(), "gone")
    assert announced == [] and selection.pair == (A, B)


@given(st.floats(0, 1).map(lambda t: Position(round(t, 3))))
def test_swapping_twice_changes_nothing(qapp: object, position: Position) -> None:
    session = Session()
    selection = session.selection
    selection.choose(a=A, b=B, position=position)
    selection.swap()
    assert selection.pair == (B, A)
    selection.swap()
    assert (selection.pair, selection.position) == ((A, B), position)


@given(st.floats(-5, 5))
def test_a_position_stays_between_a_and_b(t: float) -> None:
    assert 0.0 <= Position.clipped(t).t <= 1.0
    assert 0.0 <= Position(0.5).moved(t).t <= 1.0
