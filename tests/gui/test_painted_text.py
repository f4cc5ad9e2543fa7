"""Text that widgets paint themselves is whole: no foot of a letter is cut, at any scale of the screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication

from voxview.gui.widgets.painted_text import fitting, line_height, paint_line

GUI = Path(__file__).parents[2] / "voxview" / "gui"
DEEP = "gjpqyQ,"


def _inked_rows(scale: float, size: float, high: float) -> int:
    """Return how many rows of pixels a line has that is painted into a room of a height."""
    image = QImage(round(200 * scale), round(60 * scale), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(QColor("white"))
    painter = QPainter(image)
    font = QFont(QApplication.font())
    font.setPointSizeF(size)
    painter.setFont(font)
    paint_line(painter, QRectF(10, 10, 180, high), Qt.AlignmentFlag.AlignLeft, DEEP)
    painter.end()
    return sum(
        any(image.pixelColor(x, y).lightness() < 200 for x in range(image.width()))
        for y in range(image.height())
    )


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 2.0])
def test_the_feet_of_letters_are_painted_where_the_room_is_as_high_as_the_line(
    qapp: QApplication, scale: float
) -> None:
    for size in (7.5, 7.74, 9.0, 10.32):
        font = QFont(qapp.font())
        font.setPointSizeF(size)
        whole = _inked_rows(scale, size, 40)
        assert _inked_rows(scale, size, line_height(font)) == whole
        assert _inked_rows(scale, size, line_height(font) - 3) == whole, "Qt cuts it"


def test_a_line_that_is_too_long_ends_in_an_ellipsis(qapp: QApplication) -> None:
    image = QImage(200, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint_line(painter, QRectF(0, 5, 60, 20), Qt.AlignmentFlag.AlignLeft, "a chair with a long name")
    painter.end()
    right = [any(image.pixelColor(x, y).lightness() < 200 for y in range(40)) for x in range(60, 200)]
    assert not any(right), "it goes beyond its room"


def test_no_widget_paints_text_in_another_way() -> None:
    others = [path.name for path in GUI.rglob("*.py") if "drawText(" in path.read_text(encoding="utf-8")]
    assert others == ["painted_text.py"]


def test_a_text_without_room_loses_whole_parts_and_no_digits(qapp: object) -> None:
    font = QFont()
    text = "101 of 101 in one piece, 99 strictly"
    wide = QFontMetricsF(font).horizontalAdvance(text)
    assert fitting(text, ", ", font, wide) == text
    assert fitting(text, ", ", font, wide - 1) == "101 of 101 in one piece"
