"""One line to the person, an error or a note; and what was said before."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from voxview.printable import printable_lines

MOST_SAID = 2000
"""Lines that are kept; more than anyone reads, and memory stays flat."""

ERROR, NOTE, WARNING = "Error", "Note", "Warning"


class Said(NamedTuple):
    """A line of the log."""

    seconds: float
    """When it was said, since 1970."""
    kind: str
    text: str

    def line(self) -> str:
        """Return it as a line, or as several where it has several."""
        when = time.strftime("%H:%M:%S", time.localtime(self.seconds))
        return f"{when}  {self.kind:7}  {self.text[:1].upper()}{self.text[1:]}"


class Notifications(QObject):
    """Passes lines on to whatever shows them, with the names in them made printable, and keeps them."""

    error_raised = Signal(str)
    noted = Signal(str)
    offered = Signal(str, str, object)
    """A line, the text of a button, and what the button calls."""
    cleared = Signal()
    recorded = Signal(object)
    """The `Said` that was kept last."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.said: deque[Said] = deque(maxlen=MOST_SAID)
        """Everything that was said in this window, oldest first."""

    def error(self, text: str) -> None:
        """Report that something did not work: what, and what to do. It stays until something else comes."""
        self.error_raised.emit(self.record(ERROR, text))

    def note(self, text: str) -> None:
        """Report something worth knowing, for a while."""
        self.noted.emit(self.record(NOTE, text))

    def offer(self, text: str, button: str, act: Callable[[], None]) -> None:
        """Report something that can be done with one click; it stays until something else comes."""
        self.offered.emit(self.record(NOTE, text), button, act)

    def clear(self) -> None:
        """Take back the line that is shown: it was of something that is over."""
        self.cleared.emit()

    def record(self, kind: str, text: str) -> str:
        """Keep a line without showing it; return it with the names in it made printable."""
        text = printable_lines(text)
        said = Said(time.time(), kind, text)
        self.said.append(said)
        self.recorded.emit(said)
        return text
