"""A sheet of small pictures, one of which is selected by mouse or arrow keys."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from voxview.gui import theme
from voxview.gui.network.colours import Pixels
from voxview.gui.widgets.focus_frame import paint_focus
from voxview.gui.widgets.images import image_of

_GAP = 3
_EDGE = 4
_KEYS = {Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Down: (0, 1), Qt.Key.Key_Up: (0, -1)}


class TileSheet(QWidget):
    """Widget that is as high as its tiles need at its width."""

    selected = Signal(int)
    """The tile that was clicked, or gone to."""
    fitted = Signal()
    """It has another height."""

    def __init__(self, name: str, thing: str, least: int = 30, parent: QWidget | None = None) -> None:
        """Take the name for assistive technology, what a tile is called, and its pixels at least."""
        super().__init__(parent)
        self._thing, self._least = thing, least
        self._images: list[QImage] = []
        self._shape = (1, 1)
        self._tile: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.setAccessibleDescription("The arrows go from one to the next")

    @property
    def count(self) -> int:
        """How many tiles there are."""
        return len(self._images)

    @property
    def tile(self) -> int | None:
        """The one that is marked."""
        return self._tile

    def show_tiles(self, tiles: Pixels, marked: int | None = None, *, least: int | None = None) -> None:
        """Show tiles `(n, h, w, 3)`, one of them marked; `least` are other pixels that each has at least."""
        self._least = least or self._least
        self._images = [image_of(np.ascontiguousarray(tile)) for tile in tiles]
        self._shape = (tiles.shape[1], tiles.shape[2])
        self._tile = marked
        self.setAccessibleDescription("" if marked is None else f"{self._thing} {marked + 1} of {self.count}")
        self._fit()
        self.update()

    def room_of(self, tile: int) -> QRect:
        """Return where a tile lies."""
        size, columns = self._size(), self._columns()
        row, column = divmod(tile, columns)
        step = size + QSize(_GAP, _GAP)
        return QRect(QPoint(_EDGE + column * step.width(), _EDGE + row * step.height()), size)

    def sizeHint(self) -> QSize:
        """Return Qt's size hint."""
        return QSize(300, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Be as high as the tiles need now."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tiles that are seen, a mark around one, and the focus."""
        painter, palette = QPainter(self), theme.palette()
        painter.setPen(QColor(palette.line))
        for number, image in enumerate(self._images):
            room = self.room_of(number)
            if room.intersects(event.rect()):
                painter.drawImage(room, image)
                painter.drawRect(room.adjusted(-1, -1, 0, 0))
        if self._tile is not None and self._tile < self.count:
            painter.setPen(QPen(QColor(palette.accent), 2))
            painter.drawRect(self.room_of(self._tile).adjusted(-1, -1, 1, 1))
        painter.end()
        paint_focus(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select what is clicked."""
        tile = self._at(event.position().toPoint())
        if tile is not None:
            self.selected.emit(tile)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the tile beside, above or below."""
        if event.key() not in _KEYS or not self.count:
            super().keyPressEvent(event)
            return
        right, down = _KEYS[Qt.Key(event.key())]
        now = 0 if self._tile is None else self._tile + right + down * self._columns()
        self.selected.emit(min(max(0, now), self.count - 1))

    def event(self, event: QEvent) -> bool:
        """Say which tile is pointed at."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            tile = self._at(event.pos())
            if tile is not None:
                QToolTip.showText(event.globalPos(), f"{self._thing} {tile + 1} of {self.count}", self)
                return True
        return super().event(event)

    # ---- inside ---------------------------------------------------------------------------------

    def _size(self) -> QSize:
        """Return a tile's size: a whole number of pixels for each of its numbers, and large enough to see."""
        height, width = self._shape
        times = max(1, -(-self._least // max(height, width)))
        return QSize(width * times, height * times)

    def _columns(self) -> int:
        room = self.width() - 2 * _EDGE + _GAP
        return max(1, room // (self._size().width() + _GAP))

    def _fit(self) -> None:
        rows = -(-max(1, self.count) // self._columns())
        high = 2 * _EDGE + rows * (self._size().height() + _GAP) - _GAP
        if high != self.minimumHeight():
            self.setFixedHeight(high)
            self.fitted.emit()

    def _at(self, place: QPoint) -> int | None:
        return next((n for n in range(self.count) if self.room_of(n).contains(place)), None)
