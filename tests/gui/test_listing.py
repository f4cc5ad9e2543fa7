"""The chairs that are listed: catalogs, the search, imported files, and what is selected."""

from __future__ import annotations

import numpy as np
import pytest

from voxview.gui.context.folder_reading import folder_title
from voxview.gui.context.listing import IMPORTED, Listing
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.chair import Chair


def chair(chair_id: str, name: str = "", source: str = "test") -> Chair:
    return Chair(chair_id, name or chair_id, source, lambda: np.zeros((32, 32, 32), np.bool_))


STOOL, BENCH, THRONE = chair("s1", "Bar Stool"), chair("b2", "Garden bench"), chair("t3", "Bar throne")


@pytest.fixture
def listing(qapp: object) -> Listing:
    """Return one catalog of three chairs."""
    listing = Listing()
    listing.add_catalog(Catalog("Three", "test", [STOOL, BENCH, THRONE]))
    return listing


def _signals(listing: Listing) -> list[str]:
    """Return the names of the signals that come from now on, in their order."""
    heard: list[str] = []
    listing.catalogs_changed.connect(lambda place: heard.append(f"catalogs_changed {place}"))
    for name in (
        "reset_started",
        "changed",
        "search_cleared",
        "selection_changed",
        "visibility_changed",
    ):
        getattr(listing, name).connect(lambda name=name: heard.append(name))
    return heard


def test_before_a_catalog_is_added_nothing_is_listed(qapp: object) -> None:
    listing = Listing()
    assert (listing.catalog, listing.catalogs, listing.chairs, listing.selected) == (None, [], [], [])
    listing.search("stool")
    assert listing.chairs == [] and listing.random_chairs(2) == []
    assert listing.find("test", "s1") is None and listing.row_of(STOOL) is None


# ---- the search -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("bar", [STOOL, THRONE]),
        ("BAR", [STOOL, THRONE]),
        ("stool bar", [STOOL]),
        ("  bar   throne ", [THRONE]),
        ("bar bench", []),
        ("b2", [BENCH]),
        ("t3 throne", [THRONE]),
        ("", [STOOL, BENCH, THRONE]),
    ],
)
def test_all_words_are_in_the_name_or_the_id_in_any_order_and_case(
    listing: Listing, text: str, found: list[Chair]
) -> None:
    listing.search("something else")
    listing.search(text)
    assert listing.chairs == found


def test_while_a_folder_is_awaited_nothing_is_listed_until_something_is(listing: Listing) -> None:
    listing.wait_for("Two")
    assert (listing.awaited, listing.catalog, listing.chairs) == ("Two", None, [])
    listing.stop_waiting()
    assert (listing.awaited, listing.chairs) == ("", [STOOL, BENCH, THRONE])
    listing.wait_for("Two")
    listing.add_catalog(Catalog("Two", "two", [BENCH]))
    assert (listing.awaited, listing.chairs) == ("", [BENCH])
    listing.stop_waiting()
    assert listing.chairs == [BENCH]


@pytest.mark.parametrize(
    ("folder", "title"),
    [("/d/Vox/03001627", "Vox"), ("/d/chairs", "chairs"), ("/", "/"), ("03001627", "03001627")],
)
def test_a_folder_is_called_by_its_name_and_a_synset_by_that_above(folder: str, title: str) -> None:
    assert folder_title(folder) == title


def test_the_search_stays_when_another_catalog_is_listed(listing: Listing) -> None:
    listing.search("bar")
    other = chair("o1", "Bar of chocolate"), chair("o2", "Sofa")
    listing.add_catalog(Catalog("Other", "other", other))
    assert listing.chairs == [other[0]]


def test_a_cleared_search_lists_everything_and_says_so(listing: Listing) -> None:
    listing.search("throne")
    heard = _signals(listing)
    listing.clear_search()
    assert listing.chairs == [STOOL, BENCH, THRONE]
    assert heard == ["search_cleared", "reset_started", "changed"]


def test_the_same_search_again_lists_nothing_anew(listing: Listing) -> None:
    listing.search("bar")
    heard = _signals(listing)
    listing.search("bar")
    assert heard == []


# ---- catalogs ---------------------------------------------------------------------------------------


def test_a_catalog_that_is_added_is_listed_unless_it_shall_wait(listing: Listing) -> None:
    second, third = Catalog("Second", "second", [chair("a")]), Catalog("Third", "third", [chair("b")])
    listing.add_catalog(second)
    assert listing.catalog is second and listing.chairs == [chair("a")]
    listing.add_catalog(third, show=False)
    assert listing.catalog is second and listing.catalogs[1:] == [second, third]
    listing.show_catalog(2)
    assert listing.catalog is third and listing.chairs == [chair("b")]


def test_a_catalog_of_the_same_source_takes_the_place_of_the_one_before(listing: Listing) -> None:
    other = Catalog("Other", "other", [chair("o1", source="other")])
    listing.add_catalog(other)
    heard = _signals(listing)
    again = Catalog("Three again", "test", [BENCH])
    listing.add_catalog(again)
    assert listing.catalogs == [again, other] and listing.catalog is again
    assert heard == ["catalogs_changed 0", "reset_started", "changed"]


