"""Choosing A and B: by mouse, by keyboard, by chance."""

from __future__ import annotations

import numpy as np
import pytest
from looking import shown_vertices, wait_for_position
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from voxview.gui.row_delegate import button_rects
from voxview.gui.window import MainWindow


def _row_position(window: MainWindow, row: int, letter: str | None = None) -> QPoint:
    view = window.browser.view
    rect = view.visualRect(window.browser.model.index(row))
    return button_rects(rect)[letter].center() if letter else rect.center() - QPoint(rect.width() // 4, 0)


@pytest.mark.parametrize(("letter", "place"), [("A", 0), ("B", 2)])
def test_a_click_on_the_button_of_a_row_changes_the_picture(
    window: MainWindow, qtbot: QtBot, letter: str, place: int
) -> None:
    before = shown_vertices(window, place)
    viewport = window.browser.view.viewport()
    QTest.mouseMove(viewport, _row_position(window, 3, letter))
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=_row_position(window, 3, letter))
    assert getattr(window.session.blending, letter.lower()) == window.browser.model.chair(3)
    wait_for_position(qtbot, window, 0.5)
    assert not np.array_equal(shown_vertices(window, place), before)


@pytest.mark.parametrize("letter", ["A", "B"])
def test_a_click_beside_the_buttons_only_selects(window: MainWindow, qtbot: QtBot, letter: str) -> None:
    pair = (window.session.blending.a, window.session.blending.b)
    qtbot.mouseClick(window.browser.view.viewport(), Qt.MouseButton.LeftButton, pos=_row_position(window, 4))
    assert (window.session.blending.a, window.session.blending.b) == pair
    assert window.browser.view.current_chair() == window.browser.model.chair(4)


def test_arrow_keys_and_letters_choose_the_pair(window: MainWindow, qtbot: QtBot) -> None:
    view = window.browser.view
    view.setFocus()
    view.setCurrentIndex(window.browser.model.index(0))
    for _ in range(5):
        QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_A)
    assert window.session.blending.a == window.browser.model.chair(5)
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_B)
    assert window.session.blending.b == window.browser.model.chair(6)
    wait_for_position(qtbot, window, 0.5)
    assert window.trio.headings.b.below == window.browser.model.chair(6).name


def test_enter_takes_a_and_shift_enter_takes_b(window: MainWindow) -> None:
    view = window.browser.view
    view.setCurrentIndex(window.browser.model.index(7))
    QTest.keyClick(view, Qt.Key.Key_Return)
    QTest.keyClick(view, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    chair = window.browser.model.chair(7)
    assert (window.session.blending.a, window.session.blending.b) == (chair, chair)


def test_a_random_pair_is_two_different_chairs(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_by_name["random_pair"].trigger()
    assert window.session.blending.a != window.session.blending.b
    wait_for_position(qtbot, window, 0.5)


def test_all_words_of_the_search_must_match(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClicks(window.browser.search, "sofa solid")
    rows = range(window.browser.model.rowCount())
    assert 0 < len(rows) < len(window.browser.catalogs[0])
    for row in rows:
        chair = window.browser.model.chair(row)
        assert "sofa" in f"{chair.name} {chair.id}".lower() and "solid" in f"{chair.name} {chair.id}".lower()


def test_letters_in_the_search_field_are_text_and_not_commands(window: MainWindow, qtbot: QtBot) -> None:
    pair, t = (window.session.blending.a, window.session.blending.b), window.session.blending.t
    window.browser.search.setFocus()
    qtbot.keyClicks(window.browser.search, "absl d")
    assert window.browser.search.text() == "absl d"
    assert (window.session.blending.a, window.session.blending.b) == pair
    assert window.session.blending.t == t


def test_a_search_without_hits_says_so(window: MainWindow) -> None:
    window.browser.search.setText("no such chair")
    assert window.browser.model.rowCount() == 0
    assert "no such chair" in window.browser.view.empty_text
    window.actions_by_name["set_a"].trigger()
    assert "no chair is selected" in window.messages.text.lower()


def test_thumbnails_come_for_the_rows_that_are_seen(window: MainWindow, qtbot: QtBot) -> None:
    chair = window.browser.model.chair(0)
    qtbot.waitUntil(lambda: window.thumbnails.picture(chair) is not None, timeout=10_000)
    picture = window.thumbnails.picture(chair)
    assert picture is not None and not picture.isNull()
    drawn = len(window.thumbnails._pictures) + len(window.thumbnails._wanted)
    assert drawn < 60, "rows that nobody sees are drawn"
