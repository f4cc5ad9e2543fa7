"""Discs with a letter: A and B in their colours."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from voxview.gui import theme
from voxview.gui.widgets.painted_text import paint_text


def paint_letter(
    painter: QPainter, disc: QRectF, letter: str, *, colour: QColor | None = None, rim: QPen | None = None
) -> None:
    """Paint a letter on a disc, in the painter's font; without a colour in that of chair A or B."""
    painter.setPen(Qt.PenStyle.NoPen if rim is None else rim)
    painter.setBrush(theme.LETTER_COLOURS[letter] if colour is None else colour)
    painter.drawEllipse(disc)
    painter.setPen(theme.INK)
    paint_text(painter, disc, Qt.AlignmentFlag.AlignCenter, letter)
