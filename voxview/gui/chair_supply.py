"""Where a page takes its chairs from: the list at the left, a drag from it, or chance."""

from __future__ import annotations

import random

from PySide6.QtCore import QMimeData

from voxview.gui.browser import Browser
from voxview.gui.chair_list import DRAGGED
from voxview.gui.thumbnails import Thumbnails
from voxview.shapes.chair import Chair


class ChairSupply:
    """Chairs of the browser, and their pictures."""

    def __init__(self, browser: Browser, thumbnails: Thumbnails) -> None:
        self._browser = browser
        self.thumbnails = thumbnails

    def selected(self) -> list[Chair]:
        """The chairs that are selected in the list."""
        return self._browser.view.selected_chairs()

    def by_chance(self, count: int, without: tuple[Chair, ...] = ()) -> list[Chair]:
        """Chairs out of those that are listed, each once; fewer where there are fewer."""
        model = self._browser.model
        chairs = [model.chair(row) for row in random.sample(range(model.rowCount()), model.rowCount())]
        return [chair for chair in chairs if chair not in without][:count]

    def dropped(self, data: QMimeData) -> Chair | None:
        """The chair that is dragged from the list; None for anything else."""
        if not data.hasFormat(DRAGGED):
            return None
        source, _, ident = bytes(data.data(DRAGGED).data()).decode().partition("\n")
        for catalog in self._browser.catalogs:
            chair = catalog.get(ident)
            if chair is not None and chair.source == source:
                return chair
        return None
