"""Event filter that leaves Space and Enter to a focused button, and all that one types to a combo box."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QWidget

from voxview.gui.widgets.buttons import press_by_enter

_UP_DOWN = (Qt.Key.Key_Up, Qt.Key.Key_Down)


class KeepSpace(QObject):
    """Watches the buttons and choosers of a window, and nothing else: watching all events would cost time.

    A chooser takes letters and digits as the beginning of an entry's name, and opens with Alt and an
    arrow. In the list of chairs, which has a search field, they are shortcuts as everywhere. Enter presses a
    button as it does in a dialog: elsewhere Qt leaves that out. What comes into a page later is seen through
    the page, to which Qt passes its keys on.

    Not in the window's `event`: the window is deleted in there, and PySide6 does not survive that in Python.
    """

    def watch(self, window: QWidget) -> None:
        """Watch every button and chooser that is in a page or a window, later ones of a page as well."""
        page = () if window.isWindow() else (window,)  # all events of a window would take time
        for widget in (*page, *window.findChildren(QAbstractButton), *window.findChildren(QComboBox)):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the key before it becomes a shortcut."""
        if not isinstance(event, QKeyEvent):
            return False
        at = watched if isinstance(watched, QAbstractButton | QComboBox) else QApplication.focusWidget()
        if event.type() == QEvent.Type.KeyPress:
            return isinstance(at, QAbstractButton) and _is_plain(event) and press_by_enter(at, event)
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(at, QAbstractButton | QComboBox):
            return False
        opens = event.modifiers() == Qt.KeyboardModifier.AltModifier and event.key() in _UP_DOWN
        is_typed = isinstance(at, QComboBox) and (opens or (event.text().isalnum() and _is_plain(event)))
        if event.key() != Qt.Key.Key_Space and not is_typed:
            return False
        event.accept()
        return True


def _is_plain(event: QKeyEvent) -> bool:
    without = ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    return event.modifiers() & without == Qt.KeyboardModifier.NoModifier
