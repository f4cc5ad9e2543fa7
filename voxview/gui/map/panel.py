"""Page of the map: a catalog as points, and the chairs most like what is shown."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QPushButton,
    QTabBar,
    QWidget,
)

from voxview.gui import theme
from voxview.gui.context.thumbnails import Thumbnails
from voxview.gui.map.nearest import NearestView
from voxview.gui.map.view import MapView
from voxview.gui.widgets.elided import Elided
from voxview.gui.widgets.page import Page, column_layout, row_layout

EMPTY = (
    "Every chair of the catalog as a point, chairs that are alike near each other. Point anywhere to see the "
    "chair that is there, also between points; a click takes a chair as A, with Shift as B. Below the map: "
    "the chairs most like what is shown."
)
HINT = "Click: A. Shift-click: B. Wheel: closer. Arrows walk, then A or B."
_WHOLE_HINT = (
    "Click: A. Shift-click or right button: B. Wheel: closer. Arrows walk, then A or B; with Shift "
    "between chairs."
)
_TIP = (
    "Between points: the blend of the nearest three chairs, weighted by one over their distance on the map.\n"
    "At a point: that chair, decoded from its 64 numbers.\n"
    "The line goes from A to B; the blend on screen is the coloured point on it."
)
_LAYOUTS = {"pca": "PCA", "neighbours": "Neighbours"}
_LAYOUT_TIPS = (
    "The two directions in which the catalog varies most; what lies in the other 62 is not seen",
    "Chairs that are alike lie side by side (t-SNE): distances between groups mean little.\n"
    "Of 2,000 real chairs' 15 nearest, 34 % are also nearest here, and 7 % under PCA",
)
_LOWEST_MAP, _HIGHEST_MAP = 208, 560
_AROUND_MAP = 172
"""Pixels for what is above the map and the lines below it; the nearest chairs may be scrolled to."""


class MapPanel(Page):
    """Page that shows the map and emits what the person does on it."""

    build = Signal()
    """The person pressed the button: map the catalog, or stop that."""
    layout_chosen = Signal(str)
    """Of the map: "pca" or "neighbours"."""
    searched = Signal(str)
    take = Signal(str)
    """The selected one of the nearest chairs shall be "A" or "B"."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = QPushButton("Map this catalog")
        self.button.setToolTip("Lay the listed catalog out in a plane; once more stops it")
        self.button.clicked.connect(self.build)
        self.about = QLabel(wordWrap=True)
        self.empty = QLabel(EMPTY, wordWrap=True)
        self.layouts = QTabBar(drawBase=False, expanding=False)
        self.layouts.setAccessibleName("How the map is laid out")
        self.layouts.setAccessibleDescription("Left and right change the layout")
        for name, tip in zip(_LAYOUTS.values(), _LAYOUT_TIPS, strict=True):
            self.layouts.setTabToolTip(self.layouts.addTab(name), tip)
        self.layouts.currentChanged.connect(lambda place: self.layout_chosen.emit(list(_LAYOUTS)[place]))
        self.search = QLineEdit(placeholderText="Highlight names", clearButtonEnabled=True)
        self.search.setAccessibleName("Highlight chairs by name or id")
        self.search.textChanged.connect(self.searched)
        self.map = MapView()
        self.line = Elided()
        self.share = QLabel(wordWrap=True)
        self.share.setToolTip(_TIP)
        self.unmarked = QLabel(wordWrap=True)
        self.unmarked.hide()
        self.heading = QLabel("Most like what is shown")
        self.heading.setFont(theme.strong_font(self))
        self.heading.setToolTip(
            "Intersection over union of the voxels with every chair of the catalog, A and B too, in per cent"
        )
        self.nearest = NearestView(thumbnails)
        self.buttons = {letter: QPushButton(f"Set {letter}") for letter in "AB"}
        for letter, button in self.buttons.items():
            button.setEnabled(False)
            button.setToolTip(f"Take the selected one of these chairs as {letter}")
            button.clicked.connect(lambda _checked=False, letter=letter: self.take.emit(letter))
        self.left_out = QLabel(wordWrap=True)
        self.left_out.hide()
        self._lay_out()
        self.show_pointed("")
        self.apply_theme()

    def show_map(self, there: bool) -> None:
        """Show the map and the nearest chairs, or what this page is for."""
        self._results.setVisible(there)
        self.empty.setVisible(not there)

    def show_layout(self, name: str) -> None:
        """Mark how the map is laid out."""
        with QSignalBlocker(self.layouts):
            self.layouts.setCurrentIndex(list(_LAYOUTS).index(name))

    def show_unmarked(self, text: str) -> None:
        """Say which of A and B is not on the map; nothing if both are."""
        self.unmarked.setText(text)
        self.unmarked.setVisible(bool(text))

    def show_pointed(self, text: str) -> None:
        """Show what is pointed at; an empty text: what one can do."""
        self.line.set_text(text or HINT)
        self.line.setToolTip(text or _WHOLE_HINT)
        self.map.setAccessibleDescription(text or _WHOLE_HINT)

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        quiet = f"color: {theme.palette().quiet}"
        for label in (self.about, self.empty, self.line, self.share, self.unmarked, self.left_out):
            label.setStyleSheet(quiet)
        self.map.apply_theme()
        self.nearest.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the map the height that the rest leaves."""
        super().resizeEvent(event)
        room = self.viewport().height() - _AROUND_MAP - self.nearest.sizeHint().height()
        self.map.setFixedHeight(min(max(_LOWEST_MAP, room), _HIGHEST_MAP))

    def _lay_out(self) -> None:
        for label in (self.about, self.line, self.share, self.unmarked, self.left_out):
            label.setFont(theme.small_font(self))
        self._results = QWidget()
        self._results.hide()
        results = column_layout(self._results)
        results.addLayout(row_layout(self.layouts, self.search, stretched=self.search))
        results.addWidget(self.map)
        lines = column_layout()
        lines.setSpacing(2)
        for label in (self.line, self.share, self.unmarked):
            lines.addWidget(label)
        results.addLayout(lines)
        results.addLayout(row_layout(self.heading, *self.buttons.values(), stretched=self.heading))
        results.addWidget(self.nearest)
        top = row_layout(self.button, self.about, stretched=self.about)
        self.show_items("Map", top, self.empty, self._results, self.left_out)
