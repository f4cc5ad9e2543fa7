"""Steps: what is one, what it is called, and how far back they go."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from voxview.engine.mix import MixRequest
from voxview.gui.session.history import History
from voxview.gui.session.state import Aspect, State, drag_between, plain_mix, step_title
from voxview.shapes.chair import Chair


def chair(name: str) -> Chair:
    return Chair(name, name.capitalize(), "here", lambda: np.zeros((32, 32, 32), bool))


A, B, C = chair("a"), chair("b"), chair("c")
START = State(A, B, 0.5, weights="chairs", aspects={"rebuilt": False})
MIX = MixRequest((A, B), (0.25, 0.75))


def history(*steps: State) -> History:
    made = History()
    made.begin(START)
    for number, state in enumerate(steps):
        made.push(f"step {number}", state)
    return made


def test_undo_and_redo_go_through_the_same_states() -> None:
    states = [START, *(replace(START, t=t) for t in (0.1, 0.2, 0.3))]
    made = history(*states[1:])
    assert [made.go(place) for place in (2, 1, 0)] == states[2::-1]
    assert made.undone_title == "" and made.redone_title == "step 0"
    assert [made.go(place) for place in (1, 2, 3)] == states[1:]
    assert made.redone_title == "" and made.undone_title == "step 2"


def test_there_is_nothing_before_the_first_and_after_the_newest_state() -> None:
    made = history(replace(START, t=0.1))
    assert made.go(-1) is None and made.go(2) is None and made.place == 1


def test_a_new_step_replaces_what_was_undone() -> None:
    made = history(*(replace(START, t=t) for t in (0.1, 0.2, 0.3)))
    made.go(1)
    made.push("other", replace(START, t=0.9))
    assert [step.title for step in made.steps] == ["Start", "step 0", "other"]


def test_the_oldest_steps_are_forgotten_and_the_present_one_stays() -> None:
    made = History(most=5)
    made.begin(START)
    for number in range(100):
        made.push(str(number), replace(START, t=number / 100))
    assert len(made.steps) == 6 and made.current == replace(START, t=0.99)


def test_a_step_that_led_nowhere_is_taken_out() -> None:
    made = history(replace(START, t=0.1), replace(START, a=C))
    made.forget_current()
    assert made.current == replace(START, t=0.1) and made.redone_title == ""


@pytest.mark.parametrize(("to", "came_from"), [(1, 3), (3, 1)])
def test_a_step_that_cannot_be_gone_to_leaves_the_present_one_and_all_others(to: int, came_from: int) -> None:
    states = [START, *(replace(START, t=t) for t in (0.1, 0.2, 0.3))]
    made = history(*states[1:])
    made.go(came_from)
    made.go(to)
    made.forget_current(came_from)
    assert made.current == states[came_from]
    assert [step.state for step in made.steps] == [state for state in states if state != states[to]]


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        (replace(START, t=0.6), "t"),
        (replace(START, mix=MIX), "mix"),
        (replace(START, a=C), ""),
        (replace(START, a=C, t=0.6), ""),
        (replace(START, aspects={"rebuilt": True}), ""),
    ],
)
def test_only_a_position_and_weights_of_a_mix_are_dragged(after: State, kind: str) -> None:
    assert drag_between(START, after) == kind


def test_other_weights_of_a_mix_are_one_drag_and_other_chairs_are_none() -> None:
    mixed = replace(START, mix=MIX)
    assert drag_between(mixed, replace(mixed, mix=replace(MIX, weights=(0.5, 0.5)))) == "mix"
    assert drag_between(mixed, replace(mixed, mix=replace(MIX, chairs=(A, C)))) == ""


def test_an_aspect_that_one_drags_is_one_drag_and_a_slider_that_leaves_it_another() -> None:
    edited = replace(START, aspects={"rebuilt": False, "edit": (1, 0.5)})
    more = replace(START, aspects={"rebuilt": False, "edit": (1, 0.7)})
    left = replace(START, t=0.6, aspects={"rebuilt": False, "edit": None})
    assert drag_between(edited, more, {"edit"}) == "edit"
    assert drag_between(more, left, {"edit"}) == "t"
    assert drag_between(edited, more) == ""


def test_a_slider_that_leaves_a_mix_is_one_drag() -> None:
    assert drag_between(replace(START, mix=MIX), replace(START, t=0.51)) == "t"


@pytest.mark.parametrize(
    ("after", "title"),
    [
        (replace(START, a=C), "A: C"),
        (replace(START, b=C), "B: C"),
        (replace(START, a=B, b=A, t=0.4), "Swap A and B"),
        (replace(START, t=0.25), "t = 0.25"),
        (replace(START, t=0.123456), "t = 0.1235"),
        (replace(START, mix=MIX), "Mix of 2"),
        (replace(START, weights="study"), "Weights study"),
        (replace(START, imported=(C,)), "Import C"),
        (replace(START, imported=(C,), a=C), "Import C"),
        (replace(START, aspects={"rebuilt": True}), "Show reconstructions"),
    ],
)
def test_a_step_says_what_it_did(after: State, title: str) -> None:
    aspect = Aspect("rebuilt", bool, lambda _: None, lambda _: True, lambda _: "Show reconstructions")
    assert step_title(START, after, {"rebuilt": aspect}) == title


def test_what_is_removed_and_what_is_left_is_said() -> None:
    assert step_title(replace(START, imported=(A, C)), replace(START, imported=(A,)), {}) == "Remove C"
    assert step_title(replace(START, mix=MIX), START, {}) == "Back to the blend"


def test_where_a_mix_is_computed_is_no_part_of_a_state() -> None:
    fast = replace(MIX, device="cuda", backend="cuda-shared", in_motion=True, surface_resolution=96)
    assert plain_mix(fast) == MIX
