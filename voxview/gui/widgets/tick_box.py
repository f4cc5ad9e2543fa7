"""Check box that shows the keyboard's focus, and whose square is seen in both themes."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QStyle, QStyleOptionButton

from voxview.gui import theme
from voxview.gui.widgets.focus_frame import paint_focus


class TickBox(QCheckBox):
    """Check box as Qt draws it, with an edge around its square: in a dark window the style has a dark one."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it, the edge, and the focus."""
        super().paintEvent(event)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        square = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.palette().quiet if self.isEnabled() else theme.palette().line), 1))
        painter.drawRoundedRect(QRectF(square).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
        painter.end()
        paint_focus(self)
