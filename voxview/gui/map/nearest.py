"""Thumbnails of the chairs most like what is shown, with their IoU."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from voxview.gui import theme
from voxview.gui.context.thumbnails import SIDE, Thumbnails
from voxview.gui.widgets.letters import paint_letter
from voxview.gui.widgets.painted_text import line_height, paint_line
from voxview.shapes.chair import Chair

COUNT = 8
_COLUMNS = 4
_KEYS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -_COLUMNS,
    Qt.Key.Key_Down: _COLUMNS,
}


_SPOKEN = "The arrows select one, Enter takes it as A, Shift and Enter as B"


class NearestView(QWidget):
    """Widget with two rows of four thumbnails, best first; one is selected by the mouse or the arrows."""

    selected = Signal(object)
    """The `Chair` that was clicked or walked to."""
    chosen = Signal(str, object)
    """A letter, "A" or "B", and the chair that shall be it: by Enter, Shift+Enter or a double click."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self.found: list[tuple[Chair, float]] = []
        self._chair: Chair | None = None
        self._pair: tuple[Chair | None, Chair | None] = (None, None)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("The chairs most like what is shown")
        self.setAccessibleDescription(_SPOKEN)
        thumbnails.drawn.connect(self._redraw)

    def show_found(self, found: list[tuple[Chair, float]]) -> None:
        """Show other chairs with their intersection over union; the selected one stays selected."""
        self.found = found
        listed = ", ".join(f"{chair.name} {iou:.0%}" for chair, iou in found)
        self.setAccessibleDescription(f"{_SPOKEN}: {listed}" if found else _SPOKEN)
        self.update()

    def show_pair(self, a: Chair | None, b: Chair | None) -> None:
        """Mark A and B, where they are among them."""
        self._pair = (a, b)
        self.update()

    def selected_chair(self) -> Chair | None:
        """Return the one that is selected, as long as it is among them."""
        return self._chair if any(chair == self._chair for chair, _ in self.found) else None

    def cell_rect(self, place: int) -> QRectF:
        """Return the rectangle of the chair at a place."""
        wide, high = self.width() / _COLUMNS, self.sizeHint().height() / (COUNT // _COLUMNS)
        return QRectF((place % _COLUMNS) * wide, (place // _COLUMNS) * high, wide, high)

    def sizeHint(self) -> QSize:
        """Return Qt's size hint: two rows of a picture and two lines of words."""
        return QSize(_COLUMNS * (SIDE + 40), COUNT // _COLUMNS * (SIDE + 2 * self._line() + 12))

    # ---- mouse and keys -------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select."""
        self._select(self._place_at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take it as A, with Shift as B: as in the list of chairs."""
        self._choose(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell all of a name that is cut."""
        place = self._place_at(event.position())
        if place is None:
            QToolTip.hideText()
        else:
            chair, iou = self.found[place]
            text = f"{chair.name}\n{chair.id}\n{iou:.1%} intersection over union with what is shown"
            QToolTip.showText(event.globalPosition().toPoint(), text, self, self.cell_rect(place).toRect())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Select with the arrows; take the selected chair as A with Enter, with Shift as B."""
        key = Qt.Key(event.key())
        if key in _KEYS and self.found:
            place = next((i for i, (chair, _) in enumerate(self.found) if chair == self._chair), None)
            self._select(0 if place is None else min(max(0, place + _KEYS[key]), len(self.found) - 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)

    def _select(self, place: int | None) -> None:
        if place is not None:
            self._chair = self.found[place][0]
            self.update()
            self.selected.emit(self._chair)

    def _choose(self, as_b: bool) -> None:
        chair = self.selected_chair()
        if chair is not None:
            self.chosen.emit("B" if as_b else "A", chair)

    def _place_at(self, at: QPointF) -> int | None:
        return next((i for i in range(len(self.found)) if self.cell_rect(i).contains(at)), None)

    # ---- painting -------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw each chair's picture, its similarity and its name."""
        palette = theme.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(QColor(palette.accent), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        for place, (chair, iou) in enumerate(self.found):
            self._paint_cell(painter, palette, self.cell_rect(place), chair, iou)

    def _paint_cell(
        self, painter: QPainter, palette: theme.Palette, cell: QRectF, chair: Chair, iou: float
    ) -> None:
        picture = QRectF(cell.center().x() - SIDE / 2, cell.top() + 4, SIDE, SIDE)
        if chair == self._chair:
            band = QColor(palette.accent)
            band.setAlphaF(0.22)
            painter.setBrush(band)
            painter.setPen(QPen(QColor(palette.accent), 1) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.drawRoundedRect(cell.adjusted(1, 1, -1, -1), 4, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.scene))
        painter.drawRoundedRect(picture, 4, 4)
        pixmap = self._thumbnails.picture(chair)
        if pixmap is not None and not pixmap.isNull():
            painter.drawPixmap(picture.toRect(), pixmap)
        letters = [letter for letter, one in zip("AB", self._pair, strict=True) if one == chair]
        painter.setFont(theme.small_font(self))
        for number, letter in enumerate(letters):
            disc = QRectF(picture.left() + 17 * number - 4, picture.top() - 2, 15, 15)
            paint_letter(painter, disc, letter)
        line = QRectF(cell.left() + 4, picture.bottom() + 2, cell.width() - 8, self._line())
        for text, colour in ((f"{iou:.0%}", palette.text), (chair.name, palette.quiet)):
            painter.setPen(QColor(colour))
            paint_line(painter, line, Qt.AlignmentFlag.AlignHCenter, text)
            line.moveTop(line.bottom())

    def _line(self) -> int:
        return line_height(theme.small_font(self))

    def _redraw(self, chair: Chair) -> None:
        if any(one == chair for one, _ in self.found):
            self.update()
