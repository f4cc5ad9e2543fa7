"""The search for the catalog's chairs most like what is shown, on a thread of its own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from voxview.engine.catalog.index import CatalogIndex
from voxview.gui.context.background import BackgroundTasks
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Grid

_EVERY_MS = 120
"""Between two searches, while the slider moves."""

Found = list[tuple[Chair, float]]
"""Chairs and their intersection over union, best first."""


class NearestFinder(QObject):
    """Searches for the newest grid; the first one at once, then one every now and then."""

    def __init__(
        self,
        count: int,
        show: Callable[[Found, str], None],
        show_error: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        """Pass `count` chairs or fewer to `show`, on the GUI thread, and what they are like."""
        super().__init__(parent)
        self._count, self._show, self._show_error = count, show, show_error
        self._query: tuple[CatalogIndex, Grid, str] | None = None
        self._is_searching = False
        self._background = BackgroundTasks(self)
        self._timer = QTimer(self, singleShot=True, interval=_EVERY_MS)
        self._timer.timeout.connect(self._search)

    def find(self, index: CatalogIndex | None, grid: Grid | None, what: str) -> None:
        """Search an index for what is most like a grid, soon; None of either: search nothing more.

        `what` names the grid; it comes back with what was found.
        """
        self._query = None
        if index is not None and grid is not None and len(index.chairs):
            self._query = index, grid, what
        if not self._timer.isActive() and not self._is_searching:
            self._search()

    def stop(self) -> None:
        """Drop the search that is running."""
        self._timer.stop()
        self._background.stop()

    def _search(self) -> None:
        query = self._query
        if query is None:
            return
        index, grid, what = query
        self._is_searching = True

        def take(found: Found) -> None:
            self._is_searching = False
            if self._query is not None and self._query[0] is index:
                self._show(found, what)
            if self._query is not query:
                self._timer.start()

        def fail(message: str) -> None:
            self._is_searching = False
            self._show_error(message)

        self._background.run("Finding", lambda: index.nearest(grid, self._count), take, fail)
