"""Label whose height does not change to and fro with its text."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel


class SteadyLabel(QLabel):
    """Wrapped label that keeps the height of the longest text so far, so that nothing below it jumps."""

    def show_text(self, text: str) -> None:
        """Show another text."""
        if text != self.text():
            self.setText(text)
            self._grow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Begin anew at another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.setMinimumHeight(0)
            self._grow()

    def _grow(self) -> None:
        height = self.heightForWidth(self.width())
        if height > self.minimumHeight():
            self.setMinimumHeight(height)
