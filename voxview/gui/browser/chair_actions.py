"""What is done with the chairs that are selected in the list, and the menu of it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu

from voxview.gui.browser.panel import Browser
from voxview.gui.context.actions import ActionSpec
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.listing import IMPORTED
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.chair import Chair

if TYPE_CHECKING:
    from voxview.engine.step import Step
    from voxview.gui.context.searched_catalog import SearchedCatalog

SIMILAR = 24
"""The chairs that are listed beside the one that they are like."""
_SUBMENU = "Selected &chair"
_MENU = (
    *("set_a", "set_b", ""),
    *("turn_chair", "rename_chair", "remove_chair", "bring_back", ""),
    *("similar_chairs", "export_chair", "show_in_folder"),
)
"""The menu of the list, by the names of actions; empty: a line."""

Found = tuple[list[Chair], "SearchedCatalog"]


class ChairActions(QObject):
    """Renames, removes and brings back, and finds similar chairs."""

    def __init__(
        self,
        context: AppContext,
        panel: Browser,
        show_list: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._panel, self._show_list = context, panel, show_list
        self._searched: tuple[Catalog, SearchedCatalog] | None = None
        self._searching = 0
        self.qactions: Mapping[str, QAction] = {}
        """Those of the menu: whoever has all actions puts them here."""
        panel.model.can_rename = context.changes.can_rename
        panel.model.renamed.connect(context.changes.rename)
        panel.view.menu_wanted.connect(self.show_menu)

    @property
    def actions(self) -> Sequence[ActionSpec]:
        """What the list itself can do."""
        spec = partial(ActionSpec, menu="&Edit", section=1, submenu=_SUBMENU)
        return (
            spec(
                "rename_chair",
                text="&Rename",
                call=self.rename,
                keys="F2",
                tip="Give the selected chair another name; its file stays as it is",
            ),
            spec(
                "remove_chair",
                text="Re&move from the list",
                call=self.remove,
                keys="Del",
                tip="Take the selected chairs off the list, of a folder or imported; files stay as they are",
            ),
            spec(
                "bring_back",
                text="Bring removed chairs bac&k",
                call=self.bring_back,
                tip="List the selected chairs again that were removed, or else all of this folder",
            ),
            spec(
                "show_removed",
                text="Show remo&ved chairs",
                call=self._context.listing.show_removed,
                checkable=True,
                tip="List chairs that were removed from their folder's list, after the others",
            ),
            spec(
                "similar_chairs",
                text="&Similar chairs",
                call=self.similar,
                keys="Ctrl+Shift+F",
                tip=f"List the {SIMILAR} chairs most like the selected one, by intersection over union",
            ),
        )

    # ---- what the person does -------------------------------------------------------------------

    def rename(self) -> None:
        """Open the editor of the current chair's name."""
        chair = self._current()
        if chair is None:
            return
        if not self._context.changes.can_rename(chair):
            self._context.notifications.note(
                "the sample chairs keep their names: those of a folder can be renamed"
            )
            return
        self._show_list()
        self._panel.view.rename_current()

    def remove(self) -> None:
        """Take the selected chairs off the list."""
        if self._current() is not None:
            self._context.changes.remove(self._context.listing.selected)

    def bring_back(self) -> None:
        """List removed chairs again: those that are selected, else all of the folder."""
        self._context.changes.bring_back(self._context.listing.selected)

    def similar(self) -> None:
        """List the chairs most like the current one, best first."""
        chair, catalog = self._current(), self._compared()
        if chair is None or catalog is None:
            return
        self._context.background.drop(self._searching)
        self._searching = self._context.background.run(
            f"Looking for chairs like {chair.name}",
            partial(_nearest, chair, catalog, self._known(catalog)),
            partial(self._list_similar, chair, catalog),
            self._context.notifications.error,
        )

    def show_menu(self, at: QPoint) -> None:
        """List what can be done with the selected chairs."""
        menu = QMenu(self._panel)
        for name in _MENU:
            if not name:
                menu.addSeparator()
            elif name in self.qactions and self._is_possible(name):
                menu.addAction(self.qactions[name])
        chair = self._current()
        if chair is not None:
            menu.addAction("&Copy its id", lambda: QApplication.clipboard().setText(chair.id))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    # ---- inside ---------------------------------------------------------------------------------

    def _current(self) -> Chair | None:
        chair = self._panel.view.current_chair()
        if chair is None:
            self._context.notifications.note("no chair is selected: choose one in the list first")
        return chair

    def _is_possible(self, name: str) -> bool:
        """Return whether an action can do anything for what is selected."""
        changes, listing = self._context.changes, self._context.listing
        selected = listing.selected
        if name == "rename_chair":
            return len(selected) == 1 and changes.can_rename(selected[0])
        if name == "remove_chair":
            return any(changes.can_rename(one) and not listing.is_removed(one) for one in selected)
        if name == "bring_back":
            return any(listing.is_removed(chair) for chair in selected)
        if name == "show_in_folder":
            return any("path" in chair.details for chair in selected)
        return True

    def _compared(self) -> Catalog | None:
        """Return the catalog that is searched: the one that is listed, for imports the last one opened."""
        listed = self._context.listing.catalog
        if listed is None or listed.source != IMPORTED:
            return listed
        others = [one for one in self._context.listing.catalogs if one.source != IMPORTED]
        return others[-1] if others else listed

    def _known(self, catalog: Catalog) -> SearchedCatalog | None:
        return self._searched[1] if self._searched is not None and self._searched[0] is catalog else None

    def _list_similar(self, chair: Chair, catalog: Catalog, found: Found) -> None:
        chairs, searched = found
        self._searched = catalog, searched
        listing = self._context.listing
        if catalog not in listing.catalogs:
            return  # it was changed meanwhile
        listing.clear_search()
        listing.show_catalog(listing.catalogs.index(catalog))
        listing.limit_to([chair, *chairs], f"most like {chair.name}")
        self._show_list()
        self._panel.reveal(chair)


def _nearest(
    chair: Chair, catalog: Catalog, searched: SearchedCatalog | None
) -> Generator[Step, None, Found]:
    """Return the chairs of a catalog most like a chair, best first; reads the catalog unless it is known."""
    from voxview.gui.context.searched_catalog import read_catalog
    from voxview.shapes.retrieval import nearest

    grid = chair.read()
    if searched is None:
        searched = yield from read_catalog(catalog)
    places, _ = nearest(grid, searched.words, searched.voxels, SIMILAR + 1)
    others = [searched.chairs[place] for place in places if not searched.chairs[place].is_same(chair)]
    return others[:SIMILAR], searched
