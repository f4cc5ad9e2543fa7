"""Colour bar of the heat map."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from voxview.gui import theme
from voxview.gui.all_pairs.heat_colours import colours
from voxview.gui.widgets.painted_text import paint_text

_BAR = 10
_LEFT = 26
"""Pixels, where the map's cells begin, too."""
_UNKNOWN = 96
"""Pixels for the hatching and its word."""


class HeatLegend(QWidget):
    """Widget with the colours, five numbers below them, and the hatching of what is not known yet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high = 0.0, 1.0
        self._bar = colours(np.linspace(0, 1, 256, dtype=np.float32)[None], 0, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(theme.small_font(self))

    def show_span(self, low: float, high: float) -> None:
        """Show what the ends of the colours are."""
        self._low, self._high = low, high
        self.setAccessibleName(f"Colours from {low:.2f} to {high:.2f}")
        self.update()

    def sizeHint(self) -> QSize:
        """Return Qt's size hint: a slim bar and a line."""
        return QSize(300, _BAR + 20)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest useful size: room for three numbers."""
        return QSize(200, _BAR + 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar, the numbers and the hatching."""
        palette = theme.palette()
        painter = QPainter(self)
        bar = QRect(_LEFT, 0, self.width() - _UNKNOWN - _LEFT - 30, _BAR)
        painter.drawImage(bar, self._bar)
        painter.setPen(QColor(palette.quiet))
        for quarter in range(5):
            x = bar.left() + round(quarter / 4 * bar.width())
            number = self._low + quarter / 4 * (self._high - self._low)
            room = QRect(x - 24, _BAR + 2, 48, 16)
            paint_text(painter, room, Qt.AlignmentFlag.AlignCenter, f"{number:.2f}")
        patch = QRect(self.width() - _UNKNOWN, 0, 16, _BAR)
        painter.fillRect(patch, QColor(palette.base))
        painter.fillRect(patch, QBrush(QColor(palette.quiet), Qt.BrushStyle.BDiagPattern))
        painter.setPen(QPen(QColor(palette.line), 1))
        painter.drawRect(patch)
        painter.setPen(QColor(palette.quiet))
        words = QRect(patch.right() + 6, -3, _UNKNOWN - 22, 16)
        paint_text(painter, words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, "not known")
