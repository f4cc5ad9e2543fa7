"""The catalog that chairs from pictures and points are held against: read once, on a thread of its own."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from voxview.gui.context.background import BackgroundTasks
from voxview.gui.context.listing import IMPORTED, Listing
from voxview.gui.context.searched_catalog import SearchedCatalog, read_catalog
from voxview.gui.session.session import Session
from voxview.shapes.catalogs.catalog import Catalog

if TYPE_CHECKING:
    from voxview.engine.catalog.index import CatalogIndex
    from voxview.engine.engine import Engine
    from voxview.engine.step import Step


class CatalogSearch(QObject):
    """Holds one catalog: its latents where all of its chairs were encoded before, as by the map, or grids."""

    found = Signal(object)
    """A `SearchedCatalog`."""

    def __init__(self, session: Session, listing: Listing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._listing = session, listing
        self._background = BackgroundTasks(self)
        self._number = 0
        """Of what is being read."""
        self._catalog: Catalog | None = None
        self._searched: SearchedCatalog | None = None

    def start(self) -> None:
        """Emit `found` for the catalog that is listed, now or soon, and again once more is known of it."""
        catalog = self._compared()
        if catalog is not self._catalog:
            self._background.drop(self._number)
            self._catalog, self._searched = catalog, None
            work = partial(read_catalog, catalog)
            self._number = self._background.run("Reading", work, self._take, lambda _: None)
        elif self._searched is not None:
            self.found.emit(self._searched)
        if self._session.engine.is_ready and (self._searched is None or self._searched.latents is None):
            self._look_for_latents(catalog)

    def stop(self) -> None:
        """Drop what is being read."""
        self._background.stop()

    def _compared(self) -> Catalog:
        """Return the catalog that is listed; not the imported files, which they are among themselves."""
        listed = self._listing.catalog
        if listed is not None and listed.source != IMPORTED:
            return listed
        others = [one for one in self._listing.catalogs if one.source != IMPORTED]
        return others[-1] if others else Catalog("the list", "", [])

    def _look_for_latents(self, catalog: Catalog) -> None:
        def work(engine: Engine) -> Generator[Step, None, CatalogIndex | None]:
            from voxview.engine.catalog.index import kept_index

            return (yield from kept_index(engine, catalog))

        def done(index: object) -> None:
            if index is not None and catalog is self._catalog:
                self._background.drop(self._number)
                self._take(SearchedCatalog.of_index(index, catalog.name))  # type: ignore[arg-type]

        self._session.tasks.run("Looking for encoded chairs", work, done)

    def _take(self, searched: SearchedCatalog) -> None:
        self._searched = searched
        self.found.emit(searched)
