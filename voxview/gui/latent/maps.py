"""Three heat maps of 8×8 numbers: A, what is in the middle, and B."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from voxview.conventions import LATENT_SHAPE
from voxview.gui import theme
from voxview.gui.latent.colours import image_of, nice_range
from voxview.gui.latent.map_painting import MapLayout, paint_maps
from voxview.gui.latent.shown_latents import ShownLatents
from voxview.gui.widgets.painted_text import line_height

_ROWS, _COLUMNS = LATENT_SHAPE
_MIDDLE = 1
_PIXELS_A_RANGE = 120
"""A drag over so many pixels goes from 0 to the end of the scale."""
_NOTCHES_A_RANGE = 40
"""So many notches of the wheel, or presses of a key, do."""
_NOTCH = 120
"""Eighths of degrees of Qt's in a notch."""
_ARROWS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}
_STEPS = {
    Qt.Key.Key_Plus: 1,
    Qt.Key.Key_Equal: 1,
    Qt.Key.Key_PageUp: 4,
    Qt.Key.Key_Minus: -1,
    Qt.Key.Key_PageDown: -4,
}
_OWN_KEYS = (QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.Paste, QKeySequence.StandardKey.Delete)


@dataclass(frozen=True)
class _Drag:
    at: int
    from_y: float
    value: float
    has_moved: bool = False


