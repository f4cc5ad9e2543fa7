"""The first pictures: A, the blend and B by the software renderer, until the 3D view is there.

Where there is no OpenGL they stay. VTK, PyVista and what they bring take a second and more to import; these
pictures need NumPy and SciPy only. They have layouts and cameras, with parallel lines and always upright,
and have their own light. Voxels as cubes, edges, ghosts and slices need the 3D view.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from voxview.errors import VoxViewError
from voxview.gui import theme
from voxview.gui.blend.layout import CAMERA, spans
from voxview.gui.blend.subplots import Shape, pixels_of
from voxview.gui.session.camera import FIRST, Camera
from voxview.gui.session.look import Look
from voxview.gui.session.views import Cameras
from voxview.gui.widgets.painted_text import line_height, paint_line

if TYPE_CHECKING:
    import numpy as np

log = logging.getLogger(__name__)

_LARGEST = 512
"""Pixels along an edge: 0.2 s on one core. On a screen with more, a picture is enlarged."""
_RESIZED_AFTER_MS = 150
"""Until a window that is dragged larger has come to rest; meanwhile its pictures are enlarged."""
_CLOSING_SECONDS = 1.0


@dataclass(frozen=True, eq=False)
class _Picture:
    """A shape, and its picture once that is drawn."""

    shape: Shape
    side: int
    image: QImage | None = None
    camera: Camera = FIRST

    def is_of(self, other: _Picture) -> bool:
        """Return whether it is the picture of that shape in its colour, at that size and from there."""
        import numpy as np

        shape = other.shape
        same = self.side == other.side and self.camera == other.camera and self.shape.colour == shape.colour
        same = same and self.shape.resolution == shape.resolution
        before, now = self.shape.parts, shape.parts
        same = same and (before is now or (before is not None and before.is_like(now)))
        return same and np.array_equal(self.shape.voxels, shape.voxels)


@dataclass(eq=False)
class _Batch:
    """Shapes that are shown in one step, by place, and what is said of them then."""

    pictures: dict[int, _Picture] = field(default_factory=dict)
    sayings: list[Callable[[], None]] = field(default_factory=list)


class FirstPictures(QWidget):
    """Widget that paints up to three pictures where the 3D view will have its subplots."""

    drawn = Signal()
    """Everything that was put is on screen."""
    _rendered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(240, 96)
        self._look, self._cameras = Look(), (FIRST, FIRST, FIRST)
        self._text, self._text_stays = "", False
        self._pictures: dict[int, _Picture] = {}
        """What is on screen, by place."""
        self._next = _Batch()
        """What was put since the thread took the last batch."""
        self._in_work: _Batch | None = None
        self._reported = True
        """Whether `drawn` was emitted for what is on screen."""
        self._changed = threading.Condition()
        self._handed: _Batch | None = None
        self._stopping = False
        self._thread = threading.Thread(target=self._live, name="voxview-first-pictures", daemon=True)
        self._rendered.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._hand_over)
        self._resized = QTimer(self, singleShot=True, interval=_RESIZED_AFTER_MS)
        self._resized.timeout.connect(self._draw_again)
        self.say("Starting…")

    def prepare(self) -> None:
        """Start the thread that draws: it begins with its imports."""
        if self._thread.ident is None and not self._stopping:
            self._thread.start()

    @property
    def text(self) -> str:
        """The quiet line."""
        return self._text

    def say(self, text: str, *, for_good: bool = False) -> None:
        """Show a quiet line, below the pictures if there are any; until the next one, unless `for_good`."""
        if self._text_stays and not for_good:
            return
        self._text, self._text_stays = text, for_good
        self.setAccessibleName(f"Chair A, the blend and chair B, as pictures. {text}".strip())
        self.update()

    def put(self, shapes: Mapping[int, Shape], then: Callable[[], None]) -> None:
        """Draw shapes on the other thread; what is put in one turn of the event loop is shown in one step."""
        self.prepare()
        for place, shape in shapes.items():
            self._next.pictures[place] = _Picture(shape, self._side(place), camera=self._camera(place))
        self._next.sayings.append(then)
        self._soon.start()

    def finish(self) -> None:
        """Draw no more, and say what was to be said: another layer shows it."""
        self._end()
        for batch in (self._in_work, self._next):
            for say in batch.sayings if batch is not None else ():
                say()
        self._in_work, self._next = None, _Batch()

    def stop(self) -> None:
        """Drop the picture in work, and wait a moment for the thread."""
        self._end()
        if self._thread.ident is not None:
            self._thread.join(_CLOSING_SECONDS)

    def pixels(self, place: int) -> np.ndarray | None:
        """Return the picture in a place, `uint8 (side, side, 4)`; None before there is one."""
        picture = self._pictures.get(place)
        return None if picture is None or picture.image is None else pixels_of(picture.image)

    def picture(self) -> QImage:
        """Return what is seen; a null image before there is a picture."""
        return self.grab().toImage() if self._pictures else QImage()

    def save_picture(self, path: Path) -> None:
        """Write what is seen to a `.png` file; `VoxViewError` if that fails."""
        from voxview.surface.picture import write_png

        if not self._pictures:
            raise VoxViewError("there is no picture yet: wait until the chairs are shown, then try again")
        write_png(path, pixels_of(self.grab().toImage()))

    def apply_theme(self) -> None:
        """Take on the theme's colours: the pictures have no background of their own."""
        self.update()

    def set_look(self, look: Look) -> None:
        """Show the views of another layout."""
        self._look = look
        self._draw_again()
        self.update()

    def set_cameras(self, cameras: Cameras) -> None:
        """Show A, the blend and B from elsewhere, as soon as they are drawn."""
        self._cameras = cameras
        self._draw_again()
        self.update()

    # ---- Qt -------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Enlarge what is there, and draw it anew once the window has come to rest."""
        super().resizeEvent(event)
        self._resized.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pictures in the middles of their places, and the line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(theme.palette().scene))
        for place, (left, right) in spans(self._look.layout).items():
            picture = self._pictures.get(place)
            if picture is not None and picture.image is not None:
                room = QRectF(left * self.width(), 0, (right - left) * self.width(), self.height())
                painter.setClipRect(room)
                side = self._logical_side(place)
                painter.drawImage(_around(room.center(), side, self._camera(place)), picture.image)
        painter.setClipping(False)
        painter.setPen(QColor(theme.palette().quiet))
        line = QRectF(self.rect()).adjusted(theme.GAP, 0, -theme.GAP, 0)
        if self._pictures:
            line.setTop(line.bottom() - line_height(self.font()) - theme.GAP)
        paint_line(painter, line, Qt.AlignmentFlag.AlignCenter, self._text)
        if not self._reported:
            self._reported = True
            QTimer.singleShot(0, self, self._report)  # the system's window gets it when this event has ended

    # ---- inside ---------------------------------------------------------------------------------

    def _end(self) -> None:
        self._soon.stop()
        self._resized.stop()
        with self._changed:
            self._stopping = True
            self._changed.notify()

    def _report(self) -> None:
        if self._in_work is None and not self._next.pictures:
            self.drawn.emit()

    def _camera(self, place: int) -> Camera:
        return self._cameras[CAMERA[place]]

    def _logical_side(self, place: int) -> float:
        left, right = spans(self._look.layout).get(place, (0.0, 0.0))
        return max(1.0, min((right - left) * self.width(), self.height()))

    def _side(self, place: int) -> int:
        return max(16, min(_LARGEST, round(self._logical_side(place) * self.devicePixelRatioF())))

    def _draw_again(self) -> None:
        """Draw what is on screen at the size that it has now."""
        seen, again = spans(self._look.layout), {}
        for place, picture in self._pictures.items():
            now = _Picture(picture.shape, self._side(place), camera=self._camera(place))
            if place in seen and not picture.is_of(now) and place not in self._next.pictures:
                again[place] = now
        for place, picture in self._next.pictures.items():
            again[place] = _Picture(picture.shape, self._side(place), camera=self._camera(place))
        if again:
            self._next.pictures |= again
            self._soon.start()

    def _hand_over(self) -> None:
        """Give the thread what was put, unless it still draws: then it gets the newest afterwards."""
        if self._in_work is not None or not self._next.pictures or self._stopping:
            return
        batch, self._next = self._next, _Batch()
        for place, picture in batch.pictures.items():
            there = self._pictures.get(place)
            if there is not None and there.is_of(picture):
                batch.pictures[place] = there
        self._in_work = batch
        with self._changed:
            self._handed = batch
            self._changed.notify()

    def _take(self, batch: _Batch) -> None:
        if batch is not self._in_work:
            return  # it came after the end
        self._in_work = None
        self._pictures |= batch.pictures
        self.say("")
        for say in batch.sayings:
            say()
        self._reported = False
        self.update()
        self._hand_over()

    # ---- on its own thread ----------------------------------------------------------------------

    def _live(self) -> None:
        import scipy.ndimage  # noqa: F401 - what drawing imports, while the chairs are listed and read
        import skimage.measure  # noqa: F401

        import voxview.surface.picture  # noqa: F401

        while True:
            with self._changed:
                while not self._stopping and self._handed is None:
                    self._changed.wait()
                batch, self._handed = self._handed, None
                if self._stopping or batch is None:
                    return
            for place, picture in batch.pictures.items():
                if picture.image is None and not self._stopping:
                    batch.pictures[place] = _drawn(picture)
            with self._changed:
                if self._stopping:
                    return
            self._rendered.emit(batch)


