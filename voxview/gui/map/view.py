"""Scatter plot of a catalog's chairs, which can be pointed at and clicked.

Not pyqtgraph, a further dependency: it would draw the points and zoom, while places between chairs, walking
by keys and the bubble stayed our own. With 5,778 points, a moved mark is painted in 0.4 ms (pyqtgraph: 3.5),
a dragged map in 23 (pyqtgraph: 9; matplotlib: 87).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from voxview.gui import theme
from voxview.gui.map.frame import MapFrame
from voxview.gui.map.keep_letters import LETTERS, KeepLetters
from voxview.gui.map.painting import Bubble, paint_bubble, paint_cloud, paint_pair, paint_spot
from voxview.latent.map.projection import Points

_REACH = 7.0
"""Pixels around a chair's point in which one points at it; elsewhere one is between chairs."""
_STRIDE = 6.0
"""Pixels that Shift with an arrow goes."""
_CLICK = 4
"""Pixels that the mouse may move during a click."""
_WALK: dict[Qt.Key, tuple[float, float]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


@dataclass(frozen=True)
class Spot:
    """A place that is pointed at, and the chair there unless it lies between chairs."""

    x: float
    y: float
    chair: int | None


class MapView(QWidget):
    """Widget with points that can be pointed at and chosen, by mouse or keyboard; the wheel zooms."""

    pointed = Signal(object)
    """The `Spot` under the mouse or the keyboard's cursor, or None."""
    chosen = Signal(int, str)
    """The chair that was clicked, and the letter that it shall be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.points: Points = np.empty((0, 2))
        self.frame = MapFrame.around(self.points, 1, 1)
        self._found: NDArray[np.bool_] | None = None
        self._pair: tuple[int | None, int | None] = (None, None)
        self._t: float | None = None
        self._spot: Spot | None = None
        self._bubble: Bubble | None = None
        self._parts: list[int] = []
        self._pressed: QPointF | None = None
        self._dragged = False
        self._cloud: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Map of the catalog")
        self.installEventFilter(KeepLetters(self, lambda: self._spot is not None))

    # ---- what is shown --------------------------------------------------------------------------

    def show_points(self, points: Points, *, stay: bool = False) -> None:
        """Show chairs at places `(n, 2)`. `stay`: the same map has grown, and who is close up stays there."""
        self.points = points
        if self._found is not None and len(self._found) != len(points):
            self._found = None
        if self._spot is not None and self._spot.chair is not None:
            self._spot = self._spot_of(self._spot.chair) if self._spot.chair < len(points) else None
        else:
            self._point(None)  # what was near a place between chairs is somewhere else now
        if self.frame.is_whole or not stay:
            self.show_whole()
        else:
            self._look(replace(self.frame, whole=min(self.frame.scale, self._around().scale)))

    def show_whole(self) -> None:
        """Show all of the map."""
        self._look(self._around())

    def show_pair(self, a: int | None, b: int | None, t: float | None) -> None:
        """Mark chairs A and B, where they are on this map, and the blend at t; None: it is not shown."""
        self._pair, self._t = (a, b), t
        self.update()

    def show_found(self, found: NDArray[np.bool_] | None) -> None:
        """Highlight some chairs `(n,)`; None: all alike."""
        self._found, self._cloud = found, None
        self.update()

    def show_bubble(self, title: str, below: str, picture: QPixmap | None) -> None:
        """Say what is pointed at, beside it."""
        self._bubble = Bubble(title, below, picture)
        self.update()

    def forget_bubble(self) -> None:
        """Say no more what is pointed at, as something else is shown; the mouse's next move points again."""
        if self._bubble is not None:
            self._bubble, self._parts = None, []
            self.update()

    def show_parts(self, chairs: list[int]) -> None:
        """Mark which chairs make the blend that is pointed at."""
        self._parts = chairs
        self.update()

    @property
    def spot(self) -> Spot | None:
        """What is under the mouse or the keyboard's cursor."""
        return self._spot

    @property
    def pair(self) -> tuple[int | None, int | None]:
        """The chairs that are marked as A and B."""
        return self._pair

    @property
    def parts(self) -> Sequence[int]:
        """The chairs that make the blend that is pointed at; none at a chair itself."""
        return self._parts

    @property
    def found(self) -> NDArray[np.bool_] | None:
        """Which chairs the search brings out, `(n,)`; None without a search."""
        return self._found

    def pixel_of(self, chair: int) -> QPointF:
        """Return the pixel of a chair's point."""
        return QPointF(*self.frame.pixels(self.points[chair]))

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self._cloud = None
        self.update()

    def sizeHint(self) -> QSize:
        """Return Qt's size hint: as wide as the panel, and nearly as high."""
        return QSize(420, 360)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest useful size: less is no map."""
        return QSize(200, 180)

    # ---- mouse and keys -------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click, or a drag of the map."""
        self._pressed, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the map, or point at what is there."""
        at = event.position()
        if self._pressed is None or not event.buttons():
            self._pressed = None
            self._point(self._spot_at(at))
            return
        moved = at - self._pressed
        if self._dragged or moved.manhattanLength() > _CLICK:
            self._dragged, self._pressed = True, at
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._look(self.frame.moved(moved.x(), moved.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take a chair as A with the left button, as B with Shift or the right one."""
        if not self._dragged and self._pressed is not None:
            spot = self._spot_at(event.position())
            self._point(spot)
            right = event.button() == Qt.MouseButton.RightButton
            self._choose("B" if right or _has_shift(event) else "A")
        self._pressed, self._dragged = None, False
        self.setCursor(Qt.CursorShape.CrossCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show all of the map again, between chairs."""
        spot = self._spot_at(event.position())
        if spot is not None and spot.chair is None:
            self.show_whole()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom in or out."""
        at = event.position()
        self._look(self.frame.zoomed(1.2 ** (event.angleDelta().y() / 120), at.x(), at.y()))
        self._point(self._spot_at(at))
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        self._point(None)

    def focusOutEvent(self, event: QEvent) -> None:
        """Drop the keyboard's cursor with the focus; the mouse's stays."""
        super().focusOutEvent(event)  # type: ignore[arg-type]
        if not self.underMouse():
            self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk with the arrows, with Shift between chairs; choose with A, B or Enter; zoom with + and −."""
        key = Qt.Key(event.key())
        if key in _WALK and len(self.points):
            if _has_shift(event):
                self._stroll(*_WALK[key])
            else:
                self._walk(*_WALK[key])
        elif key in LETTERS:
            self._choose(LETTERS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose("B" if _has_shift(event) else "A")
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom(1.5)
        elif key == Qt.Key.Key_Minus:
            self._zoom(1 / 1.5)
        elif key == Qt.Key.Key_Home:
            self.show_whole()
        else:
            super().keyPressEvent(event)

    def _walk(self, right: float, up: float) -> None:
        """Go to the nearest chair within 45° of a direction."""
        start = self._spot.chair if self._spot is not None else None
        if start is None:
            self._point(self._spot_of(self._first_chair()))
            return
        away = self.points - self.points[start]
        along, across = away @ (right, up), np.abs(away @ (up, right))
        ahead = (along > 0) & (across <= along)
        if ahead.any():
            chair = int(np.where(ahead, np.hypot(*away.T), np.inf).argmin())
            self._point(self._spot_of(chair))
            self._keep_in_sight(chair)

    def _stroll(self, right: float, up: float) -> None:
        """Go a few pixels on: to a blend between chairs, or to a chair that is near."""
        spot = self._spot or self._spot_of(self._first_chair())
        x, y = self.frame.pixels(np.array((spot.x, spot.y)))
        step = _STRIDE if spot.chair is None else _STRIDE + _REACH  # out of the chair's own reach
        room = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        at = QPointF(x + step * right, y - step * up)
        if room.contains(at):
            self._point(self._spot_at(at))

    def _zoom(self, times: float) -> None:
        """Zoom about what is pointed at, else about the middle."""
        spot = self._spot
        at = self.frame.pixels(np.array((spot.x, spot.y))) if spot else (self.width() / 2, self.height() / 2)
        self._look(self.frame.zoomed(times, float(at[0]), float(at[1])))

    def _first_chair(self) -> int:
        """Return where walking starts: by the mouse, else at A, else in the middle."""
        if self._spot is None and self._pair[0] is not None:
            return self._pair[0]
        here = (self._spot.x, self._spot.y) if self._spot else (self.frame.x, self.frame.y)
        return int(np.hypot(*(self.points - here).T).argmin())

    def _keep_in_sight(self, chair: int) -> None:
        at = self.pixel_of(chair)
        if not QRectF(self.rect()).adjusted(12, 12, -12, -12).contains(at):
            self._look(self.frame.moved(self.width() / 2 - at.x(), self.height() / 2 - at.y()))

    def _choose(self, letter: str) -> None:
        if self._spot is not None and self._spot.chair is not None:
            self.chosen.emit(self._spot.chair, letter)

    def _point(self, spot: Spot | None) -> None:
        if spot != self._spot or (spot is not None and self._bubble is None):
            self._spot = spot
            self._bubble, self._parts = None, []
            self.update()
            self.pointed.emit(spot)

    def _spot_of(self, chair: int) -> Spot:
        return Spot(float(self.points[chair, 0]), float(self.points[chair, 1]), chair)

    def _spot_at(self, at: QPointF) -> Spot | None:
        if not len(self.points):
            return None
        x, y = self.frame.place(at.x(), at.y())
        squares = ((self.points - (x, y)) ** 2).sum(axis=1)
        near = int(squares.argmin())
        if squares[near] * self.frame.scale**2 <= _REACH**2:
            return self._spot_of(near)
        return Spot(x, y, None)

    def _around(self) -> MapFrame:
        return MapFrame.around(self.points, self.width(), self.height())

    def _look(self, frame: MapFrame) -> None:
        self.frame, self._cloud = frame, None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show all of the map in the new room."""
        super().resizeEvent(event)
        self.show_whole()

    # ---- painting -------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the points, kept as a picture, and what is marked on top."""
        palette = theme.palette()
        if self._cloud is None:
            self._cloud = paint_cloud(self.frame, self.points, self._found, self.devicePixelRatioF())
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._cloud)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.small_font(self))
        a, b = (None if chair is None else self.pixel_of(chair) for chair in self._pair)
        paint_pair(painter, a, b, self._t)
        if self._spot is not None:
            at = QPointF(*self.frame.pixels(np.array((self._spot.x, self._spot.y))))
            paint_spot(painter, at, self._spot.chair is not None, [self.pixel_of(one) for one in self._parts])
            if self._bubble is not None:
                paint_bubble(painter, self, at, self._bubble)
        painter.setPen(QPen(QColor(palette.accent), 3) if self.hasFocus() else QPen(QColor(palette.line), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)


def _has_shift(event: QMouseEvent | QKeyEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
