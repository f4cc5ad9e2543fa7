"""The cloud over the chair, which is turned by mouse or keyboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from voxview.gui import theme
from voxview.gui.context.newest import NewestTask
from voxview.gui.points.cloud_scene import CloudScene
from voxview.gui.points.colours import NEAR
from voxview.gui.widgets.focus_frame import paint_focus
from voxview.gui.widgets.images import image_of
from voxview.gui.widgets.painted_text import paint_text
from voxview.shapes.frame import Doubles
from voxview.surface.cloud_picture import CloudCamera, Dots, render_cloud

_AZIMUTH, _ELEVATION = 32.0, 20.0
_STEEPEST = 89.0
_DEGREES_PER_PIXEL = 0.5
_KEY_TURN = 10.0
_KEY_ZOOM = 1.15
_LEAST_ZOOM, _MOST_ZOOM = 0.2, 12.0
_MOVING_SIDE = 320
"""Pixels along the longer side of what is drawn while it moves: enlarged then."""
_FINE_AFTER_MS = 140
_FINEST = 500_000
"""Pixels up to which what has come to rest is drawn with several samples each."""
_MUTED_SIZE = 1.8
"""Pixels across a point that was left out."""
_SURFACE = (178, 183, 190)
_TURNS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_ZOOMS = {Qt.Key.Key_Plus: _KEY_ZOOM, Qt.Key.Key_Equal: _KEY_ZOOM, Qt.Key.Key_Minus: 1 / _KEY_ZOOM}


@dataclass(frozen=True)
class _Eye:
    """From where the scene is seen."""

    azimuth: float = _AZIMUTH
    elevation: float = _ELEVATION
    zoom: float = 1.0

    def camera(self, scene: CloudScene, width: float, height: float) -> CloudCamera:
        """Return the camera of a picture of a size."""
        scale = self.zoom * min(width, height) / 2 / scene.radius
        return CloudCamera(self.azimuth, self.elevation, scene.centre, scale)


@dataclass(frozen=True, eq=False)
class _Drawn:
    """A picture, and what it is of."""

    image: QImage
    scene: CloudScene
    eye: _Eye


class CloudView(QWidget):
    """Widget that shows a scene, and the box of the crop around it.

    Drag to turn it, use the wheel to come nearer. By keyboard, arrows turn it, + and − come nearer and go
    back, and Home is the view at first.
    """

    drawn = Signal()
    """What was wanted last is on screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = "Reading…"
        """What stands in the picture's place."""
        self.eye = _Eye()
        self._scene: CloudScene | None = None
        self._box: Doubles | None = None
        self._drawn: _Drawn | None = None
        self._from: QPointF | None = None
        self._task = NewestTask("Drawing", self._show, self.say, self)
        self._rest = QTimer(self, singleShot=True, interval=_FINE_AFTER_MS)
        self._rest.timeout.connect(partial(self._draw, True))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 150)
        self.setAccessibleName("The cloud over the chair")
        self.setToolTip("Drag to turn it, wheel to come nearer\nArrows turn it, + and − zoom, Home resets")

    # ---- what is shown --------------------------------------------------------------------------

    @property
    def is_idle(self) -> bool:
        """Whether what was wanted last is on screen."""
        return self._task.is_idle and not self._rest.isActive()

    @property
    def image(self) -> QImage:
        """The picture; a null one before the first."""
        return QImage() if self._drawn is None else self._drawn.image

    @property
    def scene(self) -> CloudScene | None:
        """What is shown, or is about to be."""
        return self._scene

    def sizeHint(self) -> QSize:
        """Return Qt's size hint."""
        return QSize(460, 400)

    def say(self, text: str) -> None:
        """Show a text in the picture's place."""
        self._scene = self._drawn = None
        self.text = text
        self.setAccessibleDescription(text)
        self.update()

    def show_scene(self, scene: CloudScene, box: Doubles | None, description: str) -> None:
        """Show a scene with a box's corners `(8, 3)`; the description is for whom it cannot be shown."""
        self._scene, self._box, self.text = scene, box, ""
        self.setAccessibleDescription(description)
        self._want()

    def reset(self) -> None:
        """Go back to the view at first."""
        self.eye = _Eye()
        self._want()

    def stop(self) -> None:
        """Draw no more."""
        self._rest.stop()
        self._task.stop()

    # ---- mouse and keyboard ---------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._from = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn what is held."""
        if self._from is not None:
            way, self._from = event.position() - self._from, event.position()
            self._turn(_DEGREES_PER_PIXEL * way.x(), _DEGREES_PER_PIXEL * way.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._from = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go back to the view at first."""
        self.reset()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Come nearer or go back."""
        self._zoom(1.0015 ** event.angleDelta().y())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn by arrows, come nearer by +, go back by −, and to the view at first by Home."""
        key = Qt.Key(event.key())
        if key in _TURNS:
            across, up = _TURNS[key]
            self._turn(_KEY_TURN * across, _KEY_TURN * up)
        elif key in _ZOOMS:
            self._zoom(_ZOOMS[key])
        elif key == Qt.Key.Key_Home:
            self.reset()
        else:
            super().keyPressEvent(event)

    def _turn(self, azimuth: float, elevation: float) -> None:
        up = min(max(self.eye.elevation + elevation, -_STEEPEST), _STEEPEST)
        self.eye = replace(self.eye, azimuth=(self.eye.azimuth + azimuth) % 360, elevation=up)
        self._want()

    def _zoom(self, times: float) -> None:
        self.eye = replace(self.eye, zoom=min(max(self.eye.zoom * times, _LEAST_ZOOM), _MOST_ZOOM))
        self._want()

    # ---- drawing --------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw it anew."""
        super().resizeEvent(event)
        self._want()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture with the box, or the text."""
        palette, room = theme.palette(), QRectF(self.rect())
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.scene))
        painter.drawRoundedRect(room, 4, 4)
        painter.setFont(theme.small_font(self))
        if self.text:
            painter.setPen(QColor(palette.quiet))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            paint_text(painter, room.adjusted(24, 8, -24, -8), flags, self.text)
        elif self._drawn is not None:
            painter.drawImage(room, self._drawn.image)
            if self._box is not None:
                painter.setClipRect(room)
                self._paint_box(painter, self._drawn)
        painter.end()
        paint_focus(self)

    def _paint_box(self, painter: QPainter, drawn: _Drawn) -> None:
        """Paint the edges of the box, and beside three of them which axis they are along."""
        assert self._box is not None
        size = self.width(), self.height()
        at = drawn.eye.camera(drawn.scene, *size).project(self._box, size) + 0.5
        corners = [QPointF(x, y) for x, y, _ in at]
        painter.setPen(QPen(QColor(theme.palette().accent), 1.2))
        for one, other in combinations(range(8), 2):
            if (one ^ other).bit_count() == 1:
                painter.drawLine(corners[one], corners[other])
        painter.setPen(QColor(theme.palette().text))
        nearest = int(np.argmax(at[:, 2]))
        for axis, bit in (("x", 4), ("y", 2), ("z", 1)):
            middle = (corners[nearest] + corners[nearest ^ bit]) / 2
            room = QRectF(middle - QPointF(-4, 16), middle + QPointF(18, 2))
            paint_text(painter, room, Qt.AlignmentFlag.AlignLeft, axis)

    def _want(self) -> None:
        """Draw at once what can be drawn at once, and all of it when it has come to rest."""
        if self._scene is not None:
            self._draw(False)
            self._rest.start()

    def _draw(self, fine: bool) -> None:
        if self._scene is not None:
            ratio = self.devicePixelRatioF()
            size = max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))
            quiet = QColor(theme.palette().quiet)
            muted = quiet.red(), quiet.green(), quiet.blue()
            self._task.run(_drawing(self._scene, self.eye, size, ratio, fine, muted))

    def _show(self, drawn: _Drawn) -> None:
        if drawn.scene is not self._scene:
            return
        self._drawn = drawn
        self.update()
        if self.is_idle:
            self.drawn.emit()


def _drawing(
    scene: CloudScene, eye: _Eye, size: tuple[int, int], ratio: float, fine: bool, muted: tuple[int, int, int]
) -> Callable[[], _Drawn]:
    """Return what draws a scene, on any thread; `size` is in the screen's pixels, `ratio` to each of Qt's."""
    shrink = 1.0 if fine else min(1.0, _MOVING_SIDE / max(size))
    size = max(1, round(size[0] * shrink)), max(1, round(size[1] * shrink))
    samples = 2 if fine and size[0] * size[1] <= _FINEST else 1
    nearness = min(max(eye.zoom / scene.radius, 0.5), 1.5)
    across = max(1, round(_dot_size(len(scene.points)) * nearness * ratio * shrink))
    small = max(1, round(_MUTED_SIZE * nearness * ratio * shrink))
    dots = [_dots(scene.muted, muted, small), _dots(scene.points, NEAR, across)]
    if scene.colours is not None:
        dots[1] = Dots(scene.points, scene.colours, across)

    def draw() -> _Drawn:
        pixels = render_cloud(
            scene.surface,
            dots,
            eye.camera(scene, *size),
            size,
            color=_SURFACE,
            samples=samples,
            relief=scene.surface is None,
        )
        return _Drawn(image_of(pixels), scene, eye)

    return draw


def _dots(points: Doubles, colour: tuple[int, int, int], across: int) -> Dots:
    return Dots(points, np.full((len(points), 3), colour, np.uint8), across)


def _dot_size(count: int) -> float:
    """Return how many of Qt's pixels a point is across: of few ones more."""
    return float(np.interp(np.log10(max(count, 1)), [2.0, 3.0, 4.3], [7.0, 4.5, 2.6]))
