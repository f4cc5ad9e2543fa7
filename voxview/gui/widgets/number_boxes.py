"""Spin boxes that show the keyboard's focus."""

from __future__ import annotations

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox

from voxview.gui.widgets.focus_frame import paint_focus


class NumberBox(QSpinBox):
    """Spin box for whole numbers."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it as Qt does, and the focus."""
        super().paintEvent(event)
        paint_focus(self)


class DecimalBox(QDoubleSpinBox):
    """Spin box for numbers with decimals."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it as Qt does, and the focus."""
        super().paintEvent(event)
        paint_focus(self)
