"""The mouse on the views: turning, shifting, zooming to the pointer, one view alone and back. Free of VTK."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from voxview.gui.blend.layout import ALONE, CAMERA, place_at, spans
from voxview.gui.session.views import Views

_DEGREES_A_PIXEL = 0.5
_A_NOTCH = 1.15
"""How much nearer a notch of the wheel goes."""
_A_PIXEL = 1.008
"""How much nearer a pixel goes with the right button."""
_UNITS_A_NOTCH = 120


class Navigation(QObject):
    """Event filter of a layer of the view, which hears of the mouse only what this leaves."""

    def __init__(self, layer: QWidget, views: Views) -> None:
        super().__init__(layer)
        self._layer, self._views = layer, views
        self._place = 0
        self._last: QPointF | None = None
        layer.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the mouse's events and leave all others."""
        if isinstance(event, QWheelEvent):
            self._zoom_to(event.position(), _A_NOTCH ** (event.angleDelta().y() / _UNITS_A_NOTCH))
            event.accept()
            return True
        if not isinstance(event, QMouseEvent):
            return False
        kind, at = event.type(), event.position()
        if kind == QEvent.Type.MouseButtonDblClick:
            if event.button() == Qt.MouseButton.LeftButton:
                self._views.maximise(ALONE[self._place_at(at)])
        elif kind == QEvent.Type.MouseButtonPress:
            self._last, self._place = at, self._place_at(at)
        elif kind == QEvent.Type.MouseButtonRelease:
            self._last = None
        elif kind == QEvent.Type.MouseMove and self._last is not None and event.buttons().value:
            self._drag(event, at - self._last)
            self._last = at
        return True

    def _drag(self, event: QMouseEvent, by: QPointF) -> None:
        """Turn with the left button, come nearer with the right one, shift with the middle one or Shift."""
        views, number = self._views, CAMERA[self._place]
        camera = views.cameras[number]
        right, down = by.x(), by.y()
        if event.buttons() & Qt.MouseButton.RightButton:
            camera = camera.zoomed(_A_PIXEL**-down)
        elif (
            event.buttons() & Qt.MouseButton.MiddleButton
            or event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        ):
            a_pixel = camera.height / self._side()
            camera = camera.shifted(right * a_pixel, -down * a_pixel)
        else:
            upright = not views.look.trackball
            camera = camera.turned(right * _DEGREES_A_PIXEL, -down * _DEGREES_A_PIXEL, upright=upright)
        views.look_by(camera, number)

    def _zoom_to(self, at: QPointF, factor: float) -> None:
        place = self._place_at(at)
        number = CAMERA[place]
        camera = self._views.cameras[number]
        left, right = spans(self._views.look.layout)[place]
        middle = QPointF((left + right) / 2 * self._layer.width(), self._layer.height() / 2)
        a_pixel = camera.height / self._side(place)
        away = (at - middle) * a_pixel
        self._views.look_by(camera.zoomed(factor, away.x(), -away.y()), number)

    def _place_at(self, at: QPointF) -> int:
        return place_at(self._views.look.layout, at.x() / max(1, self._layer.width()))

    def _side(self, place: int | None = None) -> float:
        """Return the pixels of a view's narrower side."""
        left, right = spans(self._views.look.layout).get(self._place if place is None else place, (0, 1))
        return max(1.0, min((right - left) * self._layer.width(), self._layer.height()))
