"""Center of the window: headings, and below them the first pictures or, once it is there, the 3D view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QVBoxLayout, QWidget

from voxview.engine.request import LoadedChair
from voxview.gui import theme
from voxview.gui.blend import opengl
from voxview.gui.blend.cameras import Cameras, cameras_of, put_cameras
from voxview.gui.blend.first_pictures import FirstPictures
from voxview.gui.blend.headings import Headings, colour_of
from voxview.gui.blend.subplots import BLEND, A, B, Layer, Shape
from voxview.gui.session.shown import Result
from voxview.gui.session.shown_parts import Parts
from voxview.gui.widgets.whole_pixels import WholePixels
from voxview.shapes.chair import Chair

if TYPE_CHECKING:
    from voxview.gui.blend.scene import Scene
    from voxview.shapes.frame import Grid
    from voxview.surface.camera import Camera


class ChairsView(QWidget):
    """Widget that shows the pair and its blend: as pictures at first, in 3D once VTK is imported."""

    drawn = Signal()
    """A picture is on screen."""
    rendered = Signal(float)
    """The milliseconds that OpenGL took to draw one picture."""
    shapes_put = Signal(object)
    """Grids or fields that are shown from now on, by place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene: Scene | None = None
        self.headings = Headings()
        self._pair: tuple[LoadedChair, LoadedChair] | None = None
        self._rebuilt = False
        self._linked = True
        self._cameras: Cameras = ()
        """What is put into the 3D view once it is there."""
        self._shapes: dict[int, Shape] = {}
        """What was put last, by place."""
        self.pictures = FirstPictures()
        self.pictures.drawn.connect(self.drawn)
        self._room = WholePixels()
        self._is_flat = False
        self.has_opengl = opengl.works()
        """Whether there can be a 3D view."""
        if self.has_opengl:
            # A window that gets its first OpenGL widget while it is on screen is taken away, made anew, and
            # is black until it is painted. So it has one from the start, which is never shown.
            QOpenGLWidget(self._room).hide()
        self._layers = self._room.layers
        self._layers.addWidget(self.pictures)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.headings)
        column.addWidget(self._room, 1)
        self.apply_theme()

    def build_scene(self, make: Callable[[QWidget], Scene]) -> None:
        """Make the 3D view, and put it in the pictures' place with all in it that they show."""
        self.scene = make(self)
        self.scene.set_linked(self._linked)
        put_cameras(self.scene.renderers, self._cameras)
        self.scene.frameSwapped.connect(self.drawn)
        self.scene.rendered.connect(self.rendered)
        self.scene.put(self._shapes, self.pictures.finish)
        self._layers.addWidget(self.scene)
        self._layers.setCurrentWidget(self.scene)

    def show_read(self, a: tuple[Chair, Grid], b: tuple[Chair, Grid]) -> None:
        """Show A and B before the engine can say anything about them."""
        shapes = {A: Shape(a[1], None, theme.AMBER), B: Shape(b[1], None, theme.BLUE)}
        self._put(shapes, partial(self.headings.show_names, a[0].name, b[0].name))

    @property
    def is_starting(self) -> bool:
        """Whether the 3D view is still to come."""
        return self.has_opengl and self.scene is None and not self._is_flat

    @property
    def renderer(self) -> str:
        """What draws, in OpenGL's own words; empty before the 3D view's first picture."""
        return self.scene.gl_renderer if self.scene is not None else ""

    def say(self, text: str) -> None:
        """Show a quiet line where the next picture will be."""
        self.pictures.say(text)

    def stay_flat(self, why: str) -> None:
        """Say below the pictures why they stay."""
        self._is_flat = True
        self.pictures.say(f"No 3D view: {why}", for_good=True)

    def forget_pair(self) -> None:
        """Leave A and B on screen, and say no more of them than their names."""
        if self._pair is not None:
            names = (loaded.chair.name for loaded in self._pair)
            self.headings.show_names(*names, rebuilt=self._rebuilt)

    def show_pair(self, a: LoadedChair, b: LoadedChair) -> None:
        """Show A and B as they are."""
        self._pair = a, b
        shapes = {
            place: Shape(chair.reconstruction, chair.rebuilt, colour)
            if self._rebuilt
            else Shape(chair.grid, chair.surface, colour)
            for place, chair, colour in ((A, a, theme.AMBER), (B, b, theme.BLUE))
        }
        self._put(shapes, partial(self.headings.show_pair, a, b, rebuilt=self._rebuilt))

    def show_rebuilt(self, on: bool) -> None:
        """Show A and B as their 64 numbers give them back, or as they are."""
        self._rebuilt = on
        if self._pair is not None:
            self.show_pair(*self._pair)

    def show_result(self, result: Result) -> None:
        """Show a blend, a mix or a place in the latent space in the middle."""
        shape = Shape(result.field, result.surface, colour_of(result))
        self._put({BLEND: shape}, partial(self.headings.show_result, result))

    def show_parts(self, place: int, parts: Parts | None) -> None:
        """Colour the shape in a place by part, and leave out the hidden ones; None: in one colour."""
        if place in self._shapes:
            self._shapes[place] = self._shapes[place]._replace(parts=parts)
            self._layer.put({place: self._shapes[place]}, lambda: None)

    def camera(self) -> Camera:
        """Return from where the blend is seen: pictures are taken from there."""
        from voxview.gui.blend.seen_from import camera_of, first_camera

        return first_camera() if self.scene is None else camera_of(self.scene.renderers[BLEND])

    def picture(self) -> QImage:
        """Return what is seen, as an image; a null one before there is a picture."""
        return self._layer.picture()

    def reset_view(self) -> None:
        """Go back to the first view."""
        if self.scene is not None:
            self.scene.reset_view()

    @property
    def cameras(self) -> Cameras:
        """From where the chairs are seen; nothing before there is a 3D view, unless it was put."""
        if self.scene is None:
            return self._cameras
        return cameras_of(self.scene.renderers, linked=self._linked)

    def put_cameras(self, cameras: Cameras) -> None:
        """See the chairs from where they were seen, as soon as there is a 3D view."""
        self._cameras = cameras
        if self.scene is not None:
            put_cameras(self.scene.renderers, cameras)
            self.scene.update()

    def set_linked(self, linked: bool) -> None:
        """Turn the three together, or each alone."""
        self._linked = linked
        if self.scene is not None:
            self.scene.set_linked(linked)

    def save_picture(self, path: Path) -> None:
        """Write the view to a `.png` file; `VoxViewError` if that fails."""
        self._layer.save_picture(path)

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        qt_palette = self._room.palette()
        qt_palette.setColor(QPalette.ColorRole.Window, QColor(theme.palette().scene))
        self._room.setPalette(qt_palette)
        self.headings.update()
        self._layer.apply_theme()

    def close_scene(self) -> None:
        """Release everything of VTK's before the window goes, and end the pictures' thread."""
        self.pictures.stop()
        if self.scene is not None:
            self._layers.setCurrentWidget(self.pictures)
            self.scene.close()
            self.scene = None

    @property
    def _layer(self) -> Layer:
        return self.scene if self.scene is not None else self.pictures

    def _put(self, shapes: Mapping[int, Shape], say: Callable[[], None]) -> None:
        self._shapes |= shapes
        self._layer.put(shapes, say)
        self.shapes_put.emit({place: shape.voxels for place, shape in shapes.items()})
