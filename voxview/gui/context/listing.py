"""The chairs that are listed: catalogs that are open, the search, and the selection in the list."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
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
        self.awaited = ""
        """What is being read to be listed, such as the folder of the time before; nothing is until then."""
        self.chairs: list[Chair] = []
        """The chairs of it that match the search."""
        self.selected: list[Chair] = []
        """Those that are selected in the list, in its order."""
        self.shows_removed = False
        """Whether chairs that were removed from their folder's list are listed after the others."""
        self.limit = ""
        """What the list is limited to, such as the chairs most like another; empty: all of the catalog."""
        self.hidden_hint = ""
        """While the list is hidden: how to show it, in brackets."""
        self._limited: Sequence[Chair] | None = None
        self._search = ""
        self._candidates: list[Chair] = []
        self._texts: list[str] = []
        self._rows: dict[tuple[str, str], int] = {}

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
        if again is not None:
            listed = replace(chair, name=again.name, version=again.version)
        else:
            listed = replace(chair, name=_unused(chair.name, others))
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

    def wait_for(self, name: str) -> None:
        """List nothing until another catalog is listed: what will be is called so, and is being read."""
        self.awaited, self.catalog = name, None
        self._take_candidates()

    def stop_waiting(self) -> None:
        """List what there is, where what is awaited does not come."""
        if self.awaited:
            self.show_catalog(0)

    def show_catalog(self, place: int) -> None:
        """List the catalog at a place."""
        before, self.catalog, self.awaited = self.catalog, self.catalogs[place], ""
        if before is None or before.source != self.catalog.source:
            self._limited, self.limit = None, ""
        self._take_candidates()

    def find(self, source: str, chair_id: str) -> Chair | None:
        """Return the chair of an open catalog with this source and id; None if there is none."""
        return next((one for one in self._found(source, chair_id, with_removed=False)), None)

    def now(self, chair: Chair) -> Chair | None:
        """Return a chair as it is listed now, removed or not; None where no open catalog has it."""
        return next((one for one in self._found(chair.source, chair.id, with_removed=True)), None)

    def catalog_of(self, chair: Chair) -> Catalog | None:
        """Return the open folder whose chairs can be changed that has a chair, removed or not."""
        catalogs = (one for one in self.catalogs if one.source == chair.source and one.files is not None)
        return next((one for one in catalogs if one.get(chair.id, with_removed=True)), None)

    def _found(self, source: str, chair_id: str, *, with_removed: bool) -> Iterator[Chair]:
        for catalog in self.catalogs:
            chair = catalog.get(chair_id, with_removed=with_removed)
            if chair is not None and chair.source == source:
                yield chair

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
        if self.limit:
            self.limit_to(None, "")

    def limit_to(self, chairs: Sequence[Chair] | None, what: str) -> None:
        """List these chairs of the catalog only, in their order; `what` says what they are. None: all."""
        self._limited, self.limit = chairs, what
        self._take_candidates()

    def show_removed(self, on: bool) -> None:
        """List chairs that were removed from their folder's list, too, or not."""
        self.shows_removed = on
        self._take_candidates()

    def is_removed(self, chair: Chair) -> bool:
        """Return whether a chair is removed from the list of its folder."""
        catalog = self.catalog_of(chair)
        return catalog is not None and catalog.get(chair.id) is None

    def row_of(self, chair: Chair | None) -> int | None:
        """Return the chair's row, whatever its version; None if it is not listed."""
        return None if chair is None else self._rows.get((chair.source, chair.id))

    def select(self, chairs: Sequence[Chair]) -> None:
        """Take over what is selected in the list."""
        self.selected = list(chairs)
        self.selection_changed.emit()

    def random_chairs(self, count: int, exclude: Sequence[Chair] = ()) -> list[Chair]:
        """Return different listed chairs by chance, fewer where there are fewer."""
        chairs = [chair for chair in self.chairs if not (self.shows_removed and self.is_removed(chair))]
        shuffled = random.sample(chairs, len(chairs))
        return [chair for chair in shuffled if chair not in exclude][:count]

    def set_hidden_hint(self, hint: str) -> None:
        """Note that the list is hidden, and how to show it; an empty hint: it is visible."""
        self.hidden_hint = hint
        self.visibility_changed.emit()

    def _take_candidates(self) -> None:
        """Take the chairs that are searched: those of the catalog, in whatever version they are now."""
        catalog = self.catalog or ()
        if self._limited is not None:
            look = self.now if self.shows_removed else lambda chair: self.find(chair.source, chair.id)
            self._candidates = [now for chair in self._limited if (now := look(chair)) is not None]
        else:
            removed = self.catalog.removed if self.catalog is not None and self.shows_removed else ()
            self._candidates = [*catalog, *removed]
        self._texts = [f"{chair.name} {chair.id}".lower() for chair in self._candidates]
        self._filter()

    def _filter(self) -> None:
        words = self._search.lower().split()
        self.reset_started.emit()
        self.chairs = [
            chair
            for chair, text in zip(self._candidates, self._texts, strict=True)
            if all(word in text for word in words)
        ]
        self._rows = {(chair.source, chair.id): row for row, chair in enumerate(self.chairs)}
        self.changed.emit()


def _unused(name: str, chairs: Sequence[Chair]) -> str:
    """Return the name, with the first number that tells it from the chairs' where one of them has it."""
    names = {chair.name for chair in chairs}
    numbered = (f"{name} ({number})" for number in count(2))
    return next(one for one in chain((name,), numbered) if one not in names)
