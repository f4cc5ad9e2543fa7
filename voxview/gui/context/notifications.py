"""One line to the person: an error, which says what to do, or a note."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Notifications(QObject):
    """Passes lines on to whatever shows them."""

    error_raised = Signal(str)
    noted = Signal(str)
    cleared = Signal()

    def error(self, text: str) -> None:
        """Report that something did not work: what, and what to do. It stays until something else comes."""
        self.error_raised.emit(text)

    def note(self, text: str) -> None:
        """Report something worth knowing, for a while."""
        self.noted.emit(text)

    def clear(self) -> None:
        """Take back the line that is shown: it was of something that is over."""
        self.cleared.emit()
