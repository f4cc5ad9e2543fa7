"""The chairs that are listed: catalogs that are open, the search, and the selection in the list."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, count

from PySide6.QtCore import QObject, Signal

from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.chair import Chair

IMPORTED = "imported"
"""The source of the catalog that holds single files."""
OWN_SOURCES = ("samples", IMPORTED)
"""The sources of the catalogs that are in no folder."""


class Listing(QObject):
    """One catalog at a time, cut down to the chairs whose name or id holds every word of the search."""

    catalogs_changed = Signal(int)
    """The place of a catalog that was added or replaced."""
    catalog_removed = Signal(int)
    """The place of a catalog that is not offered any more."""
    reset_started = Signal()
    """The list is about to change."""
    changed = Signal()
    """Other chairs are listed."""
    search_cleared = Signal()
    selection_changed = Signal()
    visibility_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.catalogs: list[Catalog] = []
        self.catalog: Catalog | None = None
        """The catalog that is listed."""
        self.chairs: list[Chair] = []
        """The chairs of it that match the search."""
        self.selected: list[Chair] = []
        """Those that are selected in the list, in its order."""
        self.hidden_hint = ""
        """While the list is hidden: how to show it, in brackets."""
        self._search = ""
        self._texts: list[str] = []
        self._rows: dict[Chair, int] = {}

    # ---- catalogs -------------------------------------------------------------------------------

    def add_catalog(self, catalog: Catalog, *, show: bool = True) -> None:
        """Offer a catalog, and list it if `show`; it replaces one of the same source."""
        places = [i for i, one in enumerate(self.catalogs) if one.source == catalog.source]
        place = places[0] if places else len(self.catalogs)
        was_listed = bool(places) and self.catalogs[place] is self.catalog
        self.catalogs[place : place + 1] = [catalog]
        self.catalogs_changed.emit(place)
        if show or was_listed:
            self.show_catalog(place)

    def add_imported(self, chair: Chair) -> Chair:
        """Add a chair to the files that were imported, list them all, and return it as it is listed.

        The same file, standing in the same way, takes the place of what it was before, and keeps its name.
        Another one of the same name gets a number.
        """
        before = next((one for one in self.catalogs if one.source == IMPORTED), ())
        others = [one for one in before if one.id != chair.id]
        again = next((one for one in before if one.id == chair.id), None)
        listed = replace(chair, name=again.name if again else _unused(chair.name, others))
        self.clear_search()
        self.add_catalog(Catalog("Imported files", IMPORTED, [*others, listed]))
        return listed

    @property
    def imported(self) -> tuple[Chair, ...]:
        """The chairs that were imported or made, in their order."""
        return tuple(next((one for one in self.catalogs if one.source == IMPORTED), ()))

    def set_imported(self, chairs: Sequence[Chair]) -> None:
        """Let exactly these be imported; without any, no catalog of them is offered."""
        if chairs:
            self.add_catalog(Catalog("Imported files", IMPORTED, chairs), show=False)
            return
        place = next((i for i, one in enumerate(self.catalogs) if one.source == IMPORTED), None)
        if place is not None:
            was_listed = self.catalogs[place] is self.catalog
            del self.catalogs[place]
            self.catalog_removed.emit(place)
            if was_listed:
                self.show_catalog(0)

    def show_catalog(self, place: int) -> None:
        """List the catalog at a place."""
        self.catalog = self.catalogs[place]
        self._texts = [f"{chair.name} {chair.id}".lower() for chair in self.catalog]
        self._filter()

    def find(self, source: str, chair_id: str) -> Chair | None:
        """Return the chair of an open catalog with this source and id; None if there is none."""
        for catalog in self.catalogs:
            chair = catalog.get(chair_id)
            if chair is not None and chair.source == source:
                return chair
        return None

    # ---- chairs ---------------------------------------------------------------------------------

    def search(self, text: str) -> None:
        """List only what matches: several words must all be there, in any order."""
        if text != self._search:
            self._search = text
            self._filter()

    def clear_search(self) -> None:
        """List all chairs of the catalog again."""
        self.search_cleared.emit()
        self.search("")

    def row_of(self, chair: Chair | None) -> int | None:
        """Return the chair's row; None if it is not listed."""
        return None if chair is None else self._rows.get(chair)

    def select(self, chairs: Sequence[Chair]) -> None:
        """Take over what is selected in the list."""
        self.selected = list(chairs)
        self.selection_changed.emit()

    def random_chairs(self, count: int, exclude: Sequence[Chair] = ()) -> list[Chair]:
        """Return different listed chairs by chance, fewer where there are fewer."""
        shuffled = random.sample(self.chairs, len(self.chairs))
        return [chair for chair in shuffled if chair not in exclude][:count]

    def set_hidden_hint(self, hint: str) -> None:
        """Note that the list is hidden, and how to show it; an empty hint: it is visible."""
        self.hidden_hint = hint
        self.visibility_changed.emit()

    def _filter(self) -> None:
        words = self._search.lower().split()
        chairs = self.catalog or ()
        self.reset_started.emit()
        self.chairs = [
            chair
            for chair, text in zip(chairs, self._texts, strict=True)
            if all(word in text for word in words)
        ]
        self._rows = {chair: row for row, chair in enumerate(self.chairs)}
        self.changed.emit()


def _unused(name: str, chairs: Sequence[Chair]) -> str:
    """Return the name, with the first number that tells it from the chairs' where one of them has it."""
    names = {chair.name for chair in chairs}
    numbered = (f"{name} ({number})" for number in count(2))
    return next(one for one in chain((name,), numbered) if one not in names)
