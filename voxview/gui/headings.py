"""The names above the three chairs, each with its colour."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from voxview.gui import theme


class Heading(QWidget):
    """A coloured line, a title, and a quieter line below it, both cut to the width there is."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._below = ""
        self._colour = theme.AMBER
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def below(self) -> str:
        """The second line."""
        return self._below

    def say(self, title: str, below: str, colour: QColor) -> None:
        """Show other words."""
        if (title, below, colour) != (self._title, self._below, self._colour):
            self._title, self._below, self._colour = title, below, QColor(colour)
            self.setToolTip(below)
            self.setAccessibleName(f"{title}: {below}")
            self.update()

    def sizeHint(self) -> QSize:
        """Two lines and the colour."""
        lines = QFontMetrics(theme.strong_font(self)).height() + QFontMetrics(self.font()).height()
        return QSize(120, lines + 3 + 2 * theme.GAP)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines."""
        tone = theme.tones()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tone.scene))
        painter.fillRect(0, 0, self.width(), 3, self._colour)
        room = self.rect().adjusted(theme.GAP, 3 + theme.GAP, -theme.GAP, 0)
        for text, font, colour in (
            (self._title, theme.strong_font(self), tone.text),
            (self._below, self.font(), tone.quiet),
        ):
            metrics = QFontMetrics(font)
            painter.setFont(font)
            painter.setPen(QColor(colour))
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(
                QRect(room.left(), room.top(), room.width(), metrics.height()),
                Qt.AlignmentFlag.AlignHCenter,
                shown,
            )
            room.setTop(room.top() + metrics.height())


class Headings(QWidget):
    """Three headings, as wide as the three subplots below them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.a, self.blend, self.b = Heading("A"), Heading("Blend"), Heading("B")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for heading in (self.a, self.blend, self.b):
            row.addWidget(heading, 1)

    def show_names(self, a: str, b: str) -> None:
        """Name A and B."""
        self.a.say("A", a, theme.AMBER)
        self.b.say("B", b, theme.BLUE)

    def show_position(self, t: float) -> None:
        """Name the position of the blend."""
        self.blend.say("Blend", f"t = {t:.3f}".rstrip("0").ljust(8, "0"), theme.blend_colour(t))
