"""Without a mouse, at the first try: find two chairs, blend them, export the blend."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from looking import WAIT_MS, browser, selection_of, transport, wait_for_position
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from voxview.gui.files.export_dialog import ExportDialog
from voxview.gui.window import MainWindow

_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(flat: MainWindow) -> MainWindow:
    """Return a window with pictures instead of the 3D view, which nothing here looks at."""
    return flat


def _press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the focus is."""
    QTest.keyClick(_focused(), key, modifiers)


def _type(text: str) -> None:
    QTest.keyClicks(_focused(), text)


def _focused() -> QWidget:
    at = QApplication.focusWidget()
    assert at is not None, "nothing has the focus"
    return at


def test_two_chairs_are_found_blended_and_exported_by_keys_alone(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    _press(Qt.Key.Key_F, _CTRL)
    _type("rocking")
    _press(Qt.Key.Key_Return)  # takes what was found first as A
    a = selection_of(window).a
    assert a is not None and "ocking" in a.name
    _press(Qt.Key.Key_F, _CTRL)
    _type("bar stool")
    _press(Qt.Key.Key_Down)  # into the list, where the first one is selected
    _press(Qt.Key.Key_Down)
    _press(Qt.Key.Key_Return, _SHIFT)
    b = selection_of(window).b
    assert b is not None and "stool" in b.name and b == browser(window).model.chair(1)
    for _ in range(20):  # the slider is reached with Tab, in reading order
        if _focused() is transport(window).slider:
            break
        _press(Qt.Key.Key_Tab)
    assert _focused() is transport(window).slider
    _press(Qt.Key.Key_PageUp)
    _press(Qt.Key.Key_Right)
    wait_for_position(qtbot, window, 0.61)
    target = tmp_path / "found.obj"
    _press(Qt.Key.Key_E, _CTRL)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeWindow(), ExportDialog), timeout=WAIT_MS)
    for name, text in (("Folder to write to", str(tmp_path)), ("Name", "found")):
        for _ in range(40):
            if _focused().accessibleName() == name:
                break
            _press(Qt.Key.Key_Tab)
        assert _focused().accessibleName() == name, "Tab does not get there"
        _press(Qt.Key.Key_A, _CTRL)
        _type(text)
    _press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "found.obj" in window.messages.text, timeout=WAIT_MS)
    assert target.read_text().count("\nf ") > 100
    # The focus is where it was, as soon as the window system has made the window active again.
    qtbot.waitUntil(lambda: QApplication.focusWidget() is transport(window).slider, timeout=WAIT_MS)


def test_keys_are_told_where_one_looks(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(start=False)
    panel, list_view = browser(window), browser(window).view
    assert "Ctrl+F" in panel.search.toolTip() and "Enter" in panel.search.toolTip()
    row = panel.model.index(0)
    assert "Enter" in str(row.data(Qt.ItemDataRole.ToolTipRole)) and list_view.isVisible()
    assert "PgUp" in transport(window).slider.toolTip()
    tabs = window.side.panel.tabs
    for place, spec in enumerate(window.side.actions):
        assert spec.keys_text in tabs.tabToolTip(place)


def test_the_key_for_export_works_in_a_text_field_too(unstarted: MainWindow, qtbot: QtBot) -> None:
    pressed: list[bool] = []
    unstarted.qactions["export_blend"].triggered.connect(lambda: pressed.append(True))
    for field in (browser(unstarted).search, transport(unstarted).number):
        field.setFocus()
        qtbot.keyClick(field, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert pressed == [True, True]
