"""The command palette: everything is reached from it by a few keys; the layout goes back to the first."""

from __future__ import annotations

import pytest
from looking import WAIT_MS, browser, selection_of
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from voxview.gui.bookmarks.feature import BookmarksFeature
from voxview.gui.bookmarks.shelf import Bookmark
from voxview.gui.palette.dialog import PaletteDialog
from voxview.gui.palette.feature import PaletteFeature
from voxview.gui.palette.finder import ChairSearch, find
from voxview.gui.window import MainWindow

_SHIFT = Qt.KeyboardModifier.ShiftModifier
_TEN = 10


@pytest.fixture
def window(unstarted: MainWindow) -> MainWindow:
    """Return a window before it has an engine: nothing here needs one."""
    return unstarted


def opened(window: MainWindow, qtbot: QtBot) -> PaletteDialog:
    """Open the palette by its key, and return it once it has the focus."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    modifiers = Qt.KeyboardModifier.ControlModifier | _SHIFT
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_P, modifiers)
    dialog = window.feature(PaletteFeature).dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.field.hasFocus, timeout=WAIT_MS)
    return dialog


def texts(dialog: PaletteDialog) -> list[str]:
    """Return what is listed."""
    return [entry.text for entry in dialog.model.entries]


def press(dialog: PaletteDialog, typed: str, modifiers: Qt.KeyboardModifier | None = None) -> None:
    """Type, and press Enter."""
    QTest.keyClicks(dialog.field, typed)
    QTest.keyClick(dialog.field, Qt.Key.Key_Return, modifiers or Qt.KeyboardModifier.NoModifier)


def test_every_action_page_and_setting_is_among_the_first_ten_after_three_letters(window: MainWindow) -> None:
    assert [spec.name for spec in window.action_specs if not spec.tip] == [], "an action without a tip"
    entries, chairs = window.feature(PaletteFeature)._entries(), ChairSearch()
    chairs.take(window.context.listing.catalogs)
    assert {spec.name for spec in window.action_specs} <= {entry.name for entry in entries}
    assert {f"show_{page}" for page in window.side._pages} <= {entry.name for entry in entries}
    assert {"Theme: Dark", "Surface: Fine (64³)", "Start with: Where I left off"} <= {e.text for e in entries}
    assert chairs.count > 50
    missed = []
    for entry in entries:
        own = entry.text.split(": ")[-1]
        initials = "".join(word[0] for word in own.split())[:3]
        for typed in (own[:3], initials) if len(initials) > 1 else (own[:3],):
            if entry not in find(typed, entries, [], chairs)[0][:_TEN]:
                missed.append(f"{entry.text} by {typed}")
    assert missed == []


def test_the_palette_does_what_is_chosen_and_gives_the_focus_back(window: MainWindow, qtbot: QtBot) -> None:
    focused = QApplication.focusWidget()
    assert focused is browser(window).view
    pair = selection_of(window).pair
    dialog = opened(window, qtbot)
    assert window.geometry().contains(dialog.geometry())
    press(dialog, "swa")
    qtbot.waitUntil(lambda: selection_of(window).pair == pair[::-1], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is focused, timeout=WAIT_MS)
    # A switch shows its state, and is switched; what was chosen last comes first.
    dialog = opened(window, qtbot)
    assert texts(dialog)[0] == "Swap A and B"
    entry = next(one for one in dialog.model.entries if one.name == "even_pace")
    assert entry.is_on is False and entry.keys == "P"
    press(dialog, "even")
    qtbot.waitUntil(window.qactions["even_pace"].isChecked, timeout=WAIT_MS)
    assert texts(opened(window, qtbot))[:2] == ["Even pace", "Swap A and B"]
    # A page; arrows, and Esc.
    dialog = window.feature(PaletteFeature).dialog
    assert dialog is not None
    press(dialog, "map")
    qtbot.waitUntil(lambda: window.side.page == "map", timeout=WAIT_MS)
    dialog = opened(window, qtbot)
    for key, row in (
        (Qt.Key.Key_Up, dialog.model.rowCount() - 1),
        (Qt.Key.Key_Down, 0),
        (Qt.Key.Key_PageDown, 8),
    ):
        QTest.keyClick(dialog.field, key)
        assert dialog.list.currentIndex().row() == row
    assert dialog.model.entries[8].text in dialog.field.accessibleDescription()
    QTest.keyClick(dialog.field, Qt.Key.Key_Escape)
    assert window.feature(PaletteFeature).dialog is None
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)


def test_a_chair_is_taken_as_a_with_enter_and_as_b_with_shift(window: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(window, qtbot)
    press(dialog, "ladder rocking")
    a = selection_of(window).a
    assert a is not None and "ocking" in a.name and "ladder" in a.name
    assert browser(window).view.current_chair() == a, "the list goes there"
    dialog = opened(window, qtbot)
    press(dialog, "bar stool", _SHIFT)
    b = selection_of(window).b
    assert b is not None and "stool" in b.name and selection_of(window).a == a


def test_nothing_and_the_impossible_are_said_and_nothing_is_done(window: MainWindow, qtbot: QtBot) -> None:
    palette = window.feature(PaletteFeature)
    window.qactions["undo"].setEnabled(False)
    window.feature(BookmarksFeature)._read = [Bookmark("Grandmother's", b"", {})]
    dialog = opened(window, qtbot)
    press(dialog, "xqxq")
    assert "Nothing fits" in dialog.line.text() and palette.dialog is dialog
    dialog.field.clear()
    press(dialog, "undo")
    assert dialog.line.text().startswith("Not now: Take back") and palette.dialog is dialog
    dialog.field.clear()
    press(dialog, "grandm")
    qtbot.waitUntil(lambda: "bookmark “Grandmother's”" in window.messages.text, timeout=WAIT_MS)


def test_the_layout_is_reset_to_that_of_a_first_start(window: MainWindow, qtbot: QtBot) -> None:
    first, page = window.splitter.sizes(), window.side.page
    size = window.size()
    window.qactions["show_map"].setChecked(True)
    window.qactions["show_chairs"].setChecked(False)
    window.resize(1100, 640)
    window.qactions["reset_layout"].trigger()
    qtbot.waitUntil(lambda: window.size() == size, timeout=WAIT_MS)
    assert window.side.page == page == "timings" and browser(window).isVisible()
    qtbot.waitUntil(lambda: window.splitter.sizes() == first, timeout=WAIT_MS)
