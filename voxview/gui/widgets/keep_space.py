"""Event filter that leaves the space bar to a focused button or combo box; elsewhere it plays."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QComboBox, QWidget


class KeepSpace(QObject):
    """Watches the buttons and choosers of a window, and nothing else: watching all events would cost time.

    Not in the window's `event`: the window is deleted in there, and PySide6 does not survive that in Python.
    """

    def watch(self, window: QWidget) -> None:
        """Watch every button and chooser that is in the window now."""
        for widget in (*window.findChildren(QAbstractButton), *window.findChildren(QComboBox)):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the space bar before it becomes a shortcut."""
        is_space = (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() == Qt.Key.Key_Space
        )
        if is_space:
            event.accept()
        return is_space
