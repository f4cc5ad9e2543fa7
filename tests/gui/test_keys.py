"""Keys that a person changes: they count at once and at the next start, and no key is given twice."""

from __future__ import annotations

from collections.abc import Callable

from looking import WAIT_MS, selection_of
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from voxview.gui.help.feature import HelpFeature
from voxview.gui.help.keys_dialog import KeysDialog
from voxview.gui.window import MainWindow


def choose(dialog: KeysDialog, text: str) -> None:
    """Select the action of a text."""
    dialog.tree.setCurrentItem(dialog.tree.findItems(text, Qt.MatchFlag.MatchExactly)[0])


def test_a_key_that_is_changed_counts_at_once_and_at_the_next_start(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window(start=False)
    window.qactions["change_keys"].trigger()
    dialog = window.feature(HelpFeature).keys_dialog
    assert dialog is not None
    choose(dialog, "Swap A and B")
    dialog.field.setFocus()
    QTest.keyClick(dialog.field, Qt.Key.Key_J)
    qtbot.waitUntil(lambda: window.qactions["swap"].shortcut().toString() == "J", timeout=WAIT_MS)
    assert "(J)" in window.qactions["swap"].toolTip()
    # A key that another action has is refused, with the action that has it.
    dialog.field.setFocus()
    QTest.keyClick(dialog.field, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: "D is the key of “Random pair”" in dialog.line.text(), timeout=WAIT_MS)
    assert window.qactions["swap"].shortcut().toString() == "J"
    choose(dialog, "Random pair")
    dialog.none.click()
    assert window.qactions["random_pair"].shortcut().isEmpty()
    dialog.reject()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    pair = selection_of(window).pair
    QTest.keyClick(window, Qt.Key.Key_S)
    assert selection_of(window).pair == pair, "the former key does nothing"
    QTest.keyClick(window, Qt.Key.Key_J)
    assert selection_of(window).pair == pair[::-1]
    window.close()
    again = open_window(start=False, wait=False)
    assert again.qactions["swap"].shortcut().toString() == "J"
    assert again.qactions["random_pair"].shortcut().isEmpty()
    again.qactions["change_keys"].trigger()
    dialog = again.feature(HelpFeature).keys_dialog
    assert dialog is not None
    choose(dialog, "Swap A and B")
    dialog.own.click()
    assert again.qactions["swap"].shortcut().toString() == "S"
    dialog.reject()


def test_keys_in_damaged_settings_never_take_a_key_twice(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(start=False, wait=False)
    for name, keys in (("swap", "D"), ("loop", "D"), ("random_pair", None)):
        window.context.settings.remember_keys(name, keys)
    window._use_keys()
    having = [name for name, action in window.qactions.items() if action.shortcut().toString() == "D"]
    assert len(having) == 1 and having[0] in ("swap", "loop")


def test_an_action_keeps_its_further_keys_and_nobody_else_gets_one(
    open_window: Callable[..., MainWindow],
) -> None:
    window = open_window(start=False, wait=False)
    front = window.qactions["look_front"]
    window._change_keys("look_front", "J")
    assert [keys.toString() for keys in front.shortcuts()] == ["J", "Num+1"]
    window._change_keys("look_front", None)
    assert [keys.toString() for keys in front.shortcuts()] == ["1", "Num+1"]
    window.qactions["change_keys"].trigger()
    dialog = window.feature(HelpFeature).keys_dialog
    assert dialog is not None
    choose(dialog, "Swap A and B")
    dialog._change("Num+1")
    assert "is the key of “Front”" in dialog.line.text()
    assert window.qactions["swap"].shortcut().toString() == "S"
    dialog.reject()
