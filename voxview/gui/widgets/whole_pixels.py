"""Room for an OpenGL widget that begins and ends at whole pixels of the screen."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QMargins, QPoint
from PySide6.QtGui import QMoveEvent, QResizeEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

_FINEST = 8
"""Scales are eighths at the finest: eight of Qt's pixels are whole ones of the screen at each."""


class WholePixels(QWidget):
    """Widget with layers, one of which is seen, in its own background.

    Where the screen is scaled by 1.5, every other of Qt's pixels begins in the middle of one of the screen's.
    Qt rounds the size of an OpenGL widget up, VTK draws as many pixels as are whole: a black line remained.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.layers = QStackedLayout(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the layers on whole pixels."""
        super().resizeEvent(event)
        self._align()

    def moveEvent(self, event: QMoveEvent) -> None:
        """Keep the layers on whole pixels."""
        super().moveEvent(event)
        self._align()

    def event(self, event: QEvent) -> bool:
        """Align the layers anew on a screen with another scale."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._align()
        return super().event(event)

    def _align(self) -> None:
        corner: QPoint = QPoint(0, 0)
        widget: QWidget | None = self
        while widget is not None and not widget.isWindow():
            corner, widget = corner + widget.pos(), widget.parentWidget()
        edges = corner.x(), corner.y(), corner.x() + self.width(), corner.y() + self.height()
        margins = QMargins(*whole_margins(edges, self.devicePixelRatioF()))
        if margins != self.contentsMargins():
            self.setContentsMargins(margins)  # the widget's own: a QStackedLayout takes no notice of its
            self.layers.activate()


def whole_margins(edges: Sequence[int], scale: float) -> tuple[int, int, int, int]:
    """Return the margins (left, top, right, bottom) that bring edges onto whole pixels of the screen.

    `edges` are left, top, right and bottom in Qt's pixels, from the window's corner; `scale` is how many of
    the screen's are one of Qt's.
    """
    every = next((n for n in range(1, _FINEST) if math.isclose(n * scale, round(n * scale))), _FINEST)
    left, top, right, bottom = edges
    return -left % every, -top % every, right % every, bottom % every
