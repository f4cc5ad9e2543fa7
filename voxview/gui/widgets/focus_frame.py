"""Frame around what has the keyboard's focus, for widgets that Qt's style draws: there it is hardly seen."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from voxview.gui import theme

_THICK = 2


def paint_focus(widget: QWidget) -> None:
    """Paint the frame if the widget has the focus: called at the end of its `paintEvent`."""
    if not widget.hasFocus():
        return
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.palette().accent), _THICK))
    edge = _THICK / 2
    painter.drawRoundedRect(QRectF(widget.rect()).adjusted(edge, edge, -edge, -edge), 3, 3)
