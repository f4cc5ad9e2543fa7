"""A network's picture as SVG and PNG, for slides, and its table as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPaintDevice, QPainter
from PySide6.QtSvg import QSvgGenerator

from voxview.gui import theme
from voxview.gui.network.painting import KINDS, LABEL_LINES, paint_blocks, paint_legend
from voxview.gui.network.picture_layout import CAPTION, blocks
from voxview.gui.widgets.painted_text import line_height, paint_text
from voxview.model.layers.rows import NetworkRows
from voxview.model.layers.texts import comma_separated
from voxview.shapes.io.atomic import write_atomically

if TYPE_CHECKING:
    from voxview.model.layers.times import LayerTimes

KINDS_OF_FILES = {".svg": "Picture", ".png": "Picture", ".csv": "Table"}
"""Suffix → what is in it."""
SIZE = QSize(1280, 420)
"""Pixels of a picture; a PNG has twice as many each way."""
_EDGE = 24
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def contents(suffix: str, network: NetworkRows, times: Sequence[LayerTimes], palette: theme.Palette) -> bytes:
    """Return what a file with a suffix of `KINDS_OF_FILES` holds; on the GUI thread."""
    if suffix == ".csv":
        return (comma_separated(network, times) + "\n").encode()
    return picture_svg(network, palette) if suffix == ".svg" else picture_png(network, palette)


def write_contents(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; on any thread."""
    with write_atomically(path) as beside:
        beside.write_bytes(data)


def picture_svg(network: NetworkRows, palette: theme.Palette) -> bytes:
    """Return the picture as SVG."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    device = QSvgGenerator()
    device.setOutputDevice(buffer)
    device.setSize(SIZE)
    device.setViewBox(QRectF(0, 0, SIZE.width(), SIZE.height()))
    device.setResolution(96)
    device.setTitle(f"{network.name}: {network.title}")
    _paint(device, network, palette)
    buffer.close()
    return bytes(data.data())


def picture_png(network: NetworkRows, palette: theme.Palette) -> bytes:
    """Return the picture as PNG."""
    image = QImage(SIZE * 2, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(2)
    _paint(image, network, palette)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # its stub wants bytes, and Qt a text
    buffer.close()
    return bytes(data.data())


def _paint(device: QPaintDevice, network: NetworkRows, palette: theme.Palette) -> None:
    painter = QPainter(device)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(QRectF(0, 0, SIZE.width(), SIZE.height()), QColor(palette.base))
    font = QFont(painter.font())
    font.setPixelSize(20)
    inner = SIZE.width() - 2 * _EDGE
    painter.setFont(font)
    painter.setPen(QColor(palette.text))
    paint_text(painter, QRectF(_EDGE, _EDGE, inner, 28), _LEFT, f"{network.name}: {network.title}")
    small = QFont(font)
    small.setPixelSize(13)
    step = line_height(small)
    top = _EDGE + 44
    high = SIZE.height() - top - _EDGE - (LABEL_LINES + 3) * step - 8
    shown = [block.moved(_EDGE, top) for block in blocks(network, inner, high)]
    painter.setFont(small)
    paint_blocks(painter, shown, None, palette, QRectF(_EDGE, top, inner, high + 6))
    below = top + high + 10 + LABEL_LINES * step
    kinds = [kind for kind in KINDS if any(block.kind == kind for block in shown)]
    paint_legend(painter, QRectF(_EDGE, below, inner, step), kinds, small, palette)
    painter.setPen(QColor(palette.quiet))
    paint_text(painter, QRectF(_EDGE, below + step, inner, step), _LEFT, CAPTION)
    totals = f"{network.stored:,} parameters, {network.multiply_adds:,} multiply-adds for one example"
    paint_text(painter, QRectF(_EDGE, below + 2 * step, inner, step), _LEFT, totals)
    painter.end()
