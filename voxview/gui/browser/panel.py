"""The chair browser: where chairs come from, the search, and the list."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from voxview.counts import counted
from voxview.gui import theme
from voxview.gui.browser.chair_list import ChairList
from voxview.gui.browser.chair_view import ChairView
from voxview.gui.browser.search_field import SearchField
from voxview.gui.context.listing import Listing
from voxview.gui.context.thumbnails import Thumbnails
from voxview.gui.widgets.buttons import action_button
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.elided import Shrinking
from voxview.shapes.chair import Chair

_LEAST_WIDTH = 232


class Browser(QWidget):
    """Shows a `Listing`, and lets a person choose its catalog, search it and select chairs."""

    chosen = Signal(str, object)
    """A letter, "A" or "B", and the chair that shall be it."""

    def __init__(self, listing: Listing, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.listing = listing
        self._kept: Chair | None = None
        """The current chair before the list changed."""
        self._kept_row = 0
        self._kept_selected: list[Chair] = []
        self.sources = Chooser()
        self.sources.shrink_to(10)
        self.sources.setAccessibleName("Source of the chairs")
        self.sources.setToolTip("The samples, the folders that were opened, and what was imported")
        self.sources.currentIndexChanged.connect(listing.show_catalog)
        self.search = SearchField()
        self._search_icon = self.search.addAction(
            theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition
        )
        self.search.textChanged.connect(listing.search)
        self.model = ChairList(listing, thumbnails, self)
        self.view = ChairView(self.model, self)
        self.view.chosen.connect(self.chosen)
        self.search.left.connect(self.view.setFocus)
        self.search.entered.connect(self._take_found)
        self.view.selectionModel().selectionChanged.connect(self._select)
        self._count = Shrinking()
        self._count.setFont(theme.small_font(self))
        self.show_all = QPushButton("Show all")
        self.show_all.setAccessibleName("Show all chairs")
        self.show_all.setToolTip("List all chairs again, in their own order")
        self.show_all.setFont(theme.small_font(self))
        self.show_all.clicked.connect(listing.clear_search)
        self.show_all.hide()
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(theme.GAP // 2)
        self._lay_out()
        self.setMinimumWidth(_LEAST_WIDTH)
        listing.catalogs_changed.connect(self._show_source)
        listing.catalog_removed.connect(self._drop_source)
        listing.search_cleared.connect(self.search.clear)
        listing.reset_started.connect(self._keep_current)
        listing.changed.connect(self._show_listed)

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(theme.GAP // 2)
        first.addWidget(self.sources, 1)
        first.addLayout(self._buttons)
        top = QVBoxLayout()
        top.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, 0)
        top.setSpacing(theme.GAP)
        top.addLayout(first)
        top.addWidget(self.search)
        below = QHBoxLayout()
        below.addWidget(self._count, 1)
        below.addWidget(self.show_all)
        top.addLayout(below)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addLayout(top)
        column.addWidget(self.view, 1)

    def add_buttons(self, actions: list[QAction]) -> list[QWidget]:
        """Add buttons beside the source, and return them."""
        buttons: list[QWidget] = [action_button(action) for action in actions]
        for button in buttons:
            self._buttons.addWidget(button)
        return buttons

    def reveal(self, chair: Chair | None) -> None:
        """Select a chair and scroll to it, if it is listed."""
        row = self.listing.row_of(chair)
        if row is not None:
            self.view.setCurrentIndex(self.model.index(row))
            self.view.scrollTo(self.model.index(row), ChairView.ScrollHint.PositionAtCenter)

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self._search_icon.setIcon(theme.icon("search"))
        self._count.setStyleSheet(f"color: {theme.palette().quiet}")

    # ---- inside ---------------------------------------------------------------------------------

    def _show_source(self, place: int) -> None:
        """Offer a catalog that was added or replaced."""
        catalog = self.listing.catalogs[place]
        with QSignalBlocker(self.sources):
            if place == self.sources.count():
                self.sources.addItem(catalog.name)
            else:
                self.sources.setItemText(place, catalog.name)
        self.sources.setItemData(place, catalog.source, Qt.ItemDataRole.ToolTipRole)

    def _drop_source(self, place: int) -> None:
        with QSignalBlocker(self.sources):
            self.sources.removeItem(place)

    def _keep_current(self) -> None:
        self._kept, self._kept_selected = self.view.current_chair(), self.view.selected_chairs()
        self._kept_row = self.view.currentIndex().row()

    def _show_listed(self) -> None:
        listing = self.listing
        catalog, shown = listing.catalog, len(listing.chairs)
        with QSignalBlocker(self.sources):
            self.sources.setPlaceholderText(listing.awaited)
            self.sources.setCurrentIndex(-1 if catalog is None else listing.catalogs.index(catalog))
        total = len(catalog or ())
        self._count.setText(_count_text(listing, shown))
        self._count.setToolTip(self._count.text())
        self.show_all.setVisible(bool(listing.limit))
        self.view.empty_text = (
            f"No chair matches “{self.search.text().strip()}”.\nTry fewer words, or clear the search."
            if total
            else _empty_text(listing)
        )
        row, kept = listing.row_of(self._kept), self._kept
        is_gone = row is None and kept is not None and (listing.is_removed(kept) or listing.now(kept) is None)
        if is_gone:
            row = max(0, min(self._kept_row, shown - 1))  # the next one, where one goes on removing
        row = row or 0
        self.view.setCurrentIndex(self.model.index(row) if shown else QModelIndex())
        self._select_again()

    def _select_again(self) -> None:
        """Select what was selected before the list changed, in whatever version it is now."""
        rows = [row for chair in self._kept_selected if (row := self.listing.row_of(chair)) is not None]
        if len(rows) > 1:
            for row in rows:
                self.view.selectionModel().select(
                    self.model.index(row), QItemSelectionModel.SelectionFlag.Select
                )

    def _take_found(self, modifiers: Qt.KeyboardModifier) -> None:
        """Take the selected chair, the first that was found, and go on in the list."""
        self.view.choose_current(modifiers)
        self.view.setFocus()

    def _select(self) -> None:
        self.listing.select(self.view.selected_chairs())


def _count_text(listing: Listing, shown: int) -> str:
    """Return how many chairs are listed, and of what."""
    catalog = listing.catalog
    if listing.awaited:
        return " "
    total, removed = len(catalog or ()), len(catalog.removed if catalog is not None else ())
    if listing.limit:
        return listing.limit[:1].upper() + listing.limit[1:]
    gone = f", {removed:,} removed" if removed else ""
    every = total + (removed if listing.shows_removed else 0)
    chairs = counted(every, "chair")
    return f"{chairs}{gone}" if shown == every else f"{shown:,} of {chairs}{gone}"


def _empty_text(listing: Listing) -> str:
    if listing.awaited:
        return f"Reading {listing.awaited}…"
    removed = 0 if listing.catalog is None else len(listing.catalog.removed)
    return (
        f"{counted(removed, 'chair')} removed.\nEdit, Selected chair brings them back."
        if removed
        else "No chairs yet."
    )
