"""Thumbnails of chairs, rendered without VTK on a thread of their own: what came into view last first."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from typing import Any

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

from voxview.errors import InputError
from voxview.shapes.chair import Chair

log = logging.getLogger(__name__)

SIDE = 52
"""Pixels along each side, before the screen's scale."""
_COLOUR = (172, 177, 184)
_KEPT = 600
_CLOSING_SECONDS = 0.2
_AGAIN_SECONDS = 5.0
"""After which the picture of an unusable file is tried again, if it is still in view."""
_MARK = 0.33
"""Size of the mark on a picture's thumbnail, as a share of its side."""
_WAITING = 40
"""More rows than a screen shows: what was scrolled past longest ago is dropped."""


class Thumbnails(QObject):
    """Cache of thumbnails that renders what is missing."""

    drawn = Signal(object)
    """A chair whose picture is there now, or whose file turned out to be unusable."""
    _came = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.scale = 1.0
        """Screen pixels in one of Qt's."""
        self._pictures: OrderedDict[Chair, QPixmap] = OrderedDict()
        self._failed: dict[Chair, float] = {}
        """When files turned out to be unusable."""
        self._wanted: OrderedDict[Chair, int] = OrderedDict()
        """With the turn in which each was requested last: rows that come into view at once are of one."""
        self._turn = 0
        self._ends_turn = QTimer(self, singleShot=True, interval=0)
        self._ends_turn.timeout.connect(self._end_turn)
        self._drawing: Chair | None = None
        """The chair whose picture is made now, or is on its way to this thread."""
        self._changed = threading.Condition()
        self._paused = True
        self._stopping = False
        self._came.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._live, name="voxview-thumbnails", daemon=True)

    def start(self) -> None:
        """Begin to draw; the first blend goes before."""
        with self._changed:
            self._paused = False
            self._changed.notify()
        if self._thread.ident is None:
            self._thread.start()

    def stop(self) -> None:
        """Drop the picture in work, and wait a moment for it: a large mesh may take longer."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join(_CLOSING_SECONDS)

    @property
    def is_idle(self) -> bool:
        """Whether no picture is missing of those that were requested."""
        with self._changed:
            return not self._wanted and not self._drawing

    def picture(self, chair: Chair) -> QPixmap | None:
        """Return the chair's thumbnail; None while it is not there. A null pixmap is of an unusable file."""
        if chair in self._pictures:
            self._pictures.move_to_end(chair)
            if not self._is_to_be_tried_again(chair):
                return self._pictures[chair]
        with self._changed:
            self._wanted[chair] = self._turn
            self._wanted.move_to_end(chair)
            while len(self._wanted) > _WAITING:
                self._wanted.popitem(last=False)
            self._changed.notify()
        self._ends_turn.start()
        return None

    def _end_turn(self) -> None:
        self._turn += 1

    def _is_to_be_tried_again(self, chair: Chair) -> bool:
        """Return whether a file that was unusable may be there again, as a disk that was plugged out."""
        failed = self._failed.get(chair)
        if failed is None or time.monotonic() - failed < _AGAIN_SECONDS:
            return False
        self._failed[chair] = time.monotonic()
        return True

    def _take(self, chair: Chair, image: QImage) -> None:
        pixmap = QPixmap.fromImage(image)
        pixmap.setDevicePixelRatio(self.scale)
        failed_again = image.isNull() and chair in self._failed
        self._pictures[chair] = pixmap
        if image.isNull():
            self._failed[chair] = time.monotonic()
        else:
            self._failed.pop(chair, None)
        with self._changed:
            if self._drawing == chair:
                self._drawing = None
        while len(self._pictures) > _KEPT:
            self._failed.pop(self._pictures.popitem(last=False)[0], None)
        if not failed_again:  # or the row would be painted, and tried, for ever
            self.drawn.emit(chair)

    # ---- on its own thread ----------------------------------------------------------------------

    def _live(self) -> None:
        while True:
            with self._changed:
                while not self._stopping and (self._paused or not self._wanted):
                    self._changed.wait()
                if self._stopping:
                    return
                chair = self._drawing = self._next_wanted()
                del self._wanted[chair]
            image = _draw(chair, round(SIDE * self.scale))
            with self._changed:
                if self._stopping:
                    return
            self._came.emit(chair, image)

    def _next_wanted(self) -> Chair:
        """Return the first of those that came into view last, from the top; the lock is held."""
        newest = max(self._wanted.values())
        return next(chair for chair, turn in self._wanted.items() if turn == newest)


def _draw(chair: Chair, side: int) -> QImage:
    from voxview.surface.picture import render_chair

    try:
        if "thumbnail" in chair.details:
            return _of_picture(chair.details["thumbnail"], side)
        pixels = render_chair(chair.read(), (side, side), color=_COLOUR)
    except InputError:
        return QImage()  # said in full when the chair is chosen
    except Exception:
        log.exception("no thumbnail of %s", chair.id)
        return QImage()
    height, width = pixels.shape[:2]
    return QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()


def _of_picture(pixels: Any, side: int) -> QImage:
    """Return a square picture, `uint8 (n, n, 3)`, in small, with a mark that says that it is one."""
    n = pixels.shape[0]
    image = QImage(pixels.tobytes(), n, n, 3 * n, QImage.Format.Format_RGB888)
    image = image.scaled(
        side, side, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    ).convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_mark(painter, side * _MARK)
    painter.end()
    return image


def _paint_mark(painter: QPainter, size: float) -> None:
    """Paint a photograph in small, in the lower right corner: a frame with a hill and the sun."""
    side = painter.device().width()
    room = QRectF(side - size, side - size, size, size)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(21, 23, 26, 210))
    painter.drawRoundedRect(room, size / 5, size / 5)
    pen = QPen(QColor(255, 255, 255), size / 11, j=Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)

    def at(x: float, y: float) -> QPointF:
        return QPointF(room.left() + x * size, room.top() + y * size)

    painter.drawRect(QRectF(at(0.2, 0.25), at(0.8, 0.75)))
    painter.drawPolyline([at(0.2, 0.7), at(0.42, 0.48), at(0.56, 0.62), at(0.66, 0.54), at(0.8, 0.66)])
    painter.setBrush(QColor(255, 255, 255))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawEllipse(at(0.63, 0.4), size * 0.06, size * 0.06)
