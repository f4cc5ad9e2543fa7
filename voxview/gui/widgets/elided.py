"""Labels that are elided to their width."""

from __future__ import annotations

import math
import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from voxview.gui.widgets.painted_text import line_height, paint_line

_DIGIT = re.compile(r"\d")


class Elided(QLabel):
    """Label that takes what width there is; all of its text is in the tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str) -> None:
        """Show another line."""
        self._whole = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut it anew."""
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width()))


class Shrinking(QLabel):
    """Label that is as wide as its line, and elided only where there is less room.

    A `QLabel` has its window laid out anew for each text, which costs more than painting it does. This one
    only where it needs other room, and digits are as wide as each other: of figures that change with every
    picture only more digits do.
    """

    def __init__(self, parent: QWidget | None = None, *, around: int = 0) -> None:
        """Leave pixels `around` the line at its left and right: a style sheet takes contents margins away."""
        super().__init__(parent)
        self._line, self._around = "", around

    def text(self) -> str:
        """Return the line."""
        return self._line

    def setText(self, text: str) -> None:
        """Show another line."""
        if text == self._line:
            return
        before, self._line = self.sizeHint(), text
        self.setAccessibleName(text)
        if self.sizeHint() != before:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return Qt's size hint: as wide as the line, whatever its digits are."""
        metrics, around = QFontMetricsF(self.font()), self.contentsMargins()
        lines = self._line, _DIGIT.sub("0", self._line)  # digits may not be as wide as each other
        wide = max(metrics.horizontalAdvance(line) for line in lines)
        return QSize(
            math.ceil(wide) + around.left() + around.right() + 2 * self._around,
            line_height(self.font()) + around.top() + around.bottom(),
        )

    def minimumSizeHint(self) -> QSize:
        """Return Qt's smallest useful size: of no width."""
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line, with an ellipsis where it is too long."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        room = self.contentsRect().adjusted(self._around, 0, -self._around, 0)
        paint_line(painter, room, self.alignment(), self._line)
