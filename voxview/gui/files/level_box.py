"""The level of a field: a histogram of its values, in which a line is dragged to where it is cut."""

from __future__ import annotations

import math

from PySide6.QtCore import QLocale, QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from voxview.gui import theme
from voxview.gui.widgets.buttons import never_default
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.focus_frame import paint_focus
from voxview.gui.widgets.number_boxes import DecimalBox
from voxview.gui.widgets.painted_text import paint_text
from voxview.shapes.io.arrays import Level
from voxview.shapes.io.field_summary import FieldSummary

_HEIGHT = 84
_STEPS = 100
"""Presses of an arrow key from one end to the other."""
_KEYS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_PageDown: -10,
    Qt.Key.Key_PageUp: 10,
    Qt.Key.Key_Home: -_STEPS,
    Qt.Key.Key_End: _STEPS,
}


class Histogram(QWidget):
    """Widget with a bar for each part of the span, those that are occupied in colour, and a line to drag."""

    moved = Signal(float)
    """The level that was dragged to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._summary: FieldSummary | None = None
        self._level = Level()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setToolTip("Drag the level, or move it with the arrow keys: bars in colour are occupied")
        self.setAccessibleName("Level of the field, over a histogram of its values")

    def show_field(self, summary: FieldSummary) -> None:
        """Show the values of a field."""
        self._summary = summary
        self.update()

    def show_level(self, level: Level) -> None:
        """Show where it is cut."""
        self._level = level
        side = "below" if level.is_below else "above"
        self.setAccessibleDescription(f"occupied {side} {level.value:.4g}")
        self.update()

    def sizeHint(self) -> QSize:
        """Return Qt's size hint."""
        return QSize(320, _HEIGHT)

    # ---- mouse and keys -------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the level here."""
        self._move_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the level."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move_to(event.position().x())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the level by a hundredth of the span, a tenth, or to an end."""
        steps = _KEYS.get(Qt.Key(event.key()))
        if steps is None or self._summary is None:
            super().keyPressEvent(event)
        else:
            self._emit(self._level.value + steps * (self._summary.high - self._summary.low) / _STEPS)

    def _move_to(self, x: float) -> None:
        if self._summary is not None:
            bars = self._bars()
            share = (x - bars.left()) / bars.width()
            self._emit(self._summary.low + share * (self._summary.high - self._summary.low))

    def _emit(self, value: float) -> None:
        assert self._summary is not None
        self.moved.emit(min(max(self._summary.low, value), self._summary.high))

    # ---- painting -------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars, the level and the ends of the span."""
        summary = self._summary
        if summary is None:
            return
        palette, painter = theme.palette(), QPainter(self)
        bars = self._bars()
        painter.fillRect(bars, QColor(palette.scene))
        accent, quiet = QColor(palette.accent), QColor(palette.quiet)
        # By the logarithm: of most fields nine values in ten are one and the same.
        most = math.log1p(max(summary.counts))
        width = bars.width() / len(summary.counts)
        span = summary.high - summary.low
        for place, count in enumerate(summary.counts):
            height = bars.height() * math.log1p(count) / most
            bar = QRectF(bars.left() + place * width, bars.bottom() - height, max(1.0, width - 0.5), height)
            middle = summary.low + (place + 0.5) / len(summary.counts) * span
            is_in = middle < self._level.value if self._level.is_below else middle > self._level.value
            painter.fillRect(bar, accent if is_in else quiet)
        at = bars.left() + bars.width() * (self._level.value - summary.low) / span
        at = min(max(bars.left(), at), bars.right())
        painter.setPen(QPen(QColor(palette.text), 2))
        painter.drawLine(QPointF(at, 0), QPointF(at, bars.bottom()))
        painter.setFont(theme.small_font(self))
        painter.setPen(quiet)
        below = QRectF(bars.left(), bars.bottom(), bars.width(), self.height() - bars.bottom())
        ends = ((Qt.AlignmentFlag.AlignLeft, summary.low), (Qt.AlignmentFlag.AlignRight, summary.high))
        for flag, value in ends:
            paint_text(painter, below, flag | Qt.AlignmentFlag.AlignBottom, QLocale().toString(value, "g", 4))
        if self.hasFocus():
            paint_focus(self)

    def _bars(self) -> QRectF:
        line = self.fontMetrics().lineSpacing()
        return QRectF(2, 2, max(1, self.width() - 4), max(1, self.height() - line - 4))


class LevelBox(QWidget):
    """Widget with the histogram, the side that is occupied, and the level as a number."""

    changed = Signal(object)
    """Another `Level`."""

    def __init__(self, summary: FieldSummary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._summary = summary
        self.level = summary.level
        self.histogram = Histogram()
        self.histogram.show_field(summary)
        self.side = Chooser()
        self.side.setAccessibleName("Which side of the level is occupied")
        self.side.setToolTip("Which side of the level is occupied")
        for text, is_below in (("above", False), ("below", True)):
            self.side.addItem(text, is_below)
        self.value = DecimalBox()
        self.value.setAccessibleName("Level")
        self.value.setToolTip("The value at which the surface is")
        span = summary.high - summary.low
        self.value.setDecimals(min(8, max(2, 3 - math.floor(math.log10(span)))))
        self.value.setRange(min(summary.low, summary.level.value), max(summary.high, summary.level.value))
        self.value.setSingleStep(span / _STEPS)
        self.reset = QPushButton("As suggested")
        self.reset.setToolTip("The level and the side that the values suggest")
        never_default(self.reset)  # Enter imports
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addWidget(QLabel("Occupied"))
        row.addWidget(self.side)
        row.addWidget(self.value, 1)
        row.addWidget(self.reset)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(self.histogram)
        column.addLayout(row)
        self.histogram.moved.connect(self.value.setValue)
        self.value.valueChanged.connect(lambda _: self._take())
        self.side.currentIndexChanged.connect(lambda _: self._take())
        self.reset.clicked.connect(lambda: self._show(summary.level, is_change=True))
        self._show(summary.level, is_change=False)

    def _take(self) -> None:
        self._show(Level(self.value.value(), bool(self.side.currentData())), is_change=True)

    def _show(self, level: Level, *, is_change: bool) -> None:
        with QSignalBlocker(self.value), QSignalBlocker(self.side):
            self.value.setValue(level.value)
            self.side.setCurrentIndex(self.side.findData(level.is_below))
        self.level = level
        self.histogram.show_level(level)
        self.reset.setEnabled(level != self._summary.level)
        if is_change:
            self.changed.emit(level)
