"""One line to the person: an error, which says what to do, or a note."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from voxview.printable import printable_lines


class Notifications(QObject):
    """Passes lines on to whatever shows them, with the names in them made printable."""

    error_raised = Signal(str)
    noted = Signal(str)
    offered = Signal(str, str, object)
    """A line, the text of a button, and what the button calls."""
    cleared = Signal()

    def error(self, text: str) -> None:
        """Report that something did not work: what, and what to do. It stays until something else comes."""
        self.error_raised.emit(printable_lines(text))

    def note(self, text: str) -> None:
        """Report something worth knowing, for a while."""
        self.noted.emit(printable_lines(text))

    def offer(self, text: str, button: str, act: Callable[[], None]) -> None:
        """Report something that can be done with one click; it stays until something else comes."""
        self.offered.emit(printable_lines(text), button, act)

    def clear(self) -> None:
        """Take back the line that is shown: it was of something that is over."""
        self.cleared.emit()
