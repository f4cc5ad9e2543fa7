"""Center of the window: headings, and below them the first pictures or, once it is there, the 3D view."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QColor, QImage, QPalette
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from voxview.engine.request import LoadedChair
from voxview.gui import theme
from voxview.gui.blend import opengl
from voxview.gui.blend.first_pictures import FirstPictures
from voxview.gui.blend.headings import Headings, colour_of
from voxview.gui.blend.layout import place_at, spans
from voxview.gui.blend.navigation import Navigation
from voxview.gui.blend.rulers import Rulers
from voxview.gui.blend.slice_bar import SliceBar
from voxview.gui.blend.subplots import A_REBUILT, B_REBUILT, BLEND, A, B, Layer, Shape
from voxview.gui.session.look import Look
from voxview.gui.session.shown import Result
from voxview.gui.session.shown_parts import Parts
from voxview.gui.session.views import Views
from voxview.gui.widgets.buttons import action_push_button
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

    def __init__(self, parent: QWidget | None = None, views: Views | None = None) -> None:
        super().__init__(parent)
        # Also where one reads from right to left: the pictures have A at the left, and so have the headings.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.views = views or Views(self)
        self.scene: Scene | None = None
        self.headings = Headings()
        self._pair: tuple[LoadedChair, LoadedChair] | None = None
        self._shapes: dict[int, Shape] = {}
        """What was put last, by place."""
        self._look = self.views.look
        self.pictures = FirstPictures()
        self.pictures.drawn.connect(self.drawn)
        Navigation(self.pictures, self.views)
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
        self.rulers, self.slice_bar = Rulers(self.views), SliceBar(self.views)
        column.addWidget(self.rulers)
        column.addWidget(self.slice_bar)
        self._room.installEventFilter(self)
        self._reset: QPushButton | None = None
        self.views.look_changed.connect(self._show_look)
        self.views.cameras_changed.connect(self._show_cameras)
        self.apply_theme()

    def build_scene(self, make: Callable[[QWidget], Scene]) -> None:
        """Make the 3D view, and put it in the pictures' place with all in it that they show."""
        self.scene = make(self)
        Navigation(self.scene, self.views)
        self.scene.set_look(self._look)
        self.scene.set_cameras(self.views.cameras)
        self.scene.frameSwapped.connect(self.drawn)
        self.scene.rendered.connect(self.rendered)
        self.scene.put(self._shapes, self.pictures.finish)
        self._layers.addWidget(self.scene)
        self._layers.setCurrentWidget(self.scene)
        self._put_reset()

    def show_read(self, a: tuple[Chair, Grid], b: tuple[Chair, Grid]) -> None:
        """Show A and B before the engine can say anything about them."""
        shapes = {A: Shape(a[1], None, theme.AMBER), B: Shape(b[1], None, theme.BLUE)}
        self._put(shapes, partial(self.headings.show_names, a[0].name, b[0].name))

    def add_reset_button(self, action: QAction) -> None:
        """Take the action that goes back to the first view, for a button in the view's corner."""
        self._reset = action_push_button(action)
        self._reset.setParent(self._room)
        self._reset.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it has a key, and comes and goes
        self._put_reset()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the button in its corner and the rulers to scale when the views have another size."""
        if watched is self._room and event.type() == QEvent.Type.Resize:
            self._put_reset()
            self.rulers.set_height(self._room.height())
        return super().eventFilter(watched, event)

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
            self.headings.show_names(*names, rebuilt=self._is_rebuilt)

    def show_pair(self, a: LoadedChair, b: LoadedChair) -> None:
        """Show A and B as they are or as their latents give them back, or one beside the other."""
        self._pair = a, b
        shapes = {
            place: _rebuilt(chair, colour) if self._is_rebuilt else Shape(chair.grid, chair.surface, colour)
            for place, chair, colour in ((A, a, theme.AMBER), (B, b, theme.BLUE))
        }
        seen = spans(self._look.layout)
        for place, chair, colour in ((A_REBUILT, a, theme.AMBER), (B_REBUILT, b, theme.BLUE)):
            self._shapes.pop(place, None)
            if place in seen:
                shapes[place] = _rebuilt(chair, colour)
        self._put(shapes, partial(self.headings.show_pair, a, b, rebuilt=self._is_rebuilt))

    def show_result(self, result: Result) -> None:
        """Show a blend, a mix or a place in the latent space in the middle."""
        shape = Shape(result.field, result.surface, colour_of(result))
        self._put({BLEND: shape}, partial(self.headings.show_result, result))

    def show_parts(self, place: int, parts: Parts | None) -> None:
        """Colour the shape in a place by part, and leave out the hidden ones; None: in one colour."""
        if place in self._shapes:
            self._shapes[place] = self._shapes[place]._replace(parts=parts)
            self._layer.put({place: self._shapes[place]}, lambda: None)

    def letter_at(self, x: int) -> tuple[str, int, int]:
        """Return "A" or "B" where that chair is seen, else nothing, and from where to where: in pixels."""
        share = x / max(1, self.width())
        place = place_at(self._look.layout, share)
        left, right = spans(self._look.layout)[place]
        letter = {A: "A", A_REBUILT: "A", B: "B", B_REBUILT: "B"}.get(place, "")
        return letter, round(left * self.width()), round(right * self.width())

    def camera(self) -> Camera:
        """Return from where the blend is seen: pictures are taken from there."""
        from voxview.gui.blend.seen_from import camera_of

        return camera_of(self.views.cameras[BLEND], orthographic=self.views.look.orthographic)

    def picture(self) -> QImage:
        """Return what is seen, as an image; a null one before there is a picture."""
        return self._layer.picture()

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

    @property
    def _is_rebuilt(self) -> bool:
        """Whether A and B are replaced by their reconstructions; not where these stand beside them."""
        return self._look.rebuilt and A_REBUILT not in spans(self._look.layout)

    def _show_look(self, look: Look) -> None:
        """Show what there is in another way."""
        before, was_rebuilt, self._look = self._look, self._is_rebuilt, look
        self.headings.set_layout(look.layout)
        self._layer.set_look(look)
        if self._pair is not None and (look.layout != before.layout or self._is_rebuilt != was_rebuilt):
            self.show_pair(*self._pair)
        if look.shape != before.shape:
            self._layer.put(self._shapes, lambda: None)
        if look.ruler and not before.ruler:
            self._show_sizes(self._shapes)

    def _show_cameras(self) -> None:
        self._layer.set_cameras(self.views.cameras)
        self._put_reset()

    def _show_sizes(self, places: Iterable[int]) -> None:
        """Say how large shapes are, while that is wanted."""
        if not self._look.ruler:
            return
        for place in places:
            chair = None if self._pair is None else {A: self._pair[0], B: self._pair[1]}.get(place)
            unit = None if chair is None else chair.chair.details.get("unit")
            self.rulers.show_shape(place, self._shapes[place], unit if isinstance(unit, float) else None)

    def _put_reset(self) -> None:
        """Show the button in the view's corner once a camera was moved."""
        if self._reset is not None:
            self._reset.resize(self._reset.sizeHint())
            self._reset.move(self._room.width() - self._reset.width() - theme.GAP, theme.GAP)
            self._reset.setVisible(self.views.is_moved)
            self._reset.raise_()

    def _put(self, shapes: Mapping[int, Shape], say: Callable[[], None]) -> None:
        self._shapes |= shapes
        self._layer.put(shapes, say)
        self._show_sizes(shapes)
        # Of a reconstruction beside its chair there are no parts.
        self.shapes_put.emit(
            {place: shape.voxels for place, shape in shapes.items() if place in (A, BLEND, B)}
        )


def _rebuilt(chair: LoadedChair, colour: QColor) -> Shape:
    return Shape(chair.reconstruction, chair.rebuilt, colour)
