"""Live chart of the milliseconds from a slider move to its picture."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from voxview.gui import theme
from voxview.gui.widgets.durations import milliseconds_text
from voxview.gui.widgets.painted_text import paint_text

MOVES = 120
TARGET_MS = 1000 / 45
"""What 45 pictures a second leave for each."""


class LatencyChart(QWidget):
    """Widget with the last 120 moves, the newest at the right, and the line of 45 pictures a second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: list[float] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("Milliseconds from a slider move to its picture on screen, for the last 120 moves")
        self.setAccessibleName("Slider to picture: no moves yet")

    def show_values(self, values: Sequence[float]) -> None:
        """Show other milliseconds, oldest first."""
        self._values = list(values)[-MOVES:]
        if self._values:
            self.setAccessibleName(f"Slider to picture: {milliseconds_text(self._values[-1])} milliseconds")
        self.update()

    def sizeHint(self) -> QSize:
        """Return Qt's size hint: a slim chart."""
        return QSize(240, 92)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw bars' outline, the target, and the scale."""
        palette = theme.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(palette.line), 1))
        painter.setBrush(QColor(palette.base))
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, 4, 4)
        plot = frame.adjusted(6, 8, -6, -6)
        top = _round_up(max([2 * TARGET_MS, *self._values]))
        self._paint_target(painter, plot, top, palette)
        if self._values:
            self._paint_values(painter, plot, top, palette)
        else:
            painter.setPen(QColor(palette.quiet))
            top_half = plot.adjusted(0, 0, 0, -plot.height() / 2)
            paint_text(painter, top_half, Qt.AlignmentFlag.AlignCenter, "Move the slider")

    def _paint_target(self, painter: QPainter, plot: QRectF, top: float, palette: theme.Palette) -> None:
        y = plot.bottom() - TARGET_MS / top * plot.height()
        painter.setPen(QPen(QColor(palette.quiet), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        painter.setFont(theme.small_font(self))
        above = QRectF(plot.left() + 2, plot.top(), plot.width(), y - 1 - plot.top())
        paint_text(painter, above, Qt.AlignmentFlag.AlignBottom, "45 pictures a second · 22 ms")
        room = QRectF(plot.left() + 2, plot.top() - 4, plot.width(), 14)  # the newest moves are at the right
        paint_text(painter, room, Qt.AlignmentFlag.AlignLeft, f"{top:,.0f} ms")

    def _paint_values(self, painter: QPainter, plot: QRectF, top: float, palette: theme.Palette) -> None:
        step = plot.width() / (MOVES - 1)
        first = plot.right() - step * (len(self._values) - 1)
        line = [
            QPointF(first + place * step, plot.bottom() - min(1.0, value / top) * plot.height())
            for place, value in enumerate(self._values)
        ]
        area = QPolygonF([QPointF(line[0].x(), plot.bottom()), *line, QPointF(line[-1].x(), plot.bottom())])
        fill = QColor(palette.accent)
        fill.setAlphaF(0.25)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPolygon(area)
        painter.setPen(QPen(QColor(palette.accent), 1.5))
        painter.drawPolyline(QPolygonF(line))


def _round_up(milliseconds: float) -> float:
    limits = (50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0)
    return next((limit for limit in limits if milliseconds <= limit), milliseconds)
