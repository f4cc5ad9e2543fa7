"""An edit of a blend's numbers: a value that is applied to whatever blend is selected."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxview.gui.session.edit import Edit, edit_of_plain, is_plain_edit, plain_edit
from voxview.gui.session.state import Plain

BLEND = np.arange(64, dtype=np.float32).reshape(8, 8)
PLACES = st.integers(0, 63)
NUMBERS = st.floats(-1e6, 1e6, width=32)


def test_a_changed_number_is_the_one_that_was_given_and_the_others_are_the_blend_s() -> None:
    edited = Edit().with_number(10, 0.1).applied_to(BLEND)
    assert edited[1, 2] == np.float32(0.1)
    assert (np.delete(edited.reshape(-1), 10) == np.delete(BLEND.reshape(-1), 10)).all()
    assert BLEND[1, 2] == 10, "the blend itself stays"


@given(st.dictionaries(PLACES, NUMBERS, min_size=1, max_size=5))
def test_the_order_of_changes_does_not_matter_and_the_last_value_counts(numbers: dict[int, float]) -> None:
    there, back = Edit(), Edit()
    for at, value in numbers.items():
        there = there.with_number(at, 7.0).with_number(at, value)
    for at, value in reversed(numbers.items()):
        back = back.with_number(at, value)
    assert there == back and hash(there) == hash(back) and there.changed == numbers.keys()


def test_an_edit_ends_with_its_last_number_unless_it_began_elsewhere() -> None:
    edit = Edit().with_number(3, 1).with_number(4, 2)
    assert edit.without_number(3) == Edit().with_number(4, 2)
    assert Edit().with_number(4, 2).without_number(4) is None
    pasted = Edit(start=tuple(range(64)), origin="pasted numbers")
    assert pasted.with_number(4, 2).without_number(4) == pasted


def test_pasted_numbers_take_the_blend_s_place() -> None:
    pasted = Edit(start=(0.5,) * 64, origin="pasted numbers").with_number(0, -1)
    latent = pasted.applied_to(BLEND)
    assert latent[0, 0] == -1 and (latent.reshape(-1)[1:] == 0.5).all()
    assert pasted.name == "pasted numbers, 1 number changed"
    assert Edit().with_number(0, 1).with_number(1, 1).name == "2 numbers changed"


@pytest.mark.parametrize(
    "edit", [None, Edit().with_number(10, 0.1), Edit(((0, -1.0),), (0.5,) * 64, "pasted numbers")]
)
def test_an_edit_comes_back_from_what_a_file_holds(edit: Edit | None) -> None:
    assert is_plain_edit(plain_edit(edit)) and edit_of_plain(plain_edit(edit)) == edit


@pytest.mark.parametrize(
    "value",
    [
        3,
        (),
        ((), (), ""),
        (((64, 1.0),), (), ""),
        (((1, 1.0), (1, 2.0)), (), ""),
        (((1, float("nan")),), (), ""),
        (((1, "2"),), (), ""),
        ((), (1.0,) * 63, ""),
        ((), (float("inf"),) * 64, ""),
        ((1,), (), ""),
    ],
)
def test_what_is_no_edit_is_told(value: Plain) -> None:
    assert not is_plain_edit(value)
