"""A plain horizontal slider in whole per cent."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSlider


def percent_slider(highest: int, value: int) -> QSlider:
    """Return a slider from 0 to `highest`; a page step is a tenth of the whole."""
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(0, highest)
    slider.setPageStep(10)
    slider.setValue(value)
    return slider
