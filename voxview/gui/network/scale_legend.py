"""The colours of numbers about zero, with the numbers at their ends."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from voxview.gui import theme
from voxview.gui.network.colours import ON_DARK, ON_LIGHT
from voxview.gui.widgets.images import image_of
from voxview.gui.widgets.painted_text import line_height, paint_text

_BAR = 120
_HIGH = 9


class ScaleLegend(QWidget):
    """Widget with a bar of the scale: −most, 0, most."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most = 1.0
        self.setFont(theme.small_font(self))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_most(self, most: float) -> None:
        """Show another number at the ends."""
        self._most = most
        self.setAccessibleName(f"Colours from −{most:.3g} over 0 to {most:.3g}")
        self.update()

    def sizeHint(self) -> QSize:
        """Return Qt's size hint."""
        return QSize(_BAR + 110, line_height(self.font()) + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bar and its numbers."""
        painter, palette = QPainter(self), theme.palette()
        scale = ON_DARK if palette is theme.DARK else ON_LIGHT
        metrics = self.fontMetrics()
        low, high = f"−{self._most:.3g}", f"{self._most:.3g}"
        left = metrics.horizontalAdvance(low) + 6
        bar = QRectF(left, (self.height() - _HIGH) / 2, _BAR, _HIGH)
        painter.drawImage(bar, image_of(scale.of(np.linspace(-1, 1, _BAR, dtype=np.float32)[None], 1.0)))
        painter.setPen(QColor(palette.line))
        painter.drawRect(bar)
        painter.setPen(QColor(palette.quiet))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        paint_text(painter, QRectF(0, 0, left, self.height()), flags, low)
        paint_text(painter, QRectF(bar.right() + 6, 0, 60, self.height()), flags, high)
