"""Style in which labels and tooltips show plain text: the one place that decides so for the whole window.

Qt guesses by a label's text whether it is HTML. Names come from files, and HTML can name other files, which
Qt then opens: pictures, pipes, devices. Fusion's drawing is untouched.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProxyStyle


class PlainTextStyle(QProxyStyle):
    """Fusion, in which no label guesses; one that is to show HTML says so by its `textFormat`.

    Qt polishes every widget once before it is measured or painted. Tooltips and the texts of message boxes
    are labels, too.
    """

    def __init__(self) -> None:
        super().__init__("Fusion")

    def polish(self, polished: Any) -> Any:
        """Make a label that would guess a plain one; anything else is left to Fusion."""
        if isinstance(polished, QLabel) and polished.textFormat() == Qt.TextFormat.AutoText:
            polished.setTextFormat(Qt.TextFormat.PlainText)
        return super().polish(polished)
