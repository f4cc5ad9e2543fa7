"""The chairs most like what is shown, below the map: searched for, selected, and taken as A or B."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from voxview.engine.catalog.index import CatalogIndex
from voxview.engine.mix import MixResult
from voxview.engine.request import BlendResult
from voxview.gui.context.app_context import AppContext
from voxview.gui.map.nearest import COUNT
from voxview.gui.map.nearest_finder import Found, NearestFinder
from voxview.gui.map.panel import MapPanel
from voxview.gui.session.shown import Result
from voxview.shapes.chair import Chair


class SimilarChairs(QObject):
    """Searches an index for what is shown, whatever that is, and shows what it was that it searched for."""

    selected = Signal(object)
    """The `Chair` that was clicked or walked to."""
    taken = Signal(str, object)
    """A letter, "A" or "B", and the chair that shall be it."""

    def __init__(self, context: AppContext, panel: MapPanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._panel = context, panel
        self._finder = NearestFinder(COUNT, self._show, context.notifications.error, self)
        panel.nearest.selected.connect(self._select)
        panel.nearest.chosen.connect(self.taken)
        panel.take.connect(self._take_selected)

    def find(self, index: CatalogIndex | None) -> None:
        """Search for what is shown now; nothing while the page is hidden."""
        result = self._context.session.shown.result
        if result is not None:
            self._finder.find(index if self._panel.isVisible() else None, result.grid, _called(result))

    def forget(self) -> None:
        """Show none: those that are there are like something that is shown no longer."""
        self._show([], "what is shown")

    def stop(self) -> None:
        """Wait for the search that is running."""
        self._finder.stop()

    def _show(self, found: Found, what: str) -> None:
        """Show what was found, below the name of what it was found for."""
        self._panel.heading.setText(f"Most like {what}")
        self._panel.nearest.show_found(found)
        self._enable_buttons(self._panel.nearest.selected_chair() is not None)

    def _select(self, chair: Chair) -> None:
        self.selected.emit(chair)
        self._enable_buttons(True)

    def _take_selected(self, letter: str) -> None:
        chair = self._panel.nearest.selected_chair()
        if chair is None:
            self._context.notifications.note("select one of the chairs below the map first")
        else:
            self.taken.emit(letter, chair)

    def _enable_buttons(self, on: bool) -> None:
        for button in self._panel.buttons.values():
            button.setEnabled(on)


def _called(result: Result) -> str:
    """Return what the page calls what is shown."""
    if isinstance(result, BlendResult):
        return "the blend"
    if isinstance(result, MixResult):
        return "the new chair" if result.request.is_exchange else "the mix"
    return "the edited blend" if result.request.is_edit else "what is pointed at"
