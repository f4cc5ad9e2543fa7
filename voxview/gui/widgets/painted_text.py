"""Text that a widget paints itself, whole at every scale of the screen."""

from __future__ import annotations

import math

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter


def line_height(font: QFont) -> int:
    """Return the pixels of a line, descenders included: where a screen is scaled they are no whole number."""
    return math.ceil(QFontMetricsF(font).height())


def paint_text(
    painter: QPainter, room: QRect | QRectF, flags: Qt.AlignmentFlag | Qt.TextFlag, text: str
) -> None:
    """Paint text in a room, in the painter's font and pen.

    Qt would cut what lies outside of the room, and with it the feet of letters where a line is a part of a
    pixel higher than the font says.
    """
    painter.drawText(QRectF(room), int(flags | Qt.TextFlag.TextDontClip), text)


def paint_line(painter: QPainter, room: QRect | QRectF, flags: Qt.AlignmentFlag, text: str) -> None:
    """Paint one line, with an ellipsis at its end where the room is too narrow."""
    shown = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, QRectF(room).width())
    paint_text(painter, room, flags, shown)


def fitting(text: str, separator: str, font: QFont, width: float) -> str:
    """Return as many of a text's parts as there is room for: a part that is cut could be another number."""
    parts, metrics = text.split(separator), QFontMetricsF(font)
    while len(parts) > 1 and metrics.horizontalAdvance(separator.join(parts)) > width:
        parts.pop()
    return separator.join(parts)
