"""The what-if calculator: what a convolution would give, and the mistakes that its numbers invite."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QAbstractSpinBox, QGridLayout, QLabel, QPushButton, QWidget

from voxview.errors import InputError
from voxview.gui import theme
from voxview.gui.network.texts import outcome_html
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.number_boxes import NumberBox
from voxview.gui.widgets.page import column_layout, row_layout
from voxview.gui.widgets.tick_box import TickBox
from voxview.model.layers.arithmetic import Convolution
from voxview.model.layers.what_if import what_if

EXAMPLES = {
    "55² × 3, 32 filters of 5 × 5": Convolution(55, 3, 32, 5, 1, 2),
    "AlexNet's first layer": Convolution(227, 3, 96, 11, 4, 0),
    "The same of 224 pixels": Convolution(224, 3, 96, 11, 4, 0),
    "AlexNet's second, two groups": Convolution(27, 96, 256, 5, 1, 2, groups=2),
    "The study's first layer": Convolution(32, 1, 32, 5, 2, 2, dimensions=3),
    "The study's last layer": Convolution(
        16, 32, 1, 5, 2, 2, dimensions=3, transposed=True, output_padding=1
    ),
}
_FIELDS = {
    "size": ("Input W", "Length of the input along each axis"),
    "channels": ("Channels C", "Channels of the input"),
    "kernel": ("Filter F", "Length of a filter along each axis"),
    "filters": ("Filters K", "Channels of the output"),
    "stride": ("Stride S", "Positions from one place of the filter to the next"),
    "groups": ("Groups G", "Equal parts of the channels, of which a filter sees one"),
    "padding": ("Padding P", "Zeros on each side of the input"),
    "output_padding": ("Out pad O", "Positions that a transposed convolution adds at one end"),
}
_OWN = "Other numbers"
_MOST, _MOST_POSITIONS = 9_999, 99_999
_DIMENSIONS = {"1D": 1, "2D": 2, "3D": 3}


class WhatIfBox(QWidget):
    """Widget with a convolution's numbers, and below them what it gives."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.example = Chooser()
        self.example.setAccessibleName("Example")
        self.example.setToolTip("A layer to begin with, of one of the networks")
        self.example.addItems([*EXAMPLES, _OWN])
        self.example.shrink_to(24)
        self.example.activated.connect(self._take_example)
        self.layer = QPushButton("The selected layer")
        self.layer.setToolTip("Begin with the numbers of the layer that is selected in the table")
        self.layer.setEnabled(False)
        self.layer.clicked.connect(self._take_layer)
        self._selected: Convolution | None = None
        self.boxes = {name: _number_box(name, tip) for name, (_, tip) in _FIELDS.items()}
        self.dimensions = Chooser()
        self.dimensions.setAccessibleName("Dimensions")
        self.dimensions.setToolTip("Axes along which the filter moves: pictures have two, voxels three")
        for text, count in _DIMENSIONS.items():
            self.dimensions.addItem(text, count)
        self.bias, self.transposed = TickBox("Bias"), TickBox("Transposed")
        self.bias.setToolTip("One number more a filter, added at every position")
        self.transposed.setToolTip("Each input number is spread over a filter: the output is larger")
        self.outcome = QLabel(wordWrap=True, textFormat=Qt.TextFormat.RichText)
        self.outcome.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.error = QLabel(wordWrap=True)
        for box in self.boxes.values():
            box.valueChanged.connect(self._compute)
        self.dimensions.currentIndexChanged.connect(self._compute)
        for tick in (self.bias, self.transposed):
            tick.toggled.connect(self._compute)
        self._lay_out()
        self.apply_theme()
        self.show_layer(next(iter(EXAMPLES.values())))

    @property
    def convolution(self) -> Convolution:
        """The numbers that are in the boxes."""
        numbers = {name: box.value() for name, box in self.boxes.items()}
        return Convolution(
            **numbers,
            dimensions=self.dimensions.currentData(),
            bias=self.bias.isChecked(),
            transposed=self.transposed.isChecked(),
        )

    def show_layer(self, layer: Convolution) -> None:
        """Put a convolution's numbers into the boxes."""
        blockers = [QSignalBlocker(one) for one in (*self.boxes.values(), self.dimensions)]
        blockers += [QSignalBlocker(self.bias), QSignalBlocker(self.transposed)]
        for name, box in self.boxes.items():
            box.setValue(getattr(layer, name))
        self.dimensions.setCurrentIndex(self.dimensions.findData(layer.dimensions))
        self.bias.setChecked(layer.bias)
        self.transposed.setChecked(layer.transposed)
        del blockers
        self._compute()

    def offer(self, layer: Convolution | None) -> None:
        """Let the numbers of a layer be taken; None where the selected one is no convolution."""
        self._selected = layer
        self.layer.setEnabled(layer is not None)

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self.error.setStyleSheet(f"color: {theme.palette().bad}")

    # ---- inside ---------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = column_layout(self)
        column.addWidget(self.example)
        column.addLayout(row_layout(self.layer))
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GAP // 4)
        grid.setVerticalSpacing(theme.GAP)
        for number, (name, (text, tip)) in enumerate(_FIELDS.items()):
            row, side = divmod(number, 2)
            label = QLabel(text)
            label.setToolTip(tip)
            label.setBuddy(self.boxes[name])
            self.boxes[name].setAccessibleName(text)
            grid.addWidget(label, row, 2 * side)
            grid.addWidget(self.boxes[name], row, 2 * side + 1)
        for side in (1, 3):
            grid.setColumnStretch(side, 1)
        column.addLayout(grid)
        column.addLayout(row_layout(self.dimensions, self.bias, self.transposed))
        column.addWidget(self.error)
        column.addWidget(self.outcome)

    def _take_example(self) -> None:
        if (layer := EXAMPLES.get(self.example.currentText())) is not None:
            self.show_layer(layer)

    def _take_layer(self) -> None:
        if self._selected is not None:
            self.show_layer(self._selected)

    def _compute(self) -> None:
        """Show what the numbers give; where they give nothing, one line says why."""
        layer = self.convolution
        self.boxes["output_padding"].setEnabled(layer.transposed)
        named = [name for name, example in EXAMPLES.items() if example == layer]
        self.example.setCurrentText(named[0] if named else _OWN)
        try:
            text, reason = outcome_html(what_if(layer)), ""
        except InputError as error:
            text, reason = "", str(error)
        self.outcome.setText(text)
        self.error.setText(reason)
        self.error.setVisible(bool(reason))
        self.outcome.setVisible(not reason)


def _number_box(name: str, tip: str) -> NumberBox:
    """Return a box that lets bad values in, 0 among them: what is wrong with them is what it teaches."""
    box = NumberBox()
    box.setRange(0, _MOST_POSITIONS if name == "size" else _MOST)
    box.setToolTip(tip)
    box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.UpDownArrows)
    return box
