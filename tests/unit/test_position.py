"""One type for a slider's value, a t and a step: exact at the slider's own positions, cut at the ends."""

from __future__ import annotations

import pytest

from voxview.engine.request import PATH_STEPS, BlendRequest, Position
from voxview.shapes.catalogs.samples import sample_catalog

STEPS = range(PATH_STEPS)


def test_a_step_and_its_position_are_one_to_one() -> None:
    positions = [Position.at_step(step) for step in STEPS]
    assert [position.step for position in positions] == list(STEPS)
    assert positions == sorted(positions) and len(set(positions)) == PATH_STEPS
    assert (positions[0].t, positions[-1].t) == (0.0, 1.0)


def test_sums_of_steps_are_the_sliders_own_positions() -> None:
    assert Position.clipped(0.1 + 0.2) == Position.at_step(30)
    walked = Position.at_step(0)
    for step in STEPS:
        assert walked == Position.at_step(step)
        walked = walked.moved(0.01)


def test_a_position_between_two_steps_is_none_of_the_sliders() -> None:
    between = Position.clipped(0.505)
    assert between not in [Position.at_step(step) for step in STEPS] and between.step in (50, 51)


def test_reversing_twice_changes_nothing_and_keeps_to_the_path() -> None:
    for step in STEPS:
        position = Position.at_step(step)
        assert position.reversed() == Position.at_step(PATH_STEPS - 1 - step)
        assert position.reversed().reversed() == position


def test_what_lies_beyond_the_ends_is_cut_or_refused() -> None:
    assert Position.clipped(-3.0).t == 0.0 and Position.clipped(1.2).t == 1.0
    assert Position.at_step(99).moved(0.5).t == 1.0
    for t in (-0.001, 1.001, float("nan")):
        with pytest.raises(ValueError, match="between 0 and 1"):
            Position(t)


def test_a_request_knows_its_position() -> None:
    a, b = sample_catalog()[:2]
    assert BlendRequest(a, b, 0.57).position == Position.at_step(57)