def _drawn(picture: _Picture) -> _Picture:
    """Return the picture with its image: a null one where drawing failed."""
    from voxview.gui.blend.part_colours import colours_of_voxels, seen_voxels
    from voxview.surface.picture import render_chair

    shape, side = picture.shape, picture.side
    one = shape.colour.red(), shape.colour.green(), shape.colour.blue()
    try:
        pixels = render_chair(
            # A grid would be smoothed, and the 3D view has its steps.
            seen_voxels(shape.voxels, shape.parts).astype("float32"),
            (side, side),
            color=one if shape.parts is None else colours_of_voxels(shape.parts),
            azimuth=picture.camera.azimuth,
            elevation=picture.camera.elevation,
            scale=side / picture.camera.height,
            surface_resolution=shape.resolution,
        )
    except Exception:
        log.exception("a picture could not be drawn")
        return replace(picture, image=QImage())
    image = QImage(pixels.tobytes(), side, side, 4 * side, QImage.Format.Format_RGBA8888).copy()
    return replace(picture, image=image)


def _around(middle: QPointF, side: float, camera: Camera) -> QRectF:
    """Return where a picture goes, whose middle is the cube's: the camera looks at its target."""
    shift = [
        sum(x * y for x, y in zip(camera.target, axis, strict=True)) * side / camera.height
        for axis in (camera.right, camera.up)
    ]
    return QRectF(middle.x() - side / 2 - shift[0], middle.y() - side / 2 + shift[1], side, side)
