"""Menu of the surface's resolution."""

from __future__ import annotations

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from voxview.conventions import RESOLUTION, SURFACE_RESOLUTIONS
from voxview.gui.context.settings import Settings
from voxview.gui.session.selection import Selection
from voxview.gui.session.state import Aspect
from voxview.gui.session.surface_texts import FINE_TIP, SURFACE_NAMES, is_fine


class SurfaceMenu(QMenu):
    """Chooses how fine surfaces are, and remembers it."""

    def __init__(self, selection: Selection, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__("&Surface", parent)
        self.setToolTipsVisible(True)
        self._selection, self._settings = selection, settings
        remembered = settings.text("surface_resolution")
        chosen = next((r for r in SURFACE_RESOLUTIONS if str(r) == remembered), RESOLUTION)
        selection.set_surface_resolution(chosen)
        group = QActionGroup(self)
        self._choices: dict[int, QAction] = {}
        for resolution in SURFACE_RESOLUTIONS:
            action = self.addAction(SURFACE_NAMES[resolution].capitalize())
            action.setToolTip(FINE_TIP if is_fine(resolution) else "The surface between voxels")
            action.setCheckable(True)
            action.setChecked(resolution == chosen)
            action.triggered.connect(lambda _checked, resolution=resolution: self.choose(resolution))
            group.addAction(action)
            self._choices[resolution] = action

    def choose(self, resolution: int) -> None:
        """Show and export surfaces of this resolution from now on."""
        self._choices[resolution].setChecked(True)
        self._settings.remember("surface_resolution", str(resolution))
        self._selection.set_surface_resolution(resolution)

    @property
    def aspect(self) -> Aspect:
        """The resolution as a part of the state."""
        return Aspect(
            "surface_resolution",
            lambda: self._selection.surface_resolution,
            lambda resolution: self.choose(int(str(resolution))),
            lambda resolution: type(resolution) is int and resolution in SURFACE_RESOLUTIONS,
            lambda resolution: f"Surface: {SURFACE_NAMES[int(str(resolution))]}",
        )
