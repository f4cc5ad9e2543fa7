"""Search field of the list: its keys reach the list without a detour."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

_TO_LIST = (Qt.Key.Key_Down, Qt.Key.Key_PageDown)


class SearchField(QLineEdit):
    """Line edit in which Enter takes the selected chair, and the down arrow goes to the list."""

    left = Signal()
    """The down arrow: the list is wanted."""
    entered = Signal(object)
    """Enter, with these `Qt.KeyboardModifier`s."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, placeholderText="Search name or id", clearButtonEnabled=True)
        self.setAccessibleName("Search chairs")
        self.setToolTip(
            "Search (Ctrl+F): several words in any order\n"
            "Enter takes the first match as A, Shift+Enter as B; ↓ goes to the list, Esc clears"
        )

    def event(self, event: QEvent) -> bool:
        """Take Esc while there is something to clear: else it is the program's, which cancels what runs."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and self._clears(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass on what is for the list."""
        if event.key() in _TO_LIST:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit(event.modifiers())
        elif self._clears(event):
            self.clear()
        else:
            super().keyPressEvent(event)

    def _clears(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_Escape and bool(self.text())
