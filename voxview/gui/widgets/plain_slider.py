"""A plain horizontal slider that shows the keyboard's focus."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSlider, QWidget

from voxview.gui.widgets.focus_frame import paint_focus


class PlainSlider(QSlider):
    """Horizontal slider as Qt draws it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it as Qt does, and the focus."""
        super().paintEvent(event)
        paint_focus(self)


def percent_slider(highest: int, value: int) -> PlainSlider:
    """Return a slider from 0 to `highest` in whole per cent, ten of which are a page step."""
    slider = PlainSlider()
    slider.setRange(0, highest)
    slider.setPageStep(10)
    slider.setValue(value)
    return slider
