"""The state behind the window, in plain Python."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voxview.gui.state import Blending
from voxview.shapes.chair import Chair


def _chair(name: str) -> Chair:
    return Chair(id=name, name=name, source="test", read=lambda: np.ones((32, 32, 32), bool))


def test_nothing_is_asked_for_before_there_are_two_chairs() -> None:
    assert Blending(a=_chair("one")).request() is None


@given(st.floats(0, 1).map(lambda t: round(t, 3)))
def test_swapping_twice_changes_nothing(t: float) -> None:
    state = Blending(_chair("one"), _chair("two"), t)
    state.swap()
    assert (state.a, state.b) == (_chair("two"), _chair("one"))
    state.swap()
    assert (state.a, state.b, state.t) == (_chair("one"), _chair("two"), t)


@given(st.floats(-5, 5))
def test_a_position_stays_between_a_and_b(t: float) -> None:
    state = Blending()
    state.set_position(t)
    assert 0.0 <= state.t <= 1.0


def test_after_a_bad_pair_the_last_good_one_is_back() -> None:
    state = Blending(_chair("one"), _chair("two"))
    assert not state.go_back()
    state.loaded(_chair("one"), _chair("two"))
    state.a = _chair("broken")
    assert state.go_back()
    assert (state.a, state.b) == (_chair("one"), _chair("two"))
    assert not state.go_back(), "a pair that was good once and fails now is not asked for again and again"
