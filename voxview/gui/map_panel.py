"""The page of the map: a catalog as points, what one points at, and the chairs most like what is shown."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from voxview.gui import theme
from voxview.gui.map_view import MapView
from voxview.gui.nearest_view import NearestView
from voxview.gui.status import Elided
from voxview.gui.thumbnails import Thumbnails

EMPTY = (
    "Every chair of the catalog as a point, chairs that are alike near each other. Point anywhere to see the "
    "chair that is there, also between points; a click takes a chair as A, with Shift as B. Below the map: "
    "the chairs most like what is shown."
)
HINT = "Click: A. Shift-click or right button: B. Wheel: closer. Arrows walk, then A or B."
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


class MapPanel(QScrollArea):
    """Shows the map, and says what the person asks of it."""

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
        self.button.clicked.connect(self.build)
        self.about = QLabel(wordWrap=True)
        self.empty = QLabel(EMPTY, wordWrap=True)
        self.layouts = QTabBar(drawBase=False, expanding=False)
        self.layouts.setAccessibleName("How the map is laid out")
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
        self.say_pointed("")
        self.apply_tones()

    def show_map(self, there: bool) -> None:
        """The map and the nearest chairs, or what this page is for."""
        self._results.setVisible(there)
        self.empty.setVisible(not there)

    def show_layout(self, name: str) -> None:
        """Mark how the map is laid out."""
        with QSignalBlocker(self.layouts):
            self.layouts.setCurrentIndex(list(_LAYOUTS).index(name))

    def say_pointed(self, text: str) -> None:
        """What is pointed at; nothing: what one can do."""
        self.line.say(text or HINT)
        self.map.setAccessibleDescription(text or HINT)

    def apply_tones(self) -> None:
        """Take on the theme's colours."""
        quiet = f"color: {theme.tones().quiet}"
        for label in (self.about, self.empty, self.line, self.share, self.left_out):
            label.setStyleSheet(quiet)
        self.map.apply_tones()
        self.nearest.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The map takes the height that the rest leaves."""
        super().resizeEvent(event)
        room = self.viewport().height() - _AROUND_MAP - self.nearest.sizeHint().height()
        self.map.setFixedHeight(min(max(_LOWEST_MAP, room), _HIGHEST_MAP))

    def _lay_out(self) -> None:
        for label in (self.about, self.line, self.share, self.left_out):
            label.setFont(theme.small_font(self))
        self._results = QWidget()
        self._results.hide()
        results = _column(self._results)
        results.addLayout(_row(self.layouts, self.search, stretched=self.search))
        results.addWidget(self.map)
        lines = _column(None)
        lines.setSpacing(2)
        for label in (self.line, self.share):
            lines.addWidget(label)
        results.addLayout(lines)
        results.addLayout(_row(self.heading, *self.buttons.values(), stretched=self.heading))
        results.addWidget(self.nearest)
        body = QWidget()
        column = _column(body)
        column.setContentsMargins(2 * theme.GAP, theme.GAP + 4, 2 * theme.GAP, 2 * theme.GAP)
        column.addLayout(_row(self.button, self.about, stretched=self.about))
        for widget in (self.empty, self._results, self.left_out):
            column.addWidget(widget)
        column.addStretch(1)
        self.setWidget(body)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(264)
        self.setAccessibleName("Map")


def _column(widget: QWidget | None) -> QVBoxLayout:
    column = QVBoxLayout(widget) if widget is not None else QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.GAP)
    return column


def _row(*widgets: QWidget, stretched: QWidget | None = None) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.GAP)
    for widget in widgets:
        row.addWidget(widget, 1 if widget is stretched else 0)
    return row
