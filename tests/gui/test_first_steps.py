"""The hints of a first start: three, beside what they are about, gone by keys, and never back."""

from __future__ import annotations

from looking import WAIT_MS, browser, selection_of, transport
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from voxview.engine.request import Position
from voxview.gui.help.feature import HelpFeature
from voxview.gui.help.first_steps import HINTS
from voxview.gui.window import MainWindow


def room(window: MainWindow, widget: QWidget) -> QRect:
    """Return where a widget is in the window."""
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def test_each_hint_is_beside_its_widget_and_goes_when_that_was_done(flat: MainWindow, qtbot: QtBot) -> None:
    feature, focused, selection = flat.feature(HelpFeature), QApplication.focusWidget(), selection_of(flat)
    flat.welcome()
    assert feature.first_steps is None, "it waits for a picture"
    selection.move(Position(0.4))
    qtbot.waitUntil(lambda: feature.first_steps is not None, timeout=WAIT_MS)
    hints = feature.first_steps
    assert hints is not None and hints.isVisible() and hints.hint is HINTS[0]
    assert QApplication.focusWidget() is focused, "it takes no focus"
    for target in (browser(flat), transport(flat), flat.menuBar()):
        beside = room(flat, hints)
        assert flat.rect().contains(beside)
        assert beside.adjusted(-4, -4, 4, 4).intersects(room(flat, target)), hints.hint.title
        assert not room(flat, transport(flat).slider).intersects(beside), "the slider is free"
        assert hints.hint.text in hints.accessibleName()
        if hints.hint is HINTS[0]:
            selection.move(Position(0.3))  # not what this one says
            assert hints.hint is HINTS[0]
            flat.qactions["random_pair"].trigger()
        elif hints.hint is HINTS[1]:
            flat.resize(900, 600)
            assert flat.rect().contains(room(flat, hints))
            selection.move(Position(0.7))
    flat.qactions["palette"].trigger()
    assert feature.first_steps is None
    flat.welcome()
    assert flat.context.settings.text("first_steps") == "seen", "once, ever"


def test_it_is_dismissed_by_keys_and_shown_again_on_request(unstarted: MainWindow) -> None:
    feature = unstarted.feature(HelpFeature)
    unstarted.qactions["first_steps"].trigger()
    assert feature.first_steps is not None
    QTest.keyClick(unstarted, Qt.Key.Key_Escape)
    assert feature.first_steps is None
    unstarted.qactions["first_steps"].trigger()
    hints = feature.first_steps
    assert hints is not None
    browser(unstarted).view.setFocus()
    for _ in range(30):  # the buttons are reached by Tab, and Space presses them
        at = QApplication.focusWidget()
        if at is hints.next:
            break
        assert at is not None
        QTest.keyClick(at, Qt.Key.Key_Tab)
    for hint in HINTS:
        assert hints.hint is hint
        QTest.keyClick(hints.next, Qt.Key.Key_Space)
    assert feature.first_steps is None
