"""Painting of the map: points, pair, the place that is pointed at, the bubble beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from voxview.gui import theme
from voxview.gui.context.thumbnails import SIDE
from voxview.gui.map.frame import MapFrame
from voxview.gui.widgets.letters import paint_letter
from voxview.gui.widgets.painted_text import line_height, paint_line
from voxview.latent.map.projection import Points

_MANY = 1500
"""Chairs from which on their points are smaller."""
_BUBBLE = 208
"""Pixels: a thumbnail and the start of a name."""


@dataclass(frozen=True)
class Bubble:
    """Contents of the bubble beside the place that is pointed at."""

    title: str
    below: str
    thumbnail: QPixmap | None


def paint_cloud(
    frame: MapFrame, points: Points, found: NDArray[np.bool_] | None, pixel_ratio: float
) -> QPixmap:
    """Return a picture of all points: 6,000 take milliseconds, and are drawn again only when they move.

    `found` `(n,)` are those to highlight; None: all alike. `pixel_ratio`: screen pixels in one of Qt's.
    """
    palette = theme.palette()
    cloud = QPixmap(QSize(frame.width, frame.height) * pixel_ratio)
    cloud.setDevicePixelRatio(pixel_ratio)
    cloud.fill(QColor(palette.base))
    painter = QPainter(cloud)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pixels = frame.pixels(points)
    seen = ((pixels > -6) & (pixels < (frame.width + 6, frame.height + 6))).all(axis=1)
    closeness = (frame.scale / frame.whole) ** 0.3
    size = min(7.0, (3.0 if len(points) > _MANY else 4.5) * closeness)
    quiet = QColor(palette.quiet)
    if found is None:
        quiet.setAlphaF(0.75)
        _paint_points(painter, pixels[seen], quiet, size)
    else:
        quiet.setAlphaF(0.25)
        _paint_points(painter, pixels[seen & ~found], quiet, size)
        _paint_points(painter, pixels[seen & found], QColor(palette.accent), size + 2)
    painter.end()
    return cloud


def paint_pair(painter: QPainter, a: QPointF | None, b: QPointF | None, t: float | None) -> None:
    """Paint A and B where they are on the map, and the blend between them if one is shown."""
    palette = theme.palette()
    if a is not None and b is not None:
        painter.setPen(QPen(QColor(palette.text), 1.2, Qt.PenStyle.DashLine))
        painter.drawLine(a, b)
    if a is not None and b is not None and t is not None:
        painter.setPen(QPen(QColor(palette.base), 1.5))
        painter.setBrush(theme.blend_colour(t))
        painter.drawEllipse(a + (b - a) * t, 6, 6)
    for letter, at in (("A", a), ("B", b)):
        if at is not None:
            rim = QPen(QColor(palette.base), 1.5)
            paint_letter(painter, QRectF(at.x() - 8.5, at.y() - 8.5, 17, 17), letter, rim=rim)


def paint_spot(painter: QPainter, at: QPointF, is_chair: bool, parts: Sequence[QPointF]) -> None:
    """Paint the place that is pointed at, with lines to the chairs that make the blend there."""
    palette = theme.palette()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(palette.text), 2))
    if is_chair:
        painter.drawEllipse(at, 7, 7)
    for part in parts:
        painter.setPen(QPen(QColor(palette.text), 1.2))
        painter.drawLine(at, part)
        painter.drawEllipse(part, 5, 5)


def paint_bubble(painter: QPainter, widget: QWidget, at: QPointF, bubble: Bubble) -> None:
    """Paint the bubble beside a place, within the widget."""
    palette, thumbnail = theme.palette(), bubble.thumbnail
    above = line_height(widget.font())
    wide, high = _BUBBLE, SIDE + 8 if thumbnail is not None else 2 * above + 10
    left = at.x() + 14 if at.x() + 14 + wide < widget.width() else at.x() - 14 - wide
    top = min(max(2.0, at.y() - high / 2), widget.height() - high - 2.0)
    box = QRectF(min(max(2.0, left), widget.width() - wide - 2.0), top, wide, high)
    painter.setPen(QPen(QColor(palette.line), 1))
    painter.setBrush(QColor(palette.raised))
    painter.drawRoundedRect(box, 4, 4)
    words = box.adjusted(8, 4, -8, -4)
    if thumbnail is not None:
        if not thumbnail.isNull():
            painter.drawPixmap(QRectF(box.left() + 4, box.top() + 4, SIDE, SIDE).toRect(), thumbnail)
        words.setLeft(box.left() + SIDE + 12)
    line = QRectF(words.left(), words.center().y() - above, words.width(), 0)
    for text, font, colour in (
        (bubble.title, widget.font(), palette.text),
        (bubble.below, theme.small_font(widget), palette.quiet),
    ):
        line.setHeight(line_height(font))
        painter.setFont(font)
        painter.setPen(QColor(colour))
        paint_line(painter, line, Qt.AlignmentFlag.AlignLeft, text)
        line.moveTop(line.bottom())


def _paint_points(painter: QPainter, pixels: Points, colour: QColor, size: float) -> None:
    painter.setPen(QPen(colour, size, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPoints(QPolygonF([QPointF(x, y) for x, y in pixels.tolist()]))
