"""Curves of a run by its steps, as they grow: the loss, or the held-out IoU."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from voxview.counts import counted
from voxview.gui import theme
from voxview.gui.widgets.painted_text import paint_text
from voxview.training.child.log import Curve

_STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)
"""Of several curves: distinct without colour, too."""


class Curves(QWidget):
    """Chart of one measure; its newest values stand in its heading and in its accessible name."""

    def __init__(
        self, title: str, tip: str, *, is_share: bool = False, parent: QWidget | None = None
    ) -> None:
        """Take what is measured; a share goes from 0 to 1, anything else on a scale of powers of ten."""
        super().__init__(parent)
        self._title, self._is_share = title, is_share
        self._curves: dict[str, Curve] = {}
        self._steps = 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(90)
        self.setToolTip(tip)
        self.setAccessibleName(f"{title}: nothing yet")

    @property
    def heading(self) -> str:
        """What is measured, and the newest value of each curve."""
        digits = 3 if self._is_share else 2
        newest = [
            f"{name} {curve[-1][1]:.{digits}f}".strip() for name, curve in self._curves.items() if curve
        ]
        return f"{self._title}  {', '.join(newest)}".rstrip()

    def show_curves(self, curves: Mapping[str, Curve], steps: int) -> None:
        """Show curves by their names, of a run of so many steps."""
        if dict(curves) == self._curves and steps == self._steps:
            return
        self._curves, self._steps = dict(curves), max(1, steps)
        self.setAccessibleName(self.heading if any(curves.values()) else f"{self._title}: nothing yet")
        self.update()

    def sizeHint(self) -> QSize:
        """Return Qt's size hint."""
        return QSize(240, 150)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw frame, heading, scale and curves."""
        palette = theme.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(palette.line), 1))
        painter.setBrush(QColor(palette.base))
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, 4, 4)
        painter.setFont(theme.small_font(self))
        line = painter.fontMetrics().lineSpacing()
        painter.setPen(QColor(palette.text))
        paint_text(painter, frame.adjusted(8, 4, -8, 0), Qt.AlignmentFlag.AlignTop, self.heading)
        plot = frame.adjusted(8, line + 10, -8, -line - 6)
        values = [value for curve in self._curves.values() for _, value in curve]
        painter.setPen(QColor(palette.quiet))
        below = QRectF(plot.left(), plot.bottom() + 2, plot.width(), line)
        paint_text(painter, below, Qt.AlignmentFlag.AlignLeft, "0")
        paint_text(painter, below, Qt.AlignmentFlag.AlignRight, counted(self._steps, "step"))
        if not values:
            paint_text(painter, plot, Qt.AlignmentFlag.AlignCenter, "Nothing yet")
            return
        height, low, high = self._scale(values)
        self._paint_scale(painter, plot, (low, high), palette)
        for place, curve in enumerate(self._curves.values()):
            colour = palette.accent if place == 0 else palette.recorded
            painter.setPen(QPen(QColor(colour), 1.5, _STYLES[place % len(_STYLES)]))
            self._paint_curve(painter, plot, curve, height)

    # ---- inside ---------------------------------------------------------------------------------

    def _scale(self, values: list[float]) -> tuple[Callable[[float], float], float, float]:
        """Return how high a value stands, from 0 to 1, and the values at both ends."""
        if self._is_share:
            return (lambda value: min(1.0, max(0.0, value))), 0.0, 1.0
        positive = [value for value in values if value > 0] or [1.0]
        low, high = _lower(min(positive)), _upper(max(positive))
        span = math.log(high / low)
        return (lambda value: math.log(max(value, low) / low) / span), low, high

    def _paint_scale(
        self, painter: QPainter, plot: QRectF, ends: tuple[float, float], palette: theme.Palette
    ) -> None:
        painter.setPen(QPen(QColor(palette.line), 1))
        for y in (plot.top(), plot.bottom()):
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        painter.setPen(QColor(palette.quiet))
        room = plot.adjusted(2, 1, -2, -1)
        right = Qt.AlignmentFlag.AlignRight
        paint_text(painter, room, right | Qt.AlignmentFlag.AlignTop, f"{ends[1]:g}")
        paint_text(painter, room, right | Qt.AlignmentFlag.AlignBottom, f"{ends[0]:g}")

    def _paint_curve(
        self, painter: QPainter, plot: QRectF, curve: Curve, height: Callable[[float], float]
    ) -> None:
        points = [
            QPointF(
                plot.left() + min(1.0, step / self._steps) * plot.width(),
                plot.bottom() - height(value) * plot.height(),
            )
            for step, value in curve
        ]
        if len(points) == 1:
            painter.drawEllipse(points[0], 2, 2)
        painter.drawPolyline(QPolygonF(points))


def _lower(value: float) -> float:
    """Return the largest of 1, 2, 5, 10 … and their parts that is not above a value."""
    ten = 10.0 ** math.floor(math.log10(value))
    return max(ten * part for part in (1, 2, 5) if ten * part <= value * (1 + 1e-9))


def _upper(value: float) -> float:
    """Return the smallest of them that is above a value."""
    ten = 10.0 ** math.floor(math.log10(value))
    return min(ten * part for part in (1, 2, 5, 10) if ten * part > value)
