"""Page of networks: layers with their arithmetic, a what-if calculator, what a layer sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QTabBar, QVBoxLayout, QWidget

from voxview.gui import theme
from voxview.gui.network.inside_box import InsideBox
from voxview.gui.network.layers_box import LayersBox
from voxview.gui.network.texts import COUNTING, convolution_of
from voxview.gui.network.what_if_box import WhatIfBox
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.page import Page, row_layout
from voxview.model.layers.names import NETWORKS
from voxview.model.layers.rows import NetworkRows

if TYPE_CHECKING:
    from voxview.model.layers.times import LayerTimes

_BOXES = {
    "Layers": "Every layer: sizes, parameters, multiply-adds, and the arithmetic behind them",
    "Inside": "What a layer gives for the chair on screen, and what of it a channel answers to",
    "What if": "What a convolution of any numbers would give, and the usual mistakes",
}
_TALL = 100
"""The table takes nearly all of the height that is left."""


class NetworkPanel(Page):
    """Page that shows one network and emits what the person does on it."""

    network_chosen = Signal(str)
    save = Signal()
    row_changed = Signal()
    """Another network, or another one of its layers, is selected; see `network` and `row`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.network: NetworkRows | None = None
        """What is shown; None while its layers are counted."""
        self.names = Chooser()
        self.names.setAccessibleName("Network")
        self.names.setToolTip("The network whose layers are listed")
        for place, (name, what) in enumerate(NETWORKS.items()):
            self.names.addItem(name, name)
            self.names.setItemData(place, what, Qt.ItemDataRole.ToolTipRole)
        self.names.activated.connect(lambda _: self.network_chosen.emit(self.chosen))
        self.save_button = QPushButton("Save…")
        self.save_button.setToolTip("The picture of the layers (.svg, .png), or their table (.csv)")
        self.save_button.setEnabled(False)
        self.save_button.clicked.connect(self.save)
        self.title = QLabel(COUNTING, wordWrap=True)
        self.switch = QTabBar(drawBase=False, expanding=True)
        self.switch.setAccessibleName("Part of the page")
        self.switch.setAccessibleDescription("Left and right change the part")
        self.switch.setUsesScrollButtons(False)
        self.layers, self.inside, self.what_if = LayersBox(), InsideBox(), WhatIfBox()
        self.boxes: tuple[QWidget, ...] = (self.layers, self.inside, self.what_if)
        for text, tip in _BOXES.items():
            self.switch.setTabToolTip(self.switch.addTab(text), tip)
        self.switch.currentChanged.connect(self._show_box)
        self.layers.row_selected.connect(self._offer)
        self.inside.layer_chosen.connect(self.layers.select)
        self.show_items(
            "Network",
            row_layout(self.names, self.save_button, stretched=self.names),
            self.title,
            self.switch,
            *self.boxes,
        )
        body = self.widget()
        column = None if body is None else body.layout()
        assert isinstance(column, QVBoxLayout)
        column.setStretchFactor(self.layers, _TALL)
        self.apply_theme()
        self._show_box()

    @property
    def chosen(self) -> str:
        """The name of the network that is chosen."""
        return str(self.names.currentData())

    @property
    def row(self) -> int | None:
        """The selected layer."""
        return self.layers.row

    def choose(self, name: str) -> None:
        """Choose a network by its name, without a signal."""
        self.names.setCurrentIndex(max(0, self.names.findData(name)))

    def show_counting(self) -> None:
        """Say that another network's layers are being counted; nothing of the one before stays."""
        self.network = None
        self._say(COUNTING)

    def show_failure(self, message: str) -> None:
        """Say why a network cannot be described."""
        self.network = None
        self._say(message)

    def show_network(self, network: NetworkRows, times: Sequence[LayerTimes] = ()) -> None:
        """Show a network's layers, and how long each takes here if that was measured."""
        self.network = network
        self._say(f"{network.title}; input {network.input.text}")
        self.layers.show_network(network, times)
        self._offer(self.layers.row)

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self.title.setStyleSheet(f"color: {theme.palette().quiet}")
        self.layers.apply_theme()
        self.inside.apply_theme()
        self.what_if.apply_theme()

    # ---- inside ---------------------------------------------------------------------------------

    def _say(self, title: str) -> None:
        self.title.setText(title)
        self.save_button.setEnabled(self.network is not None)
        self._show_box()

    def _show_box(self) -> None:
        shown = self.boxes[self.switch.currentIndex()]
        for box in self.boxes:
            needs_network = box is not self.what_if
            box.setVisible(box is shown and (self.network is not None or not needs_network))

    def _offer(self, row: int | None) -> None:
        known = self.network is not None and row is not None
        self.what_if.offer(convolution_of(self.network.rows[row]) if known else None)  # type: ignore[union-attr,index]
        self.row_changed.emit()