class LatentMaps(QWidget):
    """Widget whose numbers can be pointed at, chosen and, in the middle, changed; by mouse and by keys."""

    pointed = Signal(object)
    """The place of the number under the mouse; None: the chosen one counts."""
    chosen = Signal(int)
    """The place of the number with the cursor."""
    changed = Signal(int, float)
    """A number of the middle shall have another value; during a drag or a turn of the wheel often."""
    reset = Signal(int)
    """A number shall be the blend's again."""
    copy = Signal()
    paste = Signal()
    typing = Signal()
    """The person wants to type the number with the cursor."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._latents: ShownLatents | None = None
        self._images: tuple[QImage, ...] = ()
        self._drag: _Drag | None = None
        self._layout = MapLayout(0, 0)
        self.span = 1.0
        """The colours go from −span to span."""
        self.cursor_at: int | None = None
        self.pointed_at: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("The 8×8 numbers of A, of the middle and of B")

    # ---- what is shown --------------------------------------------------------------------------

    def show_latents(self, latents: ShownLatents) -> None:
        """Show other numbers. The scale of the colours changes in round steps."""
        before, span = self._latents, self.span
        self._latents = latents
        each = (latents.a, latents.middle, latents.b)
        self.span = nice_range(max(float(abs(z).max()) for z in each))
        if before is not None and (before.a is latents.a, before.b is latents.b, span) == (
            True,
            True,
            self.span,
        ):
            self._images = (self._images[0], image_of(latents.middle, self.span), self._images[2])
            self.update(self.painted_area(_MIDDLE))  # in a slider's move nothing else changes
        else:
            self._images = tuple(image_of(z, self.span) for z in each)
            self.update()
        if self.cursor_at is None:
            self._choose(latents.most_different())

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        latents, self._latents = self._latents, None
        if latents is not None:
            self.show_latents(latents)

    @property
    def at(self) -> int | None:
        """The number that is spoken of: the one under the mouse, else the chosen one."""
        return self.cursor_at if self.pointed_at is None else self.pointed_at

    def cell_rect(self, place: int, at: int) -> QRectF:
        """Return the rectangle of a number of A (0), of the middle (1) or of B (2)."""
        return self._layout.cell(place, at)

    def painted_area(self, place: int) -> QRect:
        """Return all that is painted of a map: of a slider's move that of the middle."""
        return self._layout.area(place)

    def choose(self, at: int) -> None:
        """Put the cursor on a number."""
        self._choose(at)

    # ---- Qt -------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return Qt's size hint: three squares in a row, and a line above them."""
        return QSize(400, self._layout.height)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest useful size: smaller cells cannot be hit."""
        return QSize(204, self._layout.height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the squares another size."""
        super().resizeEvent(event)
        self._layout = MapLayout(self.width(), line_height(self.font()))
        self.setFixedHeight(self._layout.height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the maps."""
        if self._latents is None:
            return
        painter = QPainter(self)
        places = [place for place in range(3) if self.painted_area(place).intersects(event.rect())]
        paint_maps(painter, self._layout, self._latents, self._images, places)
        for place in places:
            if self.pointed_at not in (None, self.cursor_at):
                _outline(painter, self._layout.cell(place, self.pointed_at or 0), 1)
            if self.cursor_at is not None:
                _outline(painter, self._layout.cell(place, self.cursor_at), 2)
        if self.hasFocus():
            painter.setPen(QColor(theme.palette().accent))
            for place in places:
                painter.drawRect(self._layout.square(place).adjusted(-2, -2, 1, 1))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    # ---- mouse ----------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at a number, or change the one that is dragged."""
        if self._drag is None:
            hit = self._layout.hit(event.position())
            self._point(hit[1] if hit else None)
            self._show_cursor(event.position())
            return
        drag, up = self._drag, self._drag.from_y - event.position().y()
        if not drag.has_moved and abs(up) < QApplication.startDragDistance() / 2:
            return  # a click that chooses a number is no drag, though the hand is not quite still
        fine = 0.1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
        value = drag.value + up * fine * self.span / _PIXELS_A_RANGE
        # From here on: Shift in the middle of a drag makes the rest of it finer, and nothing jumps.
        self._drag = _Drag(drag.at, event.position().y(), value, has_moved=True)
        self.changed.emit(drag.at, value)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a number, and begin to drag it if it is one of the middle."""
        hit = self._layout.hit(event.position())
        if hit is None or self._latents is None or event.button() != Qt.MouseButton.LeftButton:
            return
        place, at = hit
        self._choose(at)
        if place == _MIDDLE:
            self._drag = _Drag(at, event.position().y(), self._latents.number(at))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag."""
        self._drag = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Type the number."""
        self._drag = None
        self.typing.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        self._point(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change the chosen number of the middle under the mouse; anywhere else the page scrolls."""
        hit = self._layout.hit(event.position())
        if self.hasFocus() and hit == (_MIDDLE, self.cursor_at) and event.angleDelta().y():
            self._step(event.angleDelta().y() / _NOTCH)
            event.accept()
        else:
            event.ignore()

    # ---- keys -----------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keep copy, paste and delete from the menu, where they mean pictures, files and imported chairs."""
        is_new_key = event.type() == QEvent.Type.ShortcutOverride
        if is_new_key and isinstance(event, QKeyEvent) and any(event.matches(keys) for keys in _OWN_KEYS):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cursor with the arrows; + and − change the number, Enter types it, Delete resets it."""
        key = Qt.Key(event.key())
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy.emit()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste.emit()
        elif self.cursor_at is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        elif key in _ARROWS:
            row, column = divmod(self.cursor_at, _COLUMNS)
            down, right = _ARROWS[key]
            row, column = min(max(row + down, 0), _ROWS - 1), min(max(column + right, 0), _COLUMNS - 1)
            self._point(None)
            self._choose(row * _COLUMNS + column)
        elif key in _STEPS:
            self._step(_STEPS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.typing.emit()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.reset.emit(self.cursor_at)
        else:
            super().keyPressEvent(event)

    # ---- inside ---------------------------------------------------------------------------------

    def _step(self, notches: float) -> None:
        if self._latents is not None and self.cursor_at is not None:
            value = self._latents.number(self.cursor_at) + notches * self.span / _NOTCHES_A_RANGE
            self.changed.emit(self.cursor_at, value)

    def _point(self, at: int | None) -> None:
        if at != self.pointed_at:
            self.pointed_at = at
            self.update()
            self.pointed.emit(at)

    def _choose(self, at: int) -> None:
        if at != self.cursor_at:
            self.cursor_at = at
            self.update()
            self.chosen.emit(at)

    def _show_cursor(self, position: QPointF) -> None:
        """Show by the mouse's cursor what can be dragged."""
        hit = self._layout.hit(position)
        is_middle = hit is not None and hit[0] == _MIDDLE
        self.setCursor(Qt.CursorShape.SizeVerCursor if is_middle else Qt.CursorShape.ArrowCursor)


def _outline(painter: QPainter, cell: QRectF, width: int) -> None:
    """Draw black around white: one of them is seen on any colour."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, grown in (("#000000", width), ("#FFFFFF", width - 1)):
        painter.setPen(QColor(colour))
        for edge in range(grown, grown - width, -1) if colour == "#000000" else (grown,):
            painter.drawRect(cell.adjusted(-edge, -edge, edge - 1, edge - 1))
