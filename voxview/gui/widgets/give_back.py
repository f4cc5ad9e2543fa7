"""The keyboard's focus goes back to where it was when a bar that comes and goes had it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid


class GiveBack(QObject):
    """Watches a bar: left alone, Qt gives the focus to whatever comes next, and Enter would press that."""

    def __init__(self, bar: QWidget) -> None:
        super().__init__(bar)
        self._bar = bar
        self._before: QWidget | None = None
        """What had the focus before a button of the bar."""
        QApplication.instance().focusChanged.connect(self._note)  # type: ignore[union-attr]
        bar.installEventFilter(self)

    def give_back(self) -> None:
        """Give the focus back, if the bar has it."""
        before, now = self._before, QApplication.focusWidget()
        is_here = now is not None and self._bar.isAncestorOf(now)
        if is_here and before is not None and isValid(before) and before.isVisible():
            before.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give the focus back before the bar is hidden."""
        if event.type() == QEvent.Type.Hide:
            self.give_back()
        return super().eventFilter(watched, event)

    def _note(self, before: QWidget | None, now: QWidget | None) -> None:
        if before is None or now is None or not isValid(self._bar):
            return
        if self._bar.isAncestorOf(now) and not self._bar.isAncestorOf(before):
            self._before = before
