"""Legend of the heat maps: the colours with their range, and what the marks mean."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from voxview.gui import theme
from voxview.gui.latent.colours import image_of
from voxview.gui.latent.texts import PARITY, number_text
from voxview.gui.widgets.painted_text import line_height, paint_text

_BAR = 10
_ENDS = np.linspace(-1, 1, 255, dtype=np.float32)[None]


class MapLegend(QWidget):
    """Widget with the colours from −span to span, and the ring of odd numbers where there are such."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._span, self._odd = 1.0, 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(theme.small_font(self))

    def show_span(self, span: float, odd: int) -> None:
        """Show what the ends of the colours are, and how many numbers are odd."""
        if (span, odd) != (self._span, self._odd):
            self._span, self._odd = span, odd
            self.setAccessibleName(
                f"Colours from {number_text(-span)}, purple, by 0 to {number_text(span)}, green"
            )
            self.setToolTip(f"{self.accessibleName()}\n{PARITY}" if odd else self.accessibleName())
            self.update()

    def sizeHint(self) -> QSize:
        """Return Qt's size hint: a slim bar and a line."""
        return QSize(300, _BAR + line_height(self.font()) + 2)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest useful size: room for three numbers."""
        return QSize(150, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar, its numbers, and the ring."""
        palette = theme.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        words = f"○ odd ({self._odd})" if self._odd else ""
        right = self.fontMetrics().horizontalAdvance(words) + 2 * theme.GAP if words else 0
        bar = QRect(3, 0, self.width() - 6 - right, _BAR)
        painter.drawImage(bar, image_of(_ENDS, 1.0))
        painter.setPen(QPen(QColor(palette.line), 1))
        painter.drawRect(QRectF(bar).adjusted(-0.5, -0.5, 0.5, 0.5))
        painter.setPen(QColor(palette.quiet))
        ends = (
            (Qt.AlignmentFlag.AlignLeft, number_text(-self._span)),
            (Qt.AlignmentFlag.AlignHCenter, "0"),
            (Qt.AlignmentFlag.AlignRight, number_text(self._span)),
        )
        below = QRect(bar.left(), _BAR + 1, bar.width(), line_height(self.font()))
        for side, text in ends:
            paint_text(painter, below, side, text)
        if words:
            room = QRect(bar.right() + 2 * theme.GAP - 4, 0, right, below.bottom() + 1)
            paint_text(painter, room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