def test_a_catalog_that_is_listed_is_replaced_in_the_list_too(listing: Listing) -> None:
    listing.add_catalog(Catalog("Three again", "test", [BENCH]), show=False)
    assert listing.chairs == [BENCH], "chairs that are gone are listed"


def test_replacing_a_catalog_that_is_not_listed_leaves_the_list_alone(listing: Listing) -> None:
    other = Catalog("Other", "other", [chair("o1")])
    listing.add_catalog(other)
    listing.add_catalog(Catalog("Three again", "test", [BENCH]), show=False)
    assert listing.catalog is other and [one.name for one in listing.catalogs] == ["Three again", "Other"]


def test_a_chair_is_found_by_source_and_id_in_any_open_catalog(listing: Listing) -> None:
    namesake = chair("s1", "Another", source="other")
    listing.add_catalog(Catalog("Other", "other", [namesake]))
    assert listing.find("test", "s1") == STOOL and listing.find("other", "s1") == namesake
    assert listing.find("test", "nothing") is None and listing.find("nowhere", "s1") is None


# ---- imported files ---------------------------------------------------------------------------------


def test_imported_files_share_one_catalog_that_is_listed_whole(listing: Listing) -> None:
    listing.search("throne")
    first, second = (chair(path, source=path) for path in ("/one.obj", "/two.obj"))
    listing.add_imported(first)
    listing.add_imported(second)
    assert listing.catalog is not None and listing.catalog.source == IMPORTED
    assert listing.chairs == [first, second], "the search hides what was just imported"
    assert [one.source for one in listing.catalogs] == ["test", IMPORTED]


def test_a_file_that_is_imported_again_is_listed_once_and_last_under_its_name(listing: Listing) -> None:
    first, second = (chair(path, source=path) for path in ("/one.obj", "/two.obj"))
    changed = chair("/one.obj", "changed", source="/one.obj (of another content)")
    for one in (first, second):
        listing.add_imported(one)
    assert listing.add_imported(changed) is listing.chairs[-1]
    assert [one.name for one in listing.chairs] == ["/two.obj", "/one.obj"]
    assert listing.chairs[-1] == changed != first, "its former content is taken for this one"


def test_imported_files_of_one_name_are_told_apart_in_the_list_and_by_the_search(listing: Listing) -> None:
    files = [chair(f"/{folder}/chair.obj", "Chair", source=folder) for folder in "abc"]
    listed = [listing.add_imported(one) for one in files]
    assert [one.name for one in listed] == ["Chair", "Chair (2)", "Chair (3)"]
    assert listing.chairs == listed == files
    again = [listing.add_imported(one) for one in files]
    assert [one.name for one in again] == ["Chair", "Chair (2)", "Chair (3)"], "the same file made two"
    assert len(listing.chairs) == 3
    listing.search("(2)")
    assert listing.chairs == [files[1]]


# ---- chairs -----------------------------------------------------------------------------------------


def test_rows_are_those_of_the_chairs_that_are_listed(listing: Listing) -> None:
    assert [listing.row_of(one) for one in (STOOL, BENCH, THRONE)] == [0, 1, 2]
    listing.search("bar")
    assert [listing.row_of(one) for one in (STOOL, BENCH, THRONE)] == [0, None, 1]
    assert listing.row_of(None) is None


def test_random_chairs_are_different_and_of_those_that_are_listed(listing: Listing) -> None:
    many = [chair(str(number)) for number in range(60)]
    listing.add_catalog(Catalog("Many", "many", many))
    listing.search("1")
    for _ in range(20):
        some = listing.random_chairs(5)
        assert len(set(some)) == 5 and set(some) <= set(listing.chairs)
    assert len({tuple(listing.random_chairs(5)) for _ in range(20)}) > 1, "chance has no say"


def test_random_chairs_leave_out_what_is_excluded(listing: Listing) -> None:
    for _ in range(10):
        assert listing.random_chairs(1, exclude=(STOOL, THRONE)) == [BENCH]
        assert set(listing.random_chairs(2, exclude=[BENCH])) == {STOOL, THRONE}


def test_of_few_chairs_all_are_random_ones(listing: Listing) -> None:
    assert set(listing.random_chairs(10)) == {STOOL, BENCH, THRONE}
    assert listing.random_chairs(3, exclude=[STOOL, BENCH, THRONE]) == []
    assert listing.random_chairs(0) == []


def test_a_change_is_announced_before_and_after_it(listing: Listing) -> None:
    seen: list[tuple[str, int]] = []
    listing.reset_started.connect(lambda: seen.append(("reset_started", len(listing.chairs))))
    listing.changed.connect(lambda: seen.append(("changed", len(listing.chairs))))
    listing.search("bench")
    assert seen == [("reset_started", 3), ("changed", 1)]


def test_what_is_selected_and_whether_the_list_is_hidden_are_announced(listing: Listing) -> None:
    heard = _signals(listing)
    listing.select((THRONE, STOOL))
    assert listing.selected == [THRONE, STOOL]
    listing.set_hidden_hint(" (Ctrl+B shows it)")
    assert listing.hidden_hint == " (Ctrl+B shows it)"
    assert heard == ["selection_changed", "visibility_changed"]
