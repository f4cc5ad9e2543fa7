"""Controls for a bilinear mix of four chairs."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from voxview.engine.mix import MixRequest
from voxview.gui import theme
from voxview.gui.mix.chair_slot import ChairSlot
from voxview.gui.mix.chair_supply import ChairSupply
from voxview.gui.mix.pad import MixPad
from voxview.gui.session.titles import percent
from voxview.latent.combine import bilinear_weights
from voxview.shapes.chair import Chair

_CORNERS = ("Top left", "Top right", "Bottom left", "Bottom right")


class MixCorners(QWidget):
    """Widget with the pad, and a slot and a share at each corner."""

    changed = Signal()

    def __init__(self, supply: ChairSupply, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slots = [ChairSlot(supply, f"{corner} corner") for corner in _CORNERS]
        self.shares = [QLabel() for _ in _CORNERS]
        self.pad = MixPad()
        self.pad.moved.connect(self._show_shares)
        self.pad.moved.connect(self.changed)
        for slot in self.slots:
            slot.changed.connect(self.changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP // 2)
        column.addLayout(self._edge(0))
        column.addWidget(self.pad)
        column.addLayout(self._edge(2))
        column.addStretch(1)
        self._show_shares()

    def fill(self, chairs: list[Chair]) -> None:
        """Put chairs into the corners."""
        for slot, chair in zip(self.slots, chairs, strict=False):
            slot.put(chair)

    def request(self) -> MixRequest | None:
        """Return the mix at the handle; None while a corner that counts is empty."""
        pairs = [(slot.chair, weight) for slot, weight in zip(self.slots, self.pad.weights, strict=True)]
        filled = [(chair, weight) for chair, weight in pairs if chair is not None]
        if any(chair is None and weight for chair, weight in pairs) or not filled:
            return None
        return MixRequest(tuple(chair for chair, _ in filled), tuple(weight for _, weight in filled))

    def can_show(self, mix: MixRequest) -> bool:
        """Return whether a mix is one of four chairs at a place between them."""
        if mix.shift or len(mix.chairs) != 4 or min(mix.weights) < 0:
            return False
        return bool(np.allclose(bilinear_weights(*_place(mix)), mix.weights, atol=1e-6))

    def put(self, mix: MixRequest) -> None:
        """Show a mix of four chairs."""
        self.fill(list(mix.chairs))
        self.pad.go(*_place(mix))

    def _edge(self, first: int) -> QGridLayout:
        """Return a row with two slots at the sides, their shares beside them."""
        row = QGridLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.slots[first], 0, 0)
        row.addWidget(self.shares[first], 0, 1)
        row.addWidget(self.shares[first + 1], 0, 2, Qt.AlignmentFlag.AlignRight)
        row.addWidget(self.slots[first + 1], 0, 3)
        row.setColumnStretch(1, 1)
        row.setColumnStretch(2, 1)
        return row

    def _show_shares(self) -> None:
        for label, weight in zip(self.shares, self.pad.weights, strict=True):
            label.setText(percent(weight))


def _place(mix: MixRequest) -> tuple[float, float]:
    """Return where between the four corners the weights of a mix are, rightwards and down."""
    return round(mix.weights[1] + mix.weights[3], 6), round(mix.weights[2] + mix.weights[3], 6)
