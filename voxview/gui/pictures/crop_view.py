"""The picture with the box that one drags on it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from voxview.gui import theme
from voxview.gui.pictures.crop_box import HANDLES, MOVE, CropBox, Part
from voxview.gui.widgets.focus_frame import paint_focus
from voxview.gui.widgets.painted_text import paint_text
from voxview.pictures.crop import Crop

_HANDLE = 9.0
"""Pixels along a handle's edge."""
_REACH = 9.0
"""Pixels around a handle in which the mouse takes hold of it."""
_ROOM = 7.0
"""Pixels around the picture, for the handles at its edge."""
_STEP = 0.01
"""Of the longer side, that a key moves."""
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_CURSORS = {
    (-1, -1): Qt.CursorShape.SizeFDiagCursor,
    (1, 1): Qt.CursorShape.SizeFDiagCursor,
    (1, -1): Qt.CursorShape.SizeBDiagCursor,
    (-1, 1): Qt.CursorShape.SizeBDiagCursor,
    (0, -1): Qt.CursorShape.SizeVerCursor,
    (0, 1): Qt.CursorShape.SizeVerCursor,
    (-1, 0): Qt.CursorShape.SizeHorCursor,
    (1, 0): Qt.CursorShape.SizeHorCursor,
}


class CropView(QWidget):
    """Widget that fits a picture into itself; a box on it is what counts, the rest is dimmed.

    Drag the box, its eight handles, or beside it for another box. By keyboard, arrows move it, with
    Shift they move its lower right corner, and Esc makes it whole again.
    """

    changed = Signal()
    """Another box."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box: CropBox | None = None
        """None while there is no picture."""
        self._text = ""
        self._pixmap = QPixmap()
        self._held: Part | None = None
        self._from = QPointF()
        self._before: CropBox | None = None
        """The box when the mouse was pressed; None for a new one, drawn from there."""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)
        self.setAccessibleName("Crop of the picture")
        self.setToolTip(
            "Drag the box or its handles, or draw another one beside it\n"
            "Arrows move it, Shift+arrows resize it, Esc takes the whole picture"
        )

    # ---- what is shown --------------------------------------------------------------------------

    @property
    def crop(self) -> Crop | None:
        """The box in whole pixels; None for the whole picture."""
        return None if self.box is None else self.box.to_crop()

    @property
    def text(self) -> str:
        """What stands in the picture's place."""
        return self._text

    def sizeHint(self) -> QSize:
        """Return Qt's size hint."""
        return QSize(420, 360)

    def say(self, text: str) -> None:
        """Show a text in the picture's place."""
        self.box, self._text, self._pixmap = None, text, QPixmap()
        self.setAccessibleDescription(text)
        self.update()

    def show_picture(self, image: QImage, size: tuple[int, int]) -> None:
        """Show a picture of `size` (width, height), of which `image` may be a smaller copy."""
        self._text, self._pixmap = "", QPixmap.fromImage(image)
        self.box = CropBox.whole(size)
        self._describe()
        self.update()

    def set_box(self, box: CropBox) -> None:
        """Take another box."""
        if box != self.box:
            self.box = box
            self._describe()
            self.update()
            self.changed.emit()

    def picture_rect(self) -> QRectF:
        """Return where the picture is painted."""
        if self.box is None:
            return QRectF()
        width, height = self.box.size
        rect = QRectF(0, 0, width * self._scale(), height * self._scale())
        rect.moveCenter(QRectF(self.rect()).center())
        return rect

    def box_rect(self) -> QRectF:
        """Return where the box is painted."""
        if self.box is None:
            return QRectF()
        return QRectF(
            self._to_widget(self.box.left, self.box.top), self._to_widget(self.box.right, self.box.bottom)
        )

    def handle_center(self, part: Part) -> QPointF:
        """Return where a handle is."""
        rect = self.box_rect()
        x, y = rect.center().x(), rect.center().y()
        return QPointF(x + part[0] * rect.width() / 2, y + part[1] * rect.height() / 2)

    # ---- mouse and keyboard ---------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the box, of a handle, or begin another box."""
        if self.box is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._from = event.position()
        self._held = self._part_at(event.position())
        self._before = self.box if self._held is not None else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is held; otherwise show what could be."""
        if self.box is None:
            return
        if not event.buttons() & Qt.MouseButton.LeftButton:
            self._point_at(event.position())
            return
        a, b = self._to_picture(self._from), self._to_picture(event.position())
        if self._before is not None and self._held is not None:
            self.set_box(self._before.dragged(self._held, b[0] - a[0], b[1] - a[1]))
        else:
            self.set_box(CropBox.between(self.box.size, a, b))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._held = self._before = None
        self._point_at(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take the whole picture."""
        if self.box is not None:
            self.set_box(CropBox.whole(self.box.size))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by arrows, resize with Shift; Esc takes the whole picture, and then closes the dialog."""
        arrow = _ARROWS.get(Qt.Key(event.key()))
        if self.box is not None and arrow is not None:
            step = max(1.0, _STEP * max(self.box.size))
            part = (1, 1) if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else MOVE
            self.set_box(self.box.dragged(part, arrow[0] * step, arrow[1] * step))
        elif event.key() == Qt.Key.Key_Escape and self.box is not None and not self.box.is_whole:
            self.set_box(CropBox.whole(self.box.size))
        else:
            super().keyPressEvent(event)

    # ---- painting -------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture, what is outside of the box dimmed, and the box with its handles."""
        palette = theme.palette()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.scene))
        painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        if self.box is None:
            painter.setPen(QColor(palette.text))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            paint_text(painter, self.rect().adjusted(16, 16, -16, -16), flags, self._text)
        else:
            seen = self.picture_rect().united(
                QRectF(self.picture_rect().center(), QSizeF(1, 1))
            )  # of one row, say
            painter.drawPixmap(seen, self._pixmap, QRectF(self._pixmap.rect()))
            self._paint_box(painter, palette)
        painter.end()
        paint_focus(self)

    def _paint_box(self, painter: QPainter, palette: theme.Palette) -> None:
        rect = self.box_rect()
        outside, inside = QPainterPath(), QPainterPath()
        outside.addRect(self.picture_rect())
        inside.addRect(rect)
        painter.fillPath(outside.subtracted(inside), QColor(0, 0, 0, 140))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        # Light on dark, so that it is seen on a picture of any colour.
        for colour, width in ((QColor(0, 0, 0, 160), 3.0), (QColor(255, 255, 255), 1.5)):
            painter.setPen(QPen(colour, width))
            painter.drawRect(rect)
        painter.setPen(QPen(QColor(0, 0, 0, 200), 1.0))
        painter.setBrush(QColor(palette.accent) if self.hasFocus() else QColor(255, 255, 255))
        for part in HANDLES:
            handle = QRectF(0, 0, _HANDLE, _HANDLE)
            handle.moveCenter(self.handle_center(part))
            painter.drawRect(handle)

    # ---- inside ---------------------------------------------------------------------------------

    def _scale(self) -> float:
        """Return how many of the widget's pixels are one of the picture's."""
        assert self.box is not None
        room = QRectF(self.rect()).adjusted(_ROOM, _ROOM, -_ROOM, -_ROOM)
        width, height = self.box.size
        return min(max(1.0, room.width()) / width, max(1.0, room.height()) / height)

    def _to_widget(self, x: float, y: float) -> QPointF:
        return self.picture_rect().topLeft() + QPointF(x, y) * self._scale()

    def _to_picture(self, point: QPointF) -> tuple[float, float]:
        at = (point - self.picture_rect().topLeft()) / self._scale()
        return at.x(), at.y()

    def _part_at(self, point: QPointF) -> Part | None:
        """Return the handle that is near a point, or the box itself; None beside it."""
        near = {part: (self.handle_center(part) - point).manhattanLength() for part in HANDLES}
        part = min(near, key=lambda one: near[one])
        if near[part] <= 2 * _REACH and _is_within(self.handle_center(part), point):
            return part
        return MOVE if self.box_rect().contains(point) else None

    def _point_at(self, point: QPointF) -> None:
        part = self._part_at(point) if self.box is not None else None
        if part is None:
            self.setCursor(Qt.CursorShape.CrossCursor if self.box is not None else Qt.CursorShape.ArrowCursor)
        else:
            self.setCursor(_CURSORS.get(part, Qt.CursorShape.SizeAllCursor))

    def _describe(self) -> None:
        crop = self.crop
        assert self.box is not None
        width, height = self.box.size
        self.setAccessibleDescription(
            f"the whole picture, {width} × {height} pixels"
            if crop is None
            else f"{crop.width} × {crop.height} of {width} × {height} pixels, at {crop.x}, {crop.y}"
        )


def _is_within(center: QPointF, point: QPointF) -> bool:
    return abs(center.x() - point.x()) <= _REACH and abs(center.y() - point.y()) <= _REACH
