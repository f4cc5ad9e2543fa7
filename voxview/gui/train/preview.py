"""The morph of the pair on screen by the run's newest weights: decoded at rest, drawn on another thread."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from voxview.conventions import LEVEL
from voxview.gui import theme
from voxview.gui.context.newest import NewestTask
from voxview.gui.session.at_rest import AtRest, Check
from voxview.gui.session.session import Session
from voxview.gui.widgets.images import image_of
from voxview.gui.widgets.painted_text import line_height, paint_line
from voxview.shapes.chair import Chair

if TYPE_CHECKING:
    from voxview.engine.engine import Engine
    from voxview.shapes.frame import Floats

_SIDE = 120
"""Pixels of a picture, which is drawn smaller where there is less room."""
_STEPS = 7
NOTHING_YET = "From A to B by the run's newest weights, as soon as there are some"


class PreviewMaker(QObject):
    """One morph at a time, of the newest weights; anything that moves goes before it."""

    drawn = Signal(object, bool)
    """The pictures, a tuple of `QImage`, and whether there is anything on them."""
    failed = Signal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._at_rest = AtRest(session.engine, session.selection, "training preview", self)
        self._drawing = NewestTask("Drawing the preview", self._pass_on, self.failed.emit, self)
        self._selection = session.selection

    def want(self, weights: Path) -> bool:
        """Draw the morph of the selected pair by some weights; return False where there is no pair."""
        a, b = self._selection.pair
        if a is None or b is None:
            return False
        self._at_rest.want(partial(_decoded, weights, a, b), self._draw, self.failed.emit)
        return True

    def stop(self) -> None:
        """Drop what is made, and wait a moment for what is being drawn."""
        self._at_rest.drop()
        self._drawing.stop()
        self._drawing.wait(0.3)

    def _draw(self, fields: object) -> None:
        if isinstance(fields, tuple):
            self._drawing.run(partial(_pictures, fields))

    def _pass_on(self, drawn: tuple[tuple[QImage, ...], bool]) -> None:
        self.drawn.emit(*drawn)


class PreviewStrip(QWidget):
    """Widget with the pictures from A to B in a row, and what they are below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: tuple[QImage, ...] = ()
        self._text = NOTHING_YET
        self.setFont(theme.small_font(self))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"Preview morph: {self._text}")

    @property
    def text(self) -> str:
        """What is said below the pictures."""
        return self._text

    @property
    def count(self) -> int:
        """How many pictures there are."""
        return len(self._images)

    def show_images(self, images: tuple[QImage, ...], text: str) -> None:
        """Show pictures, and what they are."""
        self._images, self._text = images, text
        self.setAccessibleName(f"Preview morph: {text}")
        self.updateGeometry()
        self.update()

    def say(self, text: str) -> None:
        """Say something else below the pictures that there are."""
        self.show_images(self._images, text)

    def sizeHint(self) -> QSize:
        """Return Qt's size hint: a row of pictures and a line."""
        return QSize(5 * _SIDE, 88 + line_height(self.font()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pictures, as large as they fit, and the line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        palette, line = theme.palette(), line_height(self.font())
        side = min(self.height() - line, self.width() // _STEPS)
        left = (self.width() - side * _STEPS) // 2
        for place in range(_STEPS):
            room = QRect(left + place * side, 0, side, side).adjusted(1, 1, -1, -1)
            painter.fillRect(room, QColor(palette.scene))
            if place < len(self._images):
                painter.drawImage(room, self._images[place])
        painter.setPen(QColor(palette.quiet))
        below = QRect(0, self.height() - line, self.width(), line)
        paint_line(painter, below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, self._text)


def _decoded(weights: Path, a: Chair, b: Chair, engine: Engine, check: Check) -> tuple[Floats, ...]:
    """Decode the morph, on the engine's thread."""
    from voxview.engine.preview_morph import preview_morph

    return preview_morph(engine, weights, a, b, check)


def _pictures(fields: tuple[Floats, ...]) -> tuple[tuple[QImage, ...], bool]:
    """Draw the chairs, on a thread of its own, without VTK; return them and whether there are any."""
    from voxview.surface.colours import blend_color
    from voxview.surface.picture import render_chair

    last = len(fields) - 1
    images = tuple(
        image_of(render_chair(field, (_SIDE, _SIDE), color=blend_color(place / last)))
        for place, field in enumerate(fields)
    )
    return images, any((field > LEVEL).any() for field in fields)
