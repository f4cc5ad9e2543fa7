"""Square pad with a handle that the mouse drags and the arrow keys step."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from voxview.gui import theme
from voxview.latent.combine import bilinear_weights

_EDGE = 12
_RADIUS = 8
_HIGHEST = 300
_SNAP = 9
"""Pixels within which the handle goes to a side, a corner or the centre exactly."""
_STEP, _SMALL_STEP = 0.05, 0.01


class MixPad(QWidget):
    """Widget for a place (u, v) in the unit square, u to the right and v down."""

    moved = Signal()
    """The person moved the handle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.u = self.v = 0.5
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("Drag, or use the arrow keys (Shift: small steps; Home: the centre)")
        self._name()

    @property
    def weights(self) -> tuple[float, float, float, float]:
        """The corners' shares: top left, top right, bottom left, bottom right."""
        return bilinear_weights(self.u, self.v)

    def go(self, u: float, v: float) -> None:
        """Move to a place, cut to the square."""
        place = min(1.0, max(0.0, u)), min(1.0, max(0.0, v))
        if place != (self.u, self.v):
            self.u, self.v = place
            self._name()
            self.update()
            self.moved.emit()

    def sizeHint(self) -> QSize:
        """Return Qt's size hint: a square."""
        return QSize(220, 220)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make it as high as wide, up to a limit."""
        self.setFixedHeight(min(event.size().width(), _HIGHEST))

    def position(self, u: float, v: float) -> QPointF:
        """Return the pixel of a place."""
        square = self._square()
        return QPointF(square.left() + u * square.width(), square.top() + v * square.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump to where the mouse is."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setFocus()
            self._move_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move along with the mouse."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move_to(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step with the arrow keys."""
        step = _SMALL_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP
        steps = {
            Qt.Key.Key_Left: (-step, 0.0),
            Qt.Key.Key_Right: (step, 0.0),
            Qt.Key.Key_Up: (0.0, -step),
            Qt.Key.Key_Down: (0.0, step),
        }.get(Qt.Key(event.key()))
        if steps is not None:
            self.go(round(self.u + steps[0], 4), round(self.v + steps[1], 4))
        elif event.key() == Qt.Key.Key_Home:
            self.go(0.5, 0.5)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the square, how much each corner counts, and the handle."""
        palette = theme.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        square, handle = self._square(), self.position(self.u, self.v)
        painter.setPen(QPen(QColor(palette.accent), 2) if self.hasFocus() else QPen(QColor(palette.line), 1))
        painter.setBrush(QColor(palette.base))
        painter.drawRoundedRect(square.adjusted(-6, -6, 6, 6), 6, 6)
        painter.setPen(QPen(QColor(palette.line), 1))
        painter.drawLine(self.position(0.5, 0), self.position(0.5, 1))
        painter.drawLine(self.position(0, 0.5), self.position(1, 0.5))
        corners = [self.position(u, v) for v in (0, 1) for u in (0, 1)]
        for corner, weight in zip(corners, self.weights, strict=True):
            colour = theme.blend_colour(0.5)
            colour.setAlphaF(0.25 + 0.75 * weight)
            if weight > 0:
                painter.setPen(QPen(QBrush(colour), 1 + 5 * weight, c=Qt.PenCapStyle.RoundCap))
                painter.drawLine(handle, corner)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.quiet))
            painter.drawEllipse(corner, 3, 3)
        painter.setPen(QPen(QColor(palette.text), 1.5))
        painter.setBrush(theme.blend_colour(0.5))
        painter.drawEllipse(handle, _RADIUS, _RADIUS)

    def _move_to(self, at: QPointF) -> None:
        square = self._square()
        x, y = at.x() - square.left(), at.y() - square.top()
        self.go(_snapped(x, square.width()), _snapped(y, square.height()))

    def _square(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)

    def _name(self) -> None:
        shares = ", ".join(f"{weight * 100:.0f} %" for weight in self.weights)
        self.setAccessibleName(f"Place between four corners: {shares}")


def _snapped(pixels: float, length: float) -> float:
    """Return a share of the length; a side or the middle exactly where that is near."""
    for share in (0.0, 0.5, 1.0):
        if abs(pixels - share * length) <= _SNAP:
            return share
    return pixels / max(1.0, length)
