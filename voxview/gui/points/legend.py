"""Legend of the points' colours."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from voxview.gui import theme
from voxview.gui.points.colours import FARTHEST, distance_colours
from voxview.gui.widgets.images import image_of
from voxview.gui.widgets.painted_text import line_height, paint_line

_BAR = 8
_TITLE = "Distance to the surface, in % of the longest side"
_SHORT = "Distance, % of the longest side"


class DistanceLegend(QWidget):
    """Widget with a title, the colours, and what their beginning, middle and end are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar = image_of(distance_colours(np.linspace(0, FARTHEST, 256))[None])
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(theme.small_font(self))
        self.setAccessibleName(f"{_TITLE}: from blue at 0 to orange at {100 * FARTHEST:g} and more")

    def sizeHint(self) -> QSize:
        """Return Qt's size hint: a line, a slim bar and a line."""
        return QSize(300, 2 * line_height(self.font()) + _BAR + 4)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest useful size: room for the short title."""
        return QSize(self.fontMetrics().horizontalAdvance(_SHORT) + 2, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the title, the bar and the numbers."""
        painter, high = QPainter(self), line_height(self.font())
        painter.setPen(QColor(theme.palette().quiet))
        fits = self.fontMetrics().horizontalAdvance(_TITLE) <= self.width()
        paint_line(painter, QRect(0, 0, self.width(), high), _LEFT, _TITLE if fits else _SHORT)
        painter.drawImage(QRect(0, high + 2, self.width(), _BAR), self._bar)
        below = QRect(0, high + _BAR + 4, self.width(), high)
        texts = ("0", f"{50 * FARTHEST:g}", f"{100 * FARTHEST:g} and more")
        for text, place in zip(texts, (_LEFT, Qt.AlignmentFlag.AlignHCenter, _RIGHT), strict=True):
            paint_line(painter, below, place, text)


_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
