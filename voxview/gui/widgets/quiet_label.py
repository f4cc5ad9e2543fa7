"""Small label whose changes cost no more than painting it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from voxview.gui import theme
from voxview.gui.widgets.painted_text import fitting, line_height, paint_line


class QuietLabel(QWidget):
    """Right-aligned, elided label. A QLabel has the whole window laid out anew for each text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._is_broken = False
        self.setFont(theme.small_font(self))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """What it says, in one line."""
        return self._text.replace("\n", " ")

    @property
    def lines(self) -> list[str]:
        """What it says, in the lines that are shown."""
        return self._text.split("\n") if self._is_broken else [self.text]

    def set_text(self, text: str) -> None:
        """Show another text, with line breaks where it may be broken."""
        if text != self._text:
            self._text = text
            self.setToolTip(self.text)
            self.setAccessibleName(self.text)
            self.update()

    def set_broken(self, on: bool) -> None:
        """Show a text in two lines, where it has a break, or in one."""
        self._is_broken = on
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return Qt's size hint: one line or two, as wide as what is above it."""
        return QSize(0, (1 + self._is_broken) * line_height(self.font()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines."""
        painter = QPainter(self)
        painter.setPen(QColor(theme.palette().quiet))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        height = line_height(self.font())
        for place, line in enumerate(self.lines):
            room = QRect(0, place * height, self.width(), height) if self._is_broken else self.rect()
            paint_line(painter, room, right, fitting(line, ", ", self.font(), self.width()))
