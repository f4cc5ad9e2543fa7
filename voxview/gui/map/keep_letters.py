"""Event filter that keeps the keys A and B for the chair that is pointed at, not for the list's."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

LETTERS = {Qt.Key.Key_A: "A", Qt.Key.Key_B: "B"}


class KeepLetters(QObject):
    """Watches the map."""

    def __init__(self, parent: QObject, is_pointing: Callable[[], bool]) -> None:
        """Take what says whether a place is pointed at."""
        super().__init__(parent)
        self._is_pointing = is_pointing

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the letters before they become shortcuts."""
        wanted = (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() in LETTERS
            and event.modifiers() == Qt.KeyboardModifier.NoModifier
            and self._is_pointing()
        )
        if wanted:
            event.accept()
        return wanted
