"""The chair browser: where chairs come from, the search, and the list."""

from __future__ import annotations

import random

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from voxview.gui import theme
from voxview.gui.chair_list import ChairList
from voxview.gui.chair_view import ChairView
from voxview.gui.thumbnails import Thumbnails
from voxview.shapes.catalog import Catalog
from voxview.shapes.chair import Chair

_IMPORTED = "imported"


class Browser(QWidget):
    """Lists the catalogs that are open, one at a time."""

    chosen = Signal(str, object)
    """A letter, "A" or "B", and the chair that shall be it."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.catalogs: list[Catalog] = []
        self.sources = QComboBox()
        self.sources.setAccessibleName("Source of the chairs")
        self.sources.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.sources.setMinimumContentsLength(10)
        self.sources.currentIndexChanged.connect(self._show_source)
        self.search = QLineEdit(placeholderText="Search name or id", clearButtonEnabled=True)
        self.search.setAccessibleName("Search chairs")
        self._search_icon = self.search.addAction(
            theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition
        )
        self.search.textChanged.connect(self._search)
        self.model = ChairList(thumbnails, self)
        self.view = ChairView(self.model, self)
        self.view.chosen.connect(self.chosen)
        self._count = QLabel()
        self._count.setFont(theme.small_font(self))
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(theme.GAP // 2)
        self._lay_out()
        self.setMinimumWidth(216)

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
        top.addWidget(self._count)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addLayout(top)
        column.addWidget(self.view, 1)
        self.setFocusProxy(self.view)

    def add_buttons(self, actions: list[QAction]) -> list[QWidget]:
        """Buttons beside the source."""
        buttons: list[QWidget] = []
        for action in actions:
            button = QToolButton()
            button.setDefaultAction(action)
            button.setAccessibleName(action.text().replace("&", ""))
            self._buttons.addWidget(button)
            buttons.append(button)
        return buttons

    # ---- catalogs -------------------------------------------------------------------------------

    def add_catalog(self, catalog: Catalog, *, show: bool = True) -> None:
        """Offer a catalog; one of the same source takes its place."""
        places = [i for i, one in enumerate(self.catalogs) if one.source == catalog.source]
        if places:
            place = places[0]
            self.catalogs[place] = catalog
            self.sources.setItemText(place, catalog.name)
        else:
            place = len(self.catalogs)
            self.catalogs.append(catalog)
            self.sources.addItem(catalog.name)
        self.sources.setItemData(place, catalog.source, Qt.ItemDataRole.ToolTipRole)
        if show:
            self.sources.setCurrentIndex(place)
        if self.sources.currentIndex() == place:
            self._show_source(place)

    def add_imported(self, chair: Chair) -> None:
        """Add a chair to the files that were imported, and select it."""
        before = next((one for one in self.catalogs if one.source == _IMPORTED), ())
        chairs = [one for one in before if one != chair]
        self.add_catalog(Catalog("Imported files", _IMPORTED, [*chairs, chair]))
        self.search.clear()
        self.reveal(chair)

    @property
    def catalog(self) -> Catalog | None:
        """The catalog that is listed."""
        index = self.sources.currentIndex()
        return self.catalogs[index] if index >= 0 else None

    def random_pair(self) -> tuple[Chair, Chair] | None:
        """Two different chairs out of those that are listed."""
        rows = range(self.model.rowCount())
        if len(rows) < 2:
            return None
        one, other = random.sample(rows, 2)
        return self.model.chair(one), self.model.chair(other)

    def reveal(self, chair: Chair | None) -> None:
        """Select a chair and scroll to it, if it is listed."""
        row = self.model.row_of(chair)
        if row is not None:
            self.view.setCurrentIndex(self.model.index(row))
            self.view.scrollTo(self.model.index(row), ChairView.ScrollHint.PositionAtCenter)

    def apply_tones(self) -> None:
        """Take on the theme's colours."""
        self._search_icon.setIcon(theme.icon("search"))
        self._count.setStyleSheet(f"color: {theme.tones().quiet}")

    # ---- inside ---------------------------------------------------------------------------------

    def _show_source(self, place: int) -> None:
        self.model.show_chairs(self.catalogs[place] if place >= 0 else ())
        self._listed(None)

    def _search(self, text: str) -> None:
        kept = self.view.current_chair()
        self.model.search(text)
        self._listed(kept)

    def _listed(self, kept: Chair | None) -> None:
        shown, total = self.model.rowCount(), len(self.catalog or ())
        self._count.setText(f"{shown:,} of {total:,} chairs" if shown != total else f"{total:,} chairs")
        self.view.empty_text = (
            f"No chair matches “{self.search.text().strip()}”.\nTry fewer words, or clear the search."
            if total
            else "No chairs yet."
        )
        row = self.model.row_of(kept) or 0
        self.view.setCurrentIndex(self.model.index(row) if shown else QModelIndex())
