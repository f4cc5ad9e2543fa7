"""Choosing A and B: by mouse, by keyboard, by chance."""

from __future__ import annotations

import numpy as np
from looking import WAIT_MS, browser, selection_of, shown_vertices, view, wait_for_position
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from voxview.gui.browser.row_delegate import button_rects
from voxview.gui.window import MainWindow
from voxview.shapes.chair import Chair


def _row_position(window: MainWindow, row: int, letter: str | None = None) -> QPoint:
    rect = browser(window).view.visualRect(browser(window).model.index(row))
    return button_rects(rect)[letter].center() if letter else rect.center() - QPoint(rect.width() // 4, 0)


def test_a_click_on_the_button_of_a_row_changes_the_picture(window: MainWindow, qtbot: QtBot) -> None:
    for letter, place in (("A", 0), ("B", 2)):
        before = shown_vertices(window, place)
        viewport = browser(window).view.viewport()
        QTest.mouseMove(viewport, _row_position(window, 3, letter))
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=_row_position(window, 3, letter))
        assert getattr(selection_of(window), letter.lower()) == browser(window).model.chair(3)
        wait_for_position(qtbot, window, 0.5)
        assert not np.array_equal(shown_vertices(window, place), before), letter


def test_a_click_beside_the_buttons_only_selects(unstarted: MainWindow, qtbot: QtBot) -> None:
    window = unstarted
    pair = selection_of(window).pair
    qtbot.mouseClick(browser(window).view.viewport(), Qt.MouseButton.LeftButton, pos=_row_position(window, 4))
    assert selection_of(window).pair == pair
    assert browser(window).view.current_chair() == browser(window).model.chair(4)


def test_arrow_keys_and_letters_choose_the_pair(window: MainWindow, qtbot: QtBot) -> None:
    chairs = browser(window).view
    chairs.setFocus()
    chairs.setCurrentIndex(browser(window).model.index(0))
    for _ in range(5):
        QTest.keyClick(chairs, Qt.Key.Key_Down)
    QTest.keyClick(chairs, Qt.Key.Key_A)
    assert selection_of(window).a == browser(window).model.chair(5)
    QTest.keyClick(chairs, Qt.Key.Key_Down)
    QTest.keyClick(chairs, Qt.Key.Key_B)
    assert selection_of(window).b == browser(window).model.chair(6)
    wait_for_position(qtbot, window, 0.5)
    assert view(window).headings.b.below == browser(window).model.chair(6).name


def test_enter_takes_a_and_shift_enter_takes_b(unstarted: MainWindow) -> None:
    window = unstarted
    chairs = browser(window).view
    chairs.setCurrentIndex(browser(window).model.index(7))
    QTest.keyClick(chairs, Qt.Key.Key_Return)
    QTest.keyClick(chairs, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    chair = browser(window).model.chair(7)
    assert selection_of(window).pair == (chair, chair)


def test_a_random_pair_is_two_different_chairs(unstarted: MainWindow) -> None:
    pairs = []
    for _ in range(5):
        unstarted.qactions["random_pair"].trigger()
        pairs.append(selection_of(unstarted).pair)
    assert all(a != b for a, b in pairs) and len(set(pairs)) > 1


def test_all_words_of_the_search_must_match(unstarted: MainWindow, qtbot: QtBot) -> None:
    window = unstarted
    qtbot.keyClicks(browser(window).search, "sofa solid")
    rows = range(browser(window).model.rowCount())
    assert 0 < len(rows) < len(window.context.listing.catalogs[0])
    for row in rows:
        chair = browser(window).model.chair(row)
        assert "sofa" in f"{chair.name} {chair.id}".lower() and "solid" in f"{chair.name} {chair.id}".lower()


def test_letters_in_the_search_field_are_text_and_not_commands(unstarted: MainWindow, qtbot: QtBot) -> None:
    window = unstarted
    pair, position = selection_of(window).pair, selection_of(window).position
    browser(window).search.setFocus()
    qtbot.keyClicks(browser(window).search, "absl d")
    assert browser(window).search.text() == "absl d"
    assert selection_of(window).pair == pair
    assert selection_of(window).position == position


def test_a_search_without_hits_says_so(unstarted: MainWindow) -> None:
    window = unstarted
    browser(window).search.setText("no such chair")
    assert browser(window).model.rowCount() == 0
    assert "no such chair" in browser(window).view.empty_text
    window.qactions["set_a"].trigger()
    assert "no chair is selected" in window.messages.text.lower()


def test_thumbnails_come_for_the_rows_that_are_seen(unstarted: MainWindow, qtbot: QtBot) -> None:
    thumbnails, chairs = unstarted.context.thumbnails, unstarted.context.listing.chairs
    drawn: list[Chair] = []
    thumbnails.drawn.connect(drawn.append)
    thumbnails.start()  # as after the first blend
    qtbot.waitUntil(lambda: bool(drawn) and thumbnails.is_idle, timeout=WAIT_MS)
    picture = thumbnails.picture(chairs[0])
    assert picture is not None and not picture.isNull()
    assert set(drawn) <= set(chairs[:60]), "rows that nobody sees are drawn"
