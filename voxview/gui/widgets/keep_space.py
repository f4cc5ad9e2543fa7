"""Event filter that leaves the space bar to a focused button, and all that one types to a combo box."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QComboBox, QWidget


class KeepSpace(QObject):
    """Watches the buttons and choosers of a window, and nothing else: watching all events would cost time.

    A chooser takes letters and digits as the beginning of an entry's name. In the list of chairs, which has a
    search field, they are shortcuts as everywhere.

    Not in the window's `event`: the window is deleted in there, and PySide6 does not survive that in Python.
    """

    def watch(self, window: QWidget) -> None:
        """Watch every button and chooser that is in the window now."""
        for widget in (*window.findChildren(QAbstractButton), *window.findChildren(QComboBox)):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the key before it becomes a shortcut."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
            return False
        is_typed = isinstance(watched, QComboBox) and event.text().isalnum() and _is_plain(event)
        if event.key() != Qt.Key.Key_Space and not is_typed:
            return False
        event.accept()
        return True


def _is_plain(event: QKeyEvent) -> bool:
    without = ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    return event.modifiers() & without == Qt.KeyboardModifier.NoModifier
