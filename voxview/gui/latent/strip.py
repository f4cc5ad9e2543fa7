"""Strip of five chairs that differ in one number alone."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from voxview.engine.along_number import SPREADS
from voxview.gui import theme
from voxview.gui.latent.texts import moved_text, number_text
from voxview.gui.widgets.painted_text import line_height, paint_line

_LEAST, _MOST = 44, 110
"""Pixels of a picture's side."""
_LINES = 3
"""Below each picture: spreads, value, voxels."""


@dataclass(frozen=True, eq=False)
class StripPicture:
    """One of the five."""

    image: QImage
    value: float
    came: int
    went: int


class NumberStrip(QWidget):
    """Widget with the pictures as they come; a click, or Enter, takes the number of one of them."""

    taken = Signal(float)
    """The value of the number that the person wants."""
    resized = Signal()
    """Its pictures have another size now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures: tuple[StripPicture, ...] = ()
        self._at = 2
        self._is_stale = False
        self.setFont(theme.small_font(self))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Five chairs along this number")

    @property
    def pictures(self) -> tuple[StripPicture, ...]:
        """What is shown."""
        return self._pictures

    @property
    def is_stale(self) -> bool:
        """Whether others are on their way."""
        return self._is_stale

    def show_pictures(self, pictures: tuple[StripPicture, ...]) -> None:
        """Show other chairs, as many as there are by now."""
        self._pictures, self._is_stale = pictures, len(pictures) < len(SPREADS)
        self._describe()
        self.update()

    def show_stale(self) -> None:
        """Show what there is fainter: it is of another number or another blend."""
        if not self._is_stale:
            self._is_stale = True
            self.update()

    def picture_side(self) -> int:
        """Return the pixels of a picture's side."""
        return self._side(self.width())

    # ---- Qt -------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return Qt's size hint: five pictures with their lines."""
        return QSize(400, self._height(400))

    def minimumSizeHint(self) -> QSize:
        """Return the smallest useful size."""
        return QSize(len(SPREADS) * _LEAST, self._height(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the pictures another size."""
        super().resizeEvent(event)
        self.setFixedHeight(self._height(self.width()))
        self.resized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pictures and what is below them."""
        palette, painter = theme.palette(), QPainter(self)
        lines = line_height(self.font())
        for place, spreads in enumerate(SPREADS):
            room = self.room(place)
            painter.setOpacity(0.4 if self._is_stale else 1.0)
            painter.fillRect(room, QColor(palette.scene))
            texts = [f"{spreads:+d}".replace("-", "−") if spreads else "0"]
            if place < len(self._pictures):
                picture = self._pictures[place]
                painter.drawImage(room, picture.image)
                texts += [number_text(round(picture.value, 4) + 0.0), moved_text(picture.came, picture.went)]
            painter.setOpacity(1.0)
            for line, text in enumerate(texts):
                painter.setPen(QColor(palette.text if line == 1 else palette.quiet))
                below = QRect(room.left(), room.bottom() + 3 + line * lines, room.width(), lines)
                paint_line(painter, below, Qt.AlignmentFlag.AlignHCenter, text)
        if self.hasFocus():
            painter.setPen(QPen(QColor(palette.accent), 2))
            painter.drawRect(self.room(self._at).adjusted(1, 1, -1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the number of the chair that was clicked."""
        place = self._place_at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self._at = place
            self._take()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show that pictures can be clicked."""
        is_picture = self._place_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_picture else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from chair to chair with the arrows; Enter takes the number of one."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._at = min(max(self._at + (1 if key == Qt.Key.Key_Right else -1), 0), len(SPREADS) - 1)
            self._describe()
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Take on other colours."""
        super().changeEvent(event)
        self.update()

    # ---- inside ---------------------------------------------------------------------------------

    def room(self, place: int) -> QRect:
        """Return the square of a picture."""
        side = self.picture_side()
        return QRect(place * self.width() // len(SPREADS), 0, side, side)

    def _height(self, width: int) -> int:
        return self._side(width) + _LINES * line_height(self.font()) + 8

    def _side(self, width: int) -> int:
        return max(_LEAST, min(width // len(SPREADS) - 4, _MOST))

    def _place_at(self, position: QPointF) -> int | None:
        point = position.toPoint()
        return next((i for i in range(len(self._pictures)) if self.room(i).contains(point)), None)

    def _take(self) -> None:
        if self._at < len(self._pictures) and not self._is_stale:
            self.taken.emit(self._pictures[self._at].value)

    def _describe(self) -> None:
        if self._at < len(self._pictures):
            one = self._pictures[self._at]
            moved = f"{one.came} voxels more, {one.went} fewer than shown"
            self.setAccessibleDescription(f"{SPREADS[self._at]} spreads: {number_text(one.value)}, {moved}")
