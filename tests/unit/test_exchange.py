"""The back of one chair on the legs of another: whole, on the floor, and as large as a chair."""

from __future__ import annotations

import numpy as np
import pytest

from voxview.errors import InputError
from voxview.shapes.catalogs.samples import Recipe, sample_catalog
from voxview.shapes.components import is_one_piece
from voxview.shapes.exchange import exchange_parts
from voxview.shapes.generator.build import label_chair
from voxview.shapes.parts import ARM, BACK, LEG, NO_PART, SEAT

FOUR_LEGS, STOOL, OFFICE_CHAIR, ARMCHAIR, SOFA = 0, 4, 5, 6, 3


def labelled(number: int) -> np.ndarray:
    return label_chair(Recipe(**dict(sample_catalog()[number].details)))


def test_exchanged_chairs_are_whole_and_fill_the_cube() -> None:
    rng = np.random.default_rng(1)
    whole = []
    for _ in range(60):
        one, other = (labelled(int(number)) for number in rng.integers(0, 240, 2))
        if not {SEAT, BACK} <= set(one.ravel()) or LEG not in other:
            continue
        new = exchange_parts({SEAT: one, BACK: one, LEG: other})
        occupied = np.argwhere(new != NO_PART)
        assert new.dtype == np.uint8 and set(np.unique(new)) == {SEAT, BACK, LEG, NO_PART}
        assert max(np.ptp(occupied, axis=0)) + 1 >= 31
        assert np.abs(occupied.min(0) + occupied.max(0) - 31).max() <= 2, "centred"
        whole.append(is_one_piece(new != NO_PART))
    assert len(whole) > 30 and np.mean(whole) > 0.95


def test_a_chair_of_its_own_parts_is_nearly_itself() -> None:
    chair = labelled(ARMCHAIR)
    new = exchange_parts(dict.fromkeys((SEAT, BACK, LEG, ARM), chair))
    same, occupied = (new == chair) & (new != NO_PART), (new != NO_PART) | (chair != NO_PART)
    assert same.sum() / occupied.sum() > 0.8


def test_legs_of_another_chair_reach_from_the_floor_to_the_seat_and_no_further() -> None:
    new = exchange_parts({SEAT: labelled(FOUR_LEGS), BACK: labelled(FOUR_LEGS), LEG: labelled(STOOL)})
    floor = np.flatnonzero((new != NO_PART).any((0, 2)))[0]
    assert (new[:, floor] == LEG).any()
    assert np.nonzero(new == LEG)[1].max() <= np.nonzero(new == SEAT)[1].max()


def test_a_back_stands_at_the_rear_of_the_seat() -> None:
    new = exchange_parts({SEAT: labelled(STOOL), LEG: labelled(STOOL), BACK: labelled(OFFICE_CHAIR)})
    seat, back = (np.argwhere(new == part) for part in (SEAT, BACK))
    assert back[:, 2].mean() > seat[:, 2].mean() + 3
    assert back[:, 1].max() > seat[:, 1].max() + 5
    assert is_one_piece(new != NO_PART)


def test_a_body_down_to_the_floor_leaves_room_for_other_legs() -> None:
    sofa = labelled(SOFA)
    new = exchange_parts({SEAT: sofa, BACK: sofa, LEG: labelled(FOUR_LEGS)})
    assert (new == LEG).sum() > 20
    assert np.nonzero(new == SEAT)[1].min() > np.nonzero(new == LEG)[1].min() + 1


def test_what_is_not_there_gets_one_line() -> None:
    stool, chair = labelled(STOOL), labelled(FOUR_LEGS)
    with pytest.raises(InputError, match="give its back has none"):
        exchange_parts({SEAT: chair, BACK: stool, LEG: chair})
    with pytest.raises(InputError, match="needs a seat"):
        exchange_parts({BACK: chair, LEG: chair})
    without = np.where(chair == SEAT, np.uint8(NO_PART), chair)
    with pytest.raises(InputError, match="no seat to fit it by"):
        exchange_parts({SEAT: chair, LEG: without})
