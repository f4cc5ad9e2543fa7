"""Heat map of a matrix of scores: a row for each chair as A, a column for each as B."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from voxview.gui import theme
from voxview.gui.all_pairs.heat_colours import colours
from voxview.gui.widgets.letters import paint_letter
from voxview.gui.widgets.painted_text import paint_text

Cell = tuple[int, int]

_MARGIN = 26
"""Left and above, for the letters and the chairs' numbers."""
_FILLED = 0.95
_KEYS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class HeatMap(QWidget):
    """Widget with square cells that can be pointed at and chosen, with the mouse or the keyboard."""

    pointed = Signal(object)
    """The `Cell` under the mouse or the keyboard's cursor, or None."""
    chosen = Signal(object)
    """The `Cell` that was clicked, or at which Enter was pressed; never one of the diagonal."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: NDArray[np.float32] = np.empty((0, 0), np.float32)
        self._image = colours(np.zeros((1, 1), np.float32), 0, 1)
        self._at: Cell | None = None
        self._chairs: tuple[int | None, int | None] = (None, None)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Heat map of all pairs")

    # ---- what is shown --------------------------------------------------------------------------

    def show_values(self, values: NDArray[np.float32], low: float, high: float) -> None:
        """Show `(n, n)` scores; `low` and `high` are the ends of the colours, NaN is not known yet."""
        if values.shape != self._values.shape:
            self._at = None
        self._values = values
        self._image = colours(values, low, high)
        self.update()

    def show_pair(self, a: int | None, b: int | None) -> None:
        """Mark A's row and B's column, and outline their cell; None for one that is not in this set.

        Another pair is what one looks at from now on: a cell that was pointed at before is forgotten.
        """
        if (a, b) != self._chairs:
            self._chairs = (a, b)
            self.update()
            if self._at != self.pair:
                self._point(None)

    @property
    def at(self) -> Cell | None:
        """The cell under the mouse or the keyboard's cursor."""
        return self._at

    @property
    def pair(self) -> Cell | None:
        """The cell that is outlined: the selected pair's; None where A or B is not in the set."""
        a, b = self._chairs
        return None if a is None or b is None else (a, b)

    @property
    def marked(self) -> tuple[int | None, int | None]:
        """The row that is marked as A's and the column that is marked as B's; None where none is."""
        return self._chairs

    def cell_rect(self, cell: Cell) -> QRectF:
        """Return the rectangle of a cell, in pixels."""
        square, count = self._square(), max(1, len(self._values))
        side = square.width() / count
        return QRectF(square.left() + cell[1] * side, square.top() + cell[0] * side, side, side)

    def sizeHint(self) -> QSize:
        """Return Qt's size hint: as wide as the panel, and as high."""
        return QSize(360, 360)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest useful size: smaller cells cannot be hit."""
        return QSize(200, 200)

    def hasHeightForWidth(self) -> bool:
        """Return that the height depends on the width: it is square."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height for a width: it is square."""
        return width

    # ---- mouse and keys -------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Highlight the cell under the mouse."""
        self._point(self._cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Highlight no cell."""
        self._point(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell."""
        cell = self._cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self._point(cell)
            self._choose(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move from cell to cell with the arrows; choose the cell's pair with Enter."""
        if not len(self._values):
            super().keyPressEvent(event)
        elif event.key() in _KEYS:
            start, last = self._at or self.pair or (0, 0), len(self._values) - 1
            down, right = _KEYS[Qt.Key(event.key())]
            self._point((min(max(start[0] + down, 0), last), min(max(start[1] + right, 0), last)))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            cell = self._at or self.pair or (0, 0)
            self._point(cell)
            self._choose(cell)
        else:
            super().keyPressEvent(event)

    def _point(self, cell: Cell | None) -> None:
        if cell != self._at:
            self._at = cell
            self.update()
            self.pointed.emit(cell)

    def _choose(self, cell: Cell) -> None:
        """Go there; a chair with itself is no pair."""
        if cell[0] != cell[1]:
            self.chosen.emit(cell)

    def _cell_at(self, position: QPointF) -> Cell | None:
        square, count = self._square(), len(self._values)
        if not count or not QRectF(square).contains(position):
            return None
        side = square.width() / count
        column, row = (position.x() - square.left()) // side, (position.y() - square.top()) // side
        return min(int(row), count - 1), min(int(column), count - 1)

    # ---- painting -------------------------------------------------------------------------------

    def _square(self) -> QRect:
        """Return the square of all cells, of whole pixels where that does not cost much of the room."""
        room = max(
            1, min(self.width() - _MARGIN // 2, self.height()) - _MARGIN - 3
        )  # half of the last number
        count = max(1, len(self._values))
        whole = room // count * count
        side = whole if whole >= _FILLED * room else room
        return QRect(_MARGIN, _MARGIN, side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cells, the diagonal, the letters and what is outlined."""
        if not len(self._values):
            return
        palette, square = theme.palette(), self._square()
        painter = QPainter(self)
        painter.fillRect(square, QColor(palette.base))
        if np.isnan(self._values).any():
            painter.fillRect(square, QBrush(QColor(palette.quiet), Qt.BrushStyle.BDiagPattern))
        painter.drawImage(square, self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_diagonal(painter, palette)
        self._paint_axes(painter, square, palette)
        if self.pair is not None:
            _outline(painter, self.cell_rect(self.pair), 3.0)
        if self._at is not None:
            _outline(painter, self.cell_rect(self._at), 1.5)
            self._paint_marks(painter, square, palette)
        if self.hasFocus():
            painter.setPen(QPen(QColor(palette.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(square).adjusted(-1.5, -1.5, 1.5, 1.5))

    def _paint_diagonal(self, painter: QPainter, palette: theme.Palette) -> None:
        """Paint the diagonal empty: a chair with itself is no pair."""
        painter.setPen(QPen(QColor(palette.quiet), 1))
        for place in range(len(self._values)):
            cell = self.cell_rect((place, place))
            painter.fillRect(cell, QColor(palette.raised))
            painter.drawLine(cell.topLeft(), cell.bottomRight())

    def _paint_axes(self, painter: QPainter, square: QRect, palette: theme.Palette) -> None:
        """Paint the letters of A and B if they are in the set, and as many of the chairs' numbers as fit."""
        painter.setFont(theme.small_font(self))
        painter.setPen(QColor(palette.quiet))
        count, side = len(self._values), square.width() / len(self._values)
        every = next((step for step in (1, 2, 5, 10, 20, 50) if step * side >= 24), 100)
        a, b = (None if place is None else (place + 0.5) * side for place in self._chairs)
        for number in (1, *range(max(every, 2), count + 1, every)):
            middle = (number - 0.5) * side
            if 1 < number < 1 + 22 / side:
                continue  # it would touch the first
            above = QRectF(square.left() + middle - 14, 0, 28, _MARGIN - 4)
            left = QRectF(0, square.top() + middle - 8, square.left() - 5, 16)
            if b is None or abs(middle - b) > 20:
                bottom = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
                paint_text(painter, above, bottom, str(number))
            if a is None or abs(middle - a) > 16:
                right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                paint_text(painter, left, right, str(number))
        if a is not None:
            _letter(painter, "A", QPointF(square.left() - 13, square.top() + a), theme.AMBER)
        if b is not None:
            _letter(painter, "B", QPointF(square.left() + b, square.top() - 13), theme.BLUE)

    def _paint_marks(self, painter: QPainter, square: QRect, palette: theme.Palette) -> None:
        """Paint which row and which column is pointed at: they are A's and B's only after a click."""
        assert self._at is not None
        cell, mark = self.cell_rect(self._at), QColor(palette.text)
        painter.fillRect(QRectF(square.left() - 4, cell.top(), 3, max(2.0, cell.height())), mark)
        painter.fillRect(QRectF(cell.left(), square.top() - 4, max(2.0, cell.width()), 3), mark)


def _outline(painter: QPainter, cell: QRectF, width: float) -> None:
    """Draw black around white: one of them is seen on any colour."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    around = cell.adjusted(-1, -1, 1, 1)
    for colour, thickness in (("#000000", width + 1.5), ("#FFFFFF", width - 0.5)):
        pen = QPen(QColor(colour), thickness)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(around)


def _letter(painter: QPainter, letter: str, centre: QPointF, colour: QColor) -> None:
    paint_letter(painter, QRectF(centre.x() - 8, centre.y() - 8, 16, 16), letter, colour=colour)
