"""Center of the window: headings, and below them the 3D view or a placeholder until it is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from voxview.engine.request import LoadedChair
from voxview.errors import VoxViewError
from voxview.gui import theme
from voxview.gui.blend.headings import Headings, colour_of
from voxview.gui.blend.subplots import BLEND, A, B
from voxview.gui.session.shown import Result
from voxview.gui.widgets.whole_pixels import WholePixels
from voxview.shapes.chair import Chair

if TYPE_CHECKING:
    from voxview.gui.blend.scene import Scene
    from voxview.surface.surface import Surface


class ChairsView(QWidget):
    """Widget that shows the pair and its blend, once VTK is imported."""

    drawn = Signal()
    """A picture is on screen."""
    rendered = Signal(float)
    """The milliseconds that one picture took to draw."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene: Scene | None = None
        self.headings = Headings()
        self._pair: tuple[LoadedChair, LoadedChair] | None = None
        self._rebuilt = False
        self._waiting = QLabel("Starting…", alignment=Qt.AlignmentFlag.AlignCenter)
        self._waiting.setAutoFillBackground(True)
        self._linked = True
        self._room = WholePixels()
        self._layers = self._room.layers
        self._layers.addWidget(self._waiting)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.headings)
        column.addWidget(self._room, 1)
        self.apply_theme()

    def build_scene(self, make: Callable[[QWidget], Scene]) -> None:
        """Make the 3D view, hidden until there is something to see."""
        self.scene = make(self)
        self.scene.set_linked(self._linked)
        self.scene.frameSwapped.connect(self.drawn)
        self.scene.rendered.connect(self.rendered)
        self._layers.addWidget(self.scene)
        self._layers.setCurrentWidget(self.scene)

    def show_read(self, a: tuple[Chair, Surface], b: tuple[Chair, Surface]) -> None:
        """Show A and B before the engine can say anything about them."""
        self.headings.show_names(a[0].name, b[0].name)
        if self.scene is not None:
            for place, (_, surface) in ((A, a), (B, b)):
                self.scene.show_chair(place, surface)

    @property
    def renderer(self) -> str:
        """What draws, in OpenGL's own words; empty before the first picture."""
        return self.scene.gl_renderer if self.scene is not None else ""

    def show_text(self, text: str) -> None:
        """Show a quiet line where the view will be."""
        self._waiting.setText(text)

    def forget_pair(self) -> None:
        """Leave A and B on screen, and say no more of them than their names."""
        if self._pair is not None:
            self.headings.show_names(*(loaded.chair.name for loaded in self._pair))

    def show_pair(self, a: LoadedChair, b: LoadedChair) -> None:
        """Show A and B as they are."""
        self._pair = a, b
        if self.scene is not None:
            for place, chair in ((A, a), (B, b)):
                self.scene.show_chair(place, chair.rebuilt if self._rebuilt else chair.surface)
        self.headings.show_pair(a, b, rebuilt=self._rebuilt)

    def show_rebuilt(self, on: bool) -> None:
        """Show A and B as their 64 numbers give them back, or as they are."""
        self._rebuilt = on
        if self._pair is not None:
            self.show_pair(*self._pair)

    def show_result(self, result: Result) -> None:
        """Show a blend, a mix or a place in the latent space in the middle."""
        if self.scene is None:
            return
        self.scene.tint_blend(colour_of(result))
        self.scene.show_chair(BLEND, result.surface)
        self.headings.show_result(result)

    def reset_view(self) -> None:
        """Go back to the first view."""
        if self.scene is not None:
            self.scene.reset_view()

    def set_linked(self, linked: bool) -> None:
        """Turn the three together, or each alone."""
        self._linked = linked
        if self.scene is not None:
            self.scene.set_linked(linked)

    def save_picture(self, path: Path) -> None:
        """Write the view to a `.png` file; `VoxViewError` if that fails."""
        if self.scene is None:
            raise VoxViewError("there is no picture yet: wait until the chairs are shown, then try again")
        self.scene.save_picture(path)

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        qt_palette = self._waiting.palette()
        qt_palette.setColor(QPalette.ColorRole.Window, QColor(theme.palette().scene))
        qt_palette.setColor(QPalette.ColorRole.WindowText, QColor(theme.palette().quiet))
        for widget in (self._waiting, self._room):
            widget.setPalette(qt_palette)
        self.headings.update()
        if self.scene is not None:
            self.scene.apply_theme()

    def close_scene(self) -> None:
        """Release everything of VTK's before the window goes."""
        if self.scene is not None:
            self._layers.setCurrentWidget(self._waiting)
            self.scene.close()
            self.scene = None


def surface_of(chair: Chair) -> Surface:
    """Return the surface of a chair as it is; takes the time of reading it."""
    from voxview.surface.extract import extract_surface

    return extract_surface(chair.read())
