"""What the command palette finds for what is typed, and in which order; no window."""

from __future__ import annotations

import time

import numpy as np
import pytest

from voxview.gui.palette.entry import Entry
from voxview.gui.palette.finder import FIRST_CHAIRS, MOST_CHAIRS, ChairSearch, find
from voxview.gui.palette.matching import BEGINS, BY_MENU, BY_TIP, BY_WORDS, IN_ORDER, INSIDE, Matched
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.chair import Chair

SWAP = Matched("Swap A and B", "Blend", "Exchange the two S")


@pytest.mark.parametrize(
    ("typed", "rank"),
    [
        ("swa", BEGINS),
        ("SWAP A", BEGINS),
        ("and", BY_WORDS),
        ("sab", BY_WORDS),
        ("swaab", BY_WORDS),
        ("swap blend", BY_MENU),
        ("exch", BY_TIP),
        ("wap", INSIDE),
        ("sapand", IN_ORDER),
        ("swapx", None),
        ("zzz", None),
        ("bs", None),
    ],
)
def test_beginnings_of_words_come_before_letters_in_order(typed: str, rank: int | None) -> None:
    found = SWAP.rank(typed)
    assert (found[0] if found else None) == rank


def test_a_name_of_many_equal_words_takes_no_time() -> None:
    before = time.process_time()
    assert Matched("a " * 100).rank("a" * 60 + "b") is None
    assert time.process_time() - before < 0.5


def _read() -> np.ndarray:
    raise AssertionError("searching reads no chair")


def _catalog(count: int) -> Catalog:
    return Catalog(
        "Many", "many", [Chair(f"id{n:05}", f"Rocking chair {n}", "many", _read) for n in range(count)]
    )


def _entry(text: str, where: str = "View", tip: str = "") -> Entry:
    return Entry(text, text, where, lambda: None, tip)


ENTRIES = (_entry("Undo", tip="surface and more"), _entry("Surprise me"), _entry("Surface: Fine"))


def test_of_two_that_fit_as_well_the_recent_one_comes_first() -> None:
    nothing = ChairSearch()
    assert [one.text for one in find("sur", ENTRIES, [], nothing)[0]] == [
        "Surprise me",
        "Surface: Fine",
        "Undo",
    ]
    recent = [one.text for one in find("sur", ENTRIES, ["Undo", "Surface: Fine"], nothing)[0]]
    assert recent == ["Surface: Fine", "Surprise me", "Undo"], "a worse match stays behind"
    assert find("", ENTRIES, ["Surprise me"], nothing)[0][0].text == "Surprise me"
    assert len(find(" ", ENTRIES, [], nothing)[0]) == 3


def test_chairs_are_found_by_every_word_and_leave_room_for_actions() -> None:
    chairs = ChairSearch()
    chairs.take([_catalog(500)])
    found, count = find("chair 49", [_entry("Find a chair 49")], [], chairs)
    assert count == 15 and found[0].text == "Find a chair 49"
    found, count = find("id00007", [], [], chairs)
    assert count == 1 and found[0].chair is not None and found[0].chair.name == "Rocking chair 7"
    found, count = find("rocking", [_entry("Go", tip="rocking")], [], chairs)
    assert count == 500 and len(found) == MOST_CHAIRS + 1
    assert found[FIRST_CHAIRS].text == "Go", "an action that fits less well is not behind all chairs"
    assert find("rocking table", [], [], chairs) == ([], 0)


def test_twenty_thousand_chairs_are_searched_between_two_keys() -> None:
    chairs, catalog = ChairSearch(), _catalog(20_000)
    chairs.take([catalog])
    for typed in ("r", "rocking 19", "id1"):
        took = []
        for _ in range(3):
            before = time.process_time()
            find(typed, ENTRIES, [], chairs)
            took.append(time.process_time() - before)
        assert min(took) < 0.1, typed
    before = time.process_time()
    chairs.take([catalog])
    assert time.process_time() - before < 0.01, "a catalog that is known is not gone through again"


def test_an_entry_says_in_one_sentence_what_it_is() -> None:
    switch = Entry("loop", "Loop", "Blend", lambda: None, "Play for ever", "L", is_on=True)
    assert switch.spoken == "Loop, on, L, Blend · Play for ever"
    gone = Entry("s", "Old", "File", lambda: None, "/x is gone", is_possible=False)
    assert gone.line == "File · Not now: /x is gone"
