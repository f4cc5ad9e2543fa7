"""Making of the strip: decoded on the engine's thread at rest, drawn on a thread of its own."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from voxview.conventions import LEVEL
from voxview.engine.along_number import AlongNumber, decode_along
from voxview.engine.step import Step
from voxview.gui.context.background import BackgroundTasks
from voxview.gui.latent.strip import StripPicture
from voxview.gui.session.at_rest import AtRest, Check
from voxview.gui.session.session import Session
from voxview.shapes.frame import Field, Floats
from voxview.surface.moved_voxels import render_moved

if TYPE_CHECKING:  # torch, which pages and their tests do without
    from voxview.engine.engine import Engine


@dataclass(frozen=True, eq=False)
class WantedStrip:
    """One strip."""

    at: int
    """The number's place among the 64."""
    latent: Floats
    """`(8, 8)`, of what is shown."""
    field: Field
    """What is shown: what differs from it is coloured."""
    side: int
    """Of a picture, in pixels of the screen."""

    def is_like(self, other: WantedStrip | None) -> bool:
        """Return whether the other would show the same."""
        return other is not None and (
            (self.at, self.side) == (other.at, other.side)
            and self.field is other.field
            and bool((self.latent == other.latent).all())
        )


class StripMaker(QObject):
    """One strip at a time; anything that moves goes before it."""

    decoded = Signal(object)
    """An `AlongNumber`."""
    drawn = Signal(object)
    """The `StripPicture`s that are drawn by now, a tuple."""
    failed = Signal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._at_rest = AtRest(session.engine, session.selection, "along a number", self)
        self._drawing = BackgroundTasks(self)
        self._wanted: WantedStrip | None = None
        self._drawing.step.connect(lambda _number, step, _seconds: self.drawn.emit(step.value))

    def want(self, wanted: WantedStrip, *, at_once: bool) -> bool:
        """Make a strip, when nothing moves; return False if it is what is made already."""
        if wanted.is_like(self._wanted):
            return False
        self._wanted = wanted
        self._drawing.stop()
        device = self._session.selection.device

        def work(engine: Engine, check: Check) -> AlongNumber:
            return decode_along(engine, device, wanted.latent, wanted.at, check)

        self._at_rest.want(work, partial(self._draw, wanted), self.failed.emit, at_once=at_once)
        return True

    def drop(self) -> None:
        """Make nothing any more."""
        self._wanted = None
        self._at_rest.drop()
        self._drawing.stop()

    def stop(self) -> None:
        """Drop what is drawn, and wait for the picture that is being made."""
        self.drop()
        self._drawing.wait(1.0)

    def _draw(self, wanted: WantedStrip, along: object) -> None:
        if wanted is self._wanted and isinstance(along, AlongNumber):
            self.decoded.emit(along)
            work = partial(_pictures, wanted, along)
            self._drawing.run("Drawing chairs along a number", work, self.drawn.emit, self.failed.emit)


def _pictures(wanted: WantedStrip, along: AlongNumber) -> Generator[Step, None, tuple[StripPicture, ...]]:
    """Draw the chairs one after the other; yield those that there are."""
    drawn: list[StripPicture] = []
    before, count = wanted.field > LEVEL, len(along.fields)
    for value, field in zip(along.values, along.fields, strict=True):
        moved = render_moved(before, field, wanted.side)
        side = len(moved.image)
        image = QImage(moved.image.tobytes(), side, side, 4 * side, QImage.Format.Format_RGBA8888).copy()
        drawn.append(StripPicture(image, value, moved.came, moved.went))
        if len(drawn) < count:
            yield Step(len(drawn), count, tuple(drawn), "chairs")
    return tuple(drawn)
