"""Painting of three heat maps of 8×8 numbers in a row, with the blocks of the study's kernel."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from voxview.conventions import LATENT_SHAPE, LATENT_SIZE
from voxview.gui import theme
from voxview.gui.latent.shown_latents import ShownLatents
from voxview.gui.widgets.painted_text import paint_line
from voxview.latent.places import BLOCK_SIDE

_SIDE = LATENT_SHAPE[0]
_GAP = 10
"""Between two maps."""
_EDGE = 3
"""Around them, for the focus and the cursor."""
_LARGEST_CELL = 28


class MapLayout:
    """Where the three squares are in a widget of a width, below a line of text."""

    def __init__(self, width: int, line: int) -> None:
        self.cell_side = max(1, min((width - 2 * _GAP - 2 * _EDGE) // (3 * _SIDE), _LARGEST_CELL))
        self._top = line + 4 + _EDGE
        self._left = _EDGE
        self.height = self._top + self.cell_side * _SIDE + _EDGE

    def square(self, place: int) -> QRect:
        """Return the square of A (0), of the middle (1) or of B (2)."""
        side = self.cell_side * _SIDE
        return QRect(self._left + place * (side + _GAP), self._top, side, side)

    def area(self, place: int) -> QRect:
        """Return all that is painted of a map: with its line, its edge and the cursor."""
        return self.square(place).adjusted(-_EDGE, -self._top, _EDGE, _EDGE)

    def heading(self, place: int) -> QRect:
        """Return the room of the line above a square."""
        square = self.square(place)
        return QRect(square.left(), 0, square.width(), self._top - _EDGE - 2)

    def cell(self, place: int, at: int) -> QRectF:
        """Return the rectangle of a number."""
        square, side = self.square(place), self.cell_side
        row, column = divmod(at, _SIDE)
        return QRectF(square.left() + column * side, square.top() + row * side, side, side)

    def hit(self, position: QPointF) -> tuple[int, int] | None:
        """Return the map and the number at a point."""
        for place in range(3):
            square = self.square(place)
            x, y = position.x() - square.left(), position.y() - square.top()
            if 0 <= x < square.width() and 0 <= y < square.height():
                return place, int(y // self.cell_side) * _SIDE + int(x // self.cell_side)
        return None


def paint_maps(
    painter: QPainter,
    layout: MapLayout,
    latents: ShownLatents,
    images: Sequence[QImage],
    places: Sequence[int],
) -> None:
    """Paint maps, their names, the 2×2 blocks, and marks on odd and on changed numbers."""
    palette = theme.palette()
    names = ("A", latents.title if latents.t is None else f"{latents.title}, t = {latents.t:g}", "B")
    for place in places:
        square, name, image = layout.square(place), names[place], images[place]
        painter.setPen(QColor(palette.text))
        paint_line(painter, layout.heading(place), Qt.AlignmentFlag.AlignHCenter, name)
        painter.drawImage(square, image)
        _paint_blocks(painter, layout, square, palette)
        for at in range(LATENT_SIZE - latents.odd, LATENT_SIZE):
            _paint_odd(painter, layout.cell(place, at), image, at)
    for at in latents.changed:
        _paint_changed(painter, layout.cell(1, at), palette)


def _paint_blocks(painter: QPainter, layout: MapLayout, square: QRect, palette: theme.Palette) -> None:
    """Paint the edges of the 2×2 blocks of 4×4 threads: twice, so that they are seen on any colour."""
    middle = BLOCK_SIDE * layout.cell_side
    x, y = square.left() + middle, square.top() + middle
    for colour, width in ((palette.window, 3), (palette.quiet, 1)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawLine(x, square.top(), x, square.bottom())
        painter.drawLine(square.left(), y, square.right(), y)
    painter.drawRect(square.adjusted(-1, -1, 0, 0))


def _paint_odd(painter: QPainter, cell: QRectF, image: QImage, at: int) -> None:
    """Paint a ring in an odd number's cell."""
    row, column = divmod(at, _SIDE)
    is_light = image.pixelColor(column, row).lightness() > 128
    painter.setPen(QPen(QColor("#000000" if is_light else "#FFFFFF"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(cell.center(), cell.width() / 5, cell.width() / 5)


def _paint_changed(painter: QPainter, cell: QRectF, palette: theme.Palette) -> None:
    """Paint the upper right corner of a number that was changed."""
    part = cell.width() / 2
    corner = QPolygonF(
        [cell.topRight(), cell.topRight() - QPointF(part, 0), cell.topRight() + QPointF(0, part)]
    )
    painter.setPen(QPen(QColor(palette.window), 1))
    painter.setBrush(QColor(palette.accent))
    painter.drawPolygon(corner)
