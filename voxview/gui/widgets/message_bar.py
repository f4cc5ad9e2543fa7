"""Bar above the view that shows one notification."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from voxview.gui import theme
from voxview.gui.widgets.give_back import GiveBack

_NOTE_STAYS_MS = 9000
"""A note leaves by itself; an error stays until it is dismissed or something else comes."""


class MessageBar(QWidget):
    """Widget with a coloured edge, the text and a button to dismiss it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = QLabel(wordWrap=True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._dismiss = QToolButton(autoRaise=True)
        self._dismiss.setToolTip("Dismiss")
        self._dismiss.setAccessibleName("Dismiss the message")
        self._dismiss.clicked.connect(self.clear)
        self._act: Callable[[], None] | None = None
        self._offer = QPushButton()
        self._offer.clicked.connect(self._take_offer)
        self._offer.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * theme.GAP, theme.GAP // 2, theme.GAP, theme.GAP // 2)
        row.addWidget(self._text)
        row.addWidget(self._offer, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._dismiss, 0, Qt.AlignmentFlag.AlignTop)
        self._leave = QTimer(self, singleShot=True, interval=_NOTE_STAYS_MS)
        self._leave.timeout.connect(self.clear)
        self._is_error = False
        self._focus = GiveBack(self)
        self.hide()
        self.apply_theme()

    @property
    def tab_order(self) -> Sequence[QWidget]:
        """The buttons."""
        return (self._offer, self._dismiss)

    @property
    def text(self) -> str:
        """What is being said; empty if nothing is."""
        return self._text.text() if not self.isHidden() else ""

    def error(self, text: str) -> None:
        """Show that something did not work: what, and what to do."""
        self._say(text, is_error=True)
        self._leave.stop()

    def note(self, text: str) -> None:
        """Show something worth knowing, for a while."""
        self._say(text, is_error=False)
        self._leave.start()

    def offer(self, text: str, button: str, act: Callable[[], None]) -> None:
        """Show something that the button does; it stays until it is dismissed or something else comes."""
        self._say(text, is_error=False)
        self._leave.stop()
        self._act = act
        self._offer.setText(button)
        self._offer.show()

    def clear(self) -> None:
        """Say nothing."""
        self._drop_offer()
        self._leave.stop()
        self._text.clear()
        self.hide()

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self._dismiss.setIcon(theme.icon("cancel"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a raised band with an edge in the colour of an error or a note."""
        palette = theme.palette()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(palette.raised))
        painter.fillRect(0, 0, 4, self.height(), QColor(palette.bad if self._is_error else palette.accent))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(palette.line))

    def _say(self, text: str, *, is_error: bool) -> None:
        self._drop_offer()
        self._is_error = is_error
        sentence = text[:1].upper() + text[1:]
        self._text.setText(sentence)
        self.setAccessibleName(("Error: " if is_error else "Note: ") + sentence)
        self.show()
        self.update()

    def _take_offer(self) -> None:
        act = self._act
        self.clear()
        if act is not None:
            act()

    def _drop_offer(self) -> None:
        self._act = None
        self._offer.hide()
