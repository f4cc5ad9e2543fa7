"""A catalog's chairs as points: what one points at is shown, and a click makes it A or B."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from voxview.gui import theme
from voxview.gui.map_frame import MapFrame
from voxview.gui.thumbnails import SIDE
from voxview.latent.projection import Points

_REACH = 7.0
"""Pixels around a chair's point in which one points at it; elsewhere one is between chairs."""
_CLICK = 4
"""Pixels that the mouse may move during a click."""
_WALK: dict[Qt.Key, tuple[float, float]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_LETTERS = {Qt.Key.Key_A: "A", Qt.Key.Key_B: "B"}
_COLOURS = {"A": theme.AMBER, "B": theme.BLUE}
_MANY = 1500
"""Chairs from which on their points are smaller."""
_BUBBLE = 208
"""Pixels: a thumbnail and the start of a name."""


@dataclass(frozen=True)
class Spot:
    """What is pointed at: a place, and the chair there unless it lies between chairs."""

    x: float
    y: float
    chair: int | None


class MapView(QWidget):
    """Points that can be pointed at and chosen, with the mouse or the keyboard; the wheel goes closer."""

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
        self._t = 0.5
        self._spot: Spot | None = None
        self._bubble: tuple[str, str, QPixmap | None] | None = None
        self._parts: list[int] = []
        self._pressed: QPointF | None = None
        self._dragged = False
        self._cloud: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Map of the catalog")
        self.installEventFilter(_KeepLetters(self))

    # ---- what is shown --------------------------------------------------------------------------

    def show_points(self, points: Points, *, stay: bool = False) -> None:
        """Show chairs at places `(n, 2)`. `stay`: the same map has grown, and who is close up stays there."""
        self.points = points
        if self._found is not None and len(self._found) != len(points):
            self._found = None
        if self._spot is not None and self._spot.chair is not None:
            self._spot = self._spot_of(self._spot.chair) if self._spot.chair < len(points) else None
        if self.frame.is_whole or not stay:
            self.show_whole()
        else:
            self._look(replace(self.frame, whole=min(self.frame.scale, self._around().scale)))

    def show_whole(self) -> None:
        """All of the map."""
        self._look(self._around())

    def show_pair(self, a: int | None, b: int | None, t: float) -> None:
        """Mark chairs A and B, where they are on this map, and the blend between them."""
        self._pair, self._t = (a, b), t
        self.update()

    def show_found(self, found: NDArray[np.bool_] | None) -> None:
        """Bring out some chairs `(n,)`; None: all alike."""
        self._found, self._cloud = found, None
        self.update()

    def show_bubble(self, title: str, below: str, picture: QPixmap | None) -> None:
        """Say what is pointed at, beside it."""
        self._bubble = (title, below, picture)
        self.update()

    def show_parts(self, chairs: list[int]) -> None:
        """Which chairs make the blend that is pointed at."""
        self._parts = chairs
        self.update()

    @property
    def spot(self) -> Spot | None:
        """What is under the mouse or the keyboard's cursor."""
        return self._spot

    def pixel_of(self, chair: int) -> QPointF:
        """Where a chair's point is."""
        return QPointF(*self.frame.pixels(self.points[chair]))

    def apply_tones(self) -> None:
        """Take on the theme's colours."""
        self._cloud = None
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the panel, and nearly as high."""
        return QSize(420, 360)

    def minimumSizeHint(self) -> QSize:
        """Less is no map."""
        return QSize(200, 180)

    # ---- mouse and keys -------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click, or the start of dragging the map."""
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
        """The left button makes a chair A, with Shift or by the right one B."""
        if not self._dragged and self._pressed is not None:
            spot = self._spot_at(event.position())
            self._point(spot)
            right = event.button() == Qt.MouseButton.RightButton
            self._choose("B" if right or _has_shift(event) else "A")
        self._pressed, self._dragged = None, False
        self.setCursor(Qt.CursorShape.CrossCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Between chairs: all of the map again."""
        spot = self._spot_at(event.position())
        if spot is not None and spot.chair is None:
            self.show_whole()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Closer, or further away."""
        at = event.position()
        self._look(self.frame.zoomed(1.2 ** (event.angleDelta().y() / 120), at.x(), at.y()))
        self._point(self._spot_at(at))
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at."""
        self._point(None)

    def focusOutEvent(self, event: QEvent) -> None:
        """The keyboard's cursor leaves with the focus; the mouse's stays."""
        super().focusOutEvent(event)  # type: ignore[arg-type]
        if not self.underMouse():
            self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows walk from chair to chair; A, B or Enter choose, + and − zoom, Home shows all."""
        key = Qt.Key(event.key())
        middle = self.width() / 2, self.height() / 2
        if key in _WALK and len(self.points):
            self._walk(*_WALK[key])
        elif key in _LETTERS:
            self._choose(_LETTERS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose("B" if _has_shift(event) else "A")
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._look(self.frame.zoomed(1.5, *middle))
        elif key == Qt.Key.Key_Minus:
            self._look(self.frame.zoomed(1 / 1.5, *middle))
        elif key == Qt.Key.Key_Home:
            self.show_whole()
        else:
            super().keyPressEvent(event)

    def _walk(self, right: float, up: float) -> None:
        """To the nearest chair within 45° of a direction."""
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

    def _first_chair(self) -> int:
        """Where walking starts: by the mouse, else at A, else in the middle."""
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
        if spot != self._spot:
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
        """All of the map in the new room."""
        super().resizeEvent(event)
        self.show_whole()

    # ---- painting -------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the points, kept as a picture, and what is marked on top."""
        tone = theme.tones()
        if self._cloud is None:
            self._cloud = self._paint_cloud(tone)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._cloud)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_pair(painter, tone)
        if self._spot is not None:
            self._paint_spot(painter, tone, self._spot)
        painter.setPen(QPen(QColor(tone.accent if self.hasFocus() else tone.line), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def _paint_cloud(self, tone: theme.Tones) -> QPixmap:
        """All points: 6,000 of them take some milliseconds, and are drawn again only when they move."""
        ratio = self.devicePixelRatioF()
        cloud = QPixmap(self.size() * ratio)
        cloud.setDevicePixelRatio(ratio)
        cloud.fill(QColor(tone.base))
        painter = QPainter(cloud)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pixels = self.frame.pixels(self.points)
        seen = ((pixels > -6) & (pixels < (self.width() + 6, self.height() + 6))).all(axis=1)
        closeness = (self.frame.scale / self.frame.whole) ** 0.3
        size = min(7.0, (3.0 if len(self.points) > _MANY else 4.5) * closeness)
        quiet, found = QColor(tone.quiet), QColor(tone.accent)
        if self._found is None:
            quiet.setAlphaF(0.75)
            _draw_points(painter, pixels[seen], quiet, size)
        else:
            quiet.setAlphaF(0.25)
            _draw_points(painter, pixels[seen & ~self._found], quiet, size)
            _draw_points(painter, pixels[seen & self._found], found, size + 2)
        painter.end()
        return cloud

    def _paint_pair(self, painter: QPainter, tone: theme.Tones) -> None:
        a, b = (None if chair is None else self.pixel_of(chair) for chair in self._pair)
        if a is not None and b is not None:
            painter.setPen(QPen(QColor(tone.text), 1.2, Qt.PenStyle.DashLine))
            painter.drawLine(a, b)
            painter.setPen(QPen(QColor(tone.base), 1.5))
            painter.setBrush(theme.blend_colour(self._t))
            painter.drawEllipse(a + (b - a) * self._t, 6, 6)
        painter.setFont(theme.small_font(self))
        for letter, at in (("A", a), ("B", b)):
            if at is not None:
                painter.setPen(QPen(QColor(tone.base), 1.5))
                painter.setBrush(_COLOURS[letter])
                painter.drawEllipse(at, 8.5, 8.5)
                painter.setPen(QColor("#15171A"))
                painter.drawText(QRectF(at.x() - 8, at.y() - 8, 16, 16), Qt.AlignmentFlag.AlignCenter, letter)

    def _paint_spot(self, painter: QPainter, tone: theme.Tones, spot: Spot) -> None:
        at = QPointF(*self.frame.pixels(np.array((spot.x, spot.y))))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(tone.text), 2))
        if spot.chair is not None:
            painter.drawEllipse(at, 7, 7)
        for chair in self._parts:
            painter.setPen(QPen(QColor(tone.text), 1.2))
            painter.drawLine(at, self.pixel_of(chair))
            painter.drawEllipse(self.pixel_of(chair), 5, 5)
        if self._bubble is not None:
            self._paint_bubble(painter, tone, at, *self._bubble)

    def _paint_bubble(
        self,
        painter: QPainter,
        tone: theme.Tones,
        at: QPointF,
        title: str,
        below: str,
        picture: QPixmap | None,
    ) -> None:
        pictured = picture is not None
        wide, high = (_BUBBLE, SIDE + 8) if pictured else (_BUBBLE, 2 * self.fontMetrics().height() + 10)
        left = at.x() + 14 if at.x() + 14 + wide < self.width() else at.x() - 14 - wide
        top = min(max(2.0, at.y() - high / 2), self.height() - high - 2.0)
        box = QRectF(min(max(2.0, left), self.width() - wide - 2.0), top, wide, high)
        painter.setPen(QPen(QColor(tone.line), 1))
        painter.setBrush(QColor(tone.raised))
        painter.drawRoundedRect(box, 4, 4)
        words = box.adjusted(8, 4, -8, -4)
        if picture is not None:
            if not picture.isNull():
                painter.drawPixmap(QRectF(box.left() + 4, box.top() + 4, SIDE, SIDE).toRect(), picture)
            words.setLeft(box.left() + SIDE + 12)
        line = QRectF(words.left(), words.center().y() - self.fontMetrics().height(), words.width(), 0)
        for text, font, colour in (
            (title, self.font(), tone.text),
            (below, theme.small_font(self), tone.quiet),
        ):
            metrics = QFontMetrics(font)
            line.setHeight(metrics.height())
            painter.setFont(font)
            painter.setPen(QColor(colour))
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(words.width()))
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft, shown)
            line.moveTop(line.bottom())


class _KeepLetters(QObject):
    """On the map, A and B are about the chair that is pointed at, not about the list's."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the letters before they become shortcuts."""
        wanted = (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() in _LETTERS
            and event.modifiers() == Qt.KeyboardModifier.NoModifier
            and isinstance(watched, MapView)
            and watched.spot is not None
            and watched.spot.chair is not None
        )
        if wanted:
            event.accept()
        return wanted


def _draw_points(painter: QPainter, pixels: Points, colour: QColor, size: float) -> None:
    painter.setPen(QPen(colour, size, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPoints(QPolygonF([QPointF(x, y) for x, y in pixels.tolist()]))


def _has_shift(event: QMouseEvent | QKeyEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
