"""Colours of probabilities, and their legend. Free of NumPy."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from voxview.conventions import LEVEL
from voxview.gui import theme
from voxview.gui.widgets.painted_text import line_height, paint_text

RAMP = ((0, 34, 78), (66, 78, 108), (124, 123, 120), (187, 173, 109), (254, 232, 56))
"""Colours from 0 to 1, sRGB: those of cividis, which people with colour vision deficiencies tell apart
(Nuñez, Anderton and Renslow 2018, doi:10.1371/journal.pone.0199239)."""
_WIDTH, _BAR = 132, 8
_TICKS = 3


class ProbabilityLegend(QWidget):
    """Bar of the colours from 0 to 1, with the surface's level marked as in the slice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(theme.small_font(self))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Colours of the probability that a voxel is occupied, from 0 to 1")
        self.setToolTip("Probability that a voxel is occupied; the line is where it crosses 0.5: the surface")

    def sizeHint(self) -> QSize:
        """Return Qt's size hint: the bar, and its figures below it."""
        return QSize(_WIDTH, _BAR + _TICKS + line_height(self.font()) + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar, the mark and the figures."""
        painter = QPainter(self)
        edge = self.fontMetrics().horizontalAdvance("0") / 2 + 1
        bar = QRectF(edge, 1, self.width() - 2 * edge, _BAR)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        for at, colour in enumerate(RAMP):
            gradient.setColorAt(at / (len(RAMP) - 1), QColor(*colour))
        painter.fillRect(bar, gradient)
        painter.setPen(QPen(QColor(theme.palette().quiet), 1))
        painter.drawRect(bar)
        middle = bar.left() + LEVEL * bar.width()
        painter.setPen(QPen(theme.LEVEL_LINE, 2))
        painter.drawLine(QPointF(middle, bar.top()), QPointF(middle, bar.bottom() + _TICKS))
        painter.setPen(QColor(theme.palette().text))
        for value in (0.0, LEVEL, 1.0):
            middle = bar.left() + value * bar.width()
            room = QRectF(middle - 20, bar.bottom() + _TICKS, 40, line_height(self.font()))
            paint_text(painter, room, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, f"{value:g}")
