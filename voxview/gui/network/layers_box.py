"""The part of the page with a network's picture, its table and its totals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from voxview.gui import theme
from voxview.gui.network.layer_tree import LayerTree
from voxview.gui.network.picture import NetworkPicture
from voxview.gui.network.texts import HINT, TIMES, totals_html
from voxview.gui.widgets.page import column_layout, row_layout
from voxview.model.layers.rows import NetworkRows

if TYPE_CHECKING:
    from voxview.model.layers.times import LayerTimes


class LayersBox(QWidget):
    """Widget that shows one network; picture and table have the same selection."""

    row_selected = Signal(int)
    measure = Signal()
    """The person pressed the button that times the layers; while that runs, Cancel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = NetworkPicture()
        self.picture.selected.connect(lambda row: self.select(row, unfold=True))
        self.hint = QLabel(HINT, wordWrap=True)
        self.tree = LayerTree()
        self.tree.row_selected.connect(self.select)
        self.totals = QLabel(wordWrap=True, textFormat=Qt.TextFormat.RichText)
        self.totals.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton("Time the layers here")
        self.button.setToolTip(TIMES)
        self.button.clicked.connect(self.measure)
        column = column_layout(self)
        column.addWidget(self.picture)
        column.addWidget(self.hint)
        column.addWidget(self.tree, 1)
        column.addLayout(row_layout(self.button))
        column.addWidget(self.totals)
        for label in (self.hint, self.totals):
            label.setFont(theme.small_font(self))

    @property
    def row(self) -> int | None:
        """The selected row."""
        return self.tree.row

    def show_network(self, network: NetworkRows, times: Sequence[LayerTimes] = ()) -> None:
        """Show a network, and how long its layers take here where that was measured."""
        self.tree.show_network(network, times)
        self.picture.show_network(network)
        self.picture.select(self.tree.row)
        self.totals.setText(totals_html(network, times))

    def select(self, row: int, *, unfold: bool = False) -> None:
        """Select a row in both, and emit it."""
        self.tree.select(row, unfold=unfold)
        self.picture.select(row)
        self.row_selected.emit(row)

    def show_measuring(self, on: bool) -> None:
        """Let the button cancel while layers are timed."""
        self.button.setText("Cancel" if on else "Time the layers here")

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self.hint.setStyleSheet(f"color: {theme.palette().quiet}")
        self.picture.update()
