"""Painting a network's picture: in the window, into an SVG or a PNG."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from voxview.gui import theme
from voxview.gui.network.picture_layout import Block
from voxview.gui.widgets.painted_text import line_height, paint_text

KINDS = {
    "input": "input",
    "convolution": "convolution",
    "transposed": "transposed convolution",
    "connected": "fully connected",
    "other": "no weights",
}
"""What has a colour of its own, and what the legend calls it."""
LABEL_LINES = 2
"""Lines below the blocks for their sizes."""


def kind_colour(kind: str, palette: theme.Palette) -> QColor:
    """Return the colour of a block's front: those of a chair's letters and of what lies between."""
    return {
        "input": QColor(palette.text),
        "convolution": theme.BLUE,
        "transposed": theme.blend_colour(0.5),
        "connected": theme.AMBER,
    }.get(kind, QColor(palette.quiet))


def paint_blocks(
    painter: QPainter,
    shown: Sequence[Block],
    selected: int | None,
    palette: theme.Palette,
    room: QRectF,
) -> None:
    """Paint blocks in a `room`, and their sizes below it as far as there is room for each.

    `selected` is the row whose block is marked; its size is written in any case.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for block in shown:
        _paint_block(painter, block, block.row is not None and block.row == selected, palette)
    _paint_sizes(painter, shown, selected, palette, room)


def paint_legend(
    painter: QPainter, room: QRectF, kinds: Sequence[str], font: QFont, palette: theme.Palette
) -> None:
    """Paint which colour means what, on one line."""
    metrics, left = QFontMetricsF(font), room.left()
    painter.setFont(font)
    for kind in kinds:
        text = KINDS[kind]
        wide = 14 + metrics.horizontalAdvance(text)
        if left + wide > room.right():
            return
        square = QRectF(left, room.center().y() - 4, 9, 9)
        painter.fillRect(square, kind_colour(kind, palette))
        painter.setPen(QColor(palette.quiet))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        paint_text(painter, QRectF(left + 13, room.top(), wide, room.height()), flags, text)
        left += wide + 12


def _paint_block(painter: QPainter, block: Block, marked: bool, palette: theme.Palette) -> None:
    colour = kind_colour(block.kind, palette)
    edge = QColor(palette.text) if marked else QColor(palette.base)
    painter.setPen(QPen(edge, 1.6 if marked else 0.6))
    left, top, right, bottom = block.left, block.top, block.left + block.width, block.top + block.height
    aside = block.depth
    if aside > 0:
        painter.setBrush(colour.lighter(125))
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(left, top),
                    QPointF(left + aside, top - aside),
                    QPointF(right + aside, top - aside),
                    QPointF(right, top),
                ]
            )
        )
        painter.setBrush(colour.darker(118))
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(right, top),
                    QPointF(right + aside, top - aside),
                    QPointF(right + aside, bottom - aside),
                    QPointF(right, bottom),
                ]
            )
        )
    painter.setBrush(colour)
    painter.drawRect(QRectF(left, top, block.width, block.height))
    if marked:
        painter.setBrush(QColor(palette.accent))
        painter.setPen(Qt.PenStyle.NoPen)
        middle = left + block.width / 2
        tip = top - aside - 3
        painter.drawPolygon(
            QPolygonF([QPointF(middle - 5, tip - 8), QPointF(middle + 5, tip - 8), QPointF(middle, tip)])
        )


def _paint_sizes(
    painter: QPainter,
    shown: Sequence[Block],
    selected: int | None,
    palette: theme.Palette,
    inside: QRectF,
) -> None:
    """Write sizes where they change, on the first of two lines that has room."""
    metrics, step = QFontMetricsF(painter.font()), line_height(painter.font())
    taken: list[list[QRectF]] = [[] for _ in range(LABEL_LINES)]
    before = ""
    wanted = sorted(range(len(shown)), key=lambda i: (shown[i].row is None or shown[i].row != selected, i))
    texts: dict[int, str] = {}
    for number, block in enumerate(shown):
        if block.text != before or block.row == selected:
            texts[number] = block.text
        before = block.text
    for number in wanted:
        if number not in texts:
            continue
        block, wide = shown[number], metrics.horizontalAdvance(texts[number])
        left = min(max(inside.left(), block.left + block.width / 2 - wide / 2), inside.right() - wide)
        for line in range(LABEL_LINES):
            room = QRectF(left, inside.bottom() + line * step, wide, step)
            if all(not room.adjusted(-4, 0, 4, 0).intersects(other) for other in taken[line]):
                taken[line].append(room)
                marked = block.row is not None and block.row == selected
                painter.setPen(QColor(palette.accent if marked else palette.quiet))
                paint_text(painter, room, Qt.AlignmentFlag.AlignCenter, texts[number])
                break
