"""Controls for a weighted mix of up to eight chairs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from voxview.conventions import MAX_MIX_CHAIRS
from voxview.engine.mix import MixRequest
from voxview.gui import theme
from voxview.gui.mix.chair_slot import ChairSlot
from voxview.gui.mix.chair_supply import ChairSupply
from voxview.gui.session.titles import percent
from voxview.gui.widgets.elided import Elided
from voxview.gui.widgets.plain_slider import percent_slider
from voxview.shapes.chair import Chair


class _Row(QWidget):
    """One chair: its picture, name, weight and share."""

    changed = Signal()
    removed = Signal()

    def __init__(self, supply: ChairSupply, chair: Chair) -> None:
        super().__init__()
        self.slot = ChairSlot(supply, "Chair of the mix")
        self.slot.put(chair)
        self.slot.changed.connect(self._named)
        self.slot.changed.connect(self.changed)
        self.name = Elided()
        self.slider = percent_slider(100, 50)
        self.slider.valueChanged.connect(self.changed)
        self.share = QLabel(alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.share.setMinimumWidth(self.fontMetrics().horizontalAdvance("100 %"))
        self.remove = QToolButton()
        self.remove.setText("×")
        self.remove.setToolTip("Take this chair out of the mix")
        self.remove.clicked.connect(self.removed)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.addWidget(self.slot, 0, 0, 2, 1)
        grid.addWidget(self.name, 0, 1, 1, 2)
        grid.addWidget(self.remove, 0, 3)
        grid.addWidget(self.slider, 1, 1)
        grid.addWidget(self.share, 1, 2, 1, 2)
        grid.setColumnStretch(1, 1)
        self._named()

    def _named(self) -> None:
        name = self.slot.chair.name if self.slot.chair else ""
        self.name.set_text(name)
        self.slider.setAccessibleName(f"Weight of {name}")
        self.slider.setToolTip("How much of this chair is in the mix; only the shares count")
        self.remove.setAccessibleName(f"Take out {name}")


class MixWeights(QWidget):
    """Widget with a list of chairs, whose weights are shares of their sum."""

    changed = Signal()
    nothing_selected = Signal()

    def __init__(self, supply: ChairSupply, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._supply = supply
        self.rows: list[_Row] = []
        self.add = QPushButton("Add selected")
        self.add.setToolTip(f"Add the chairs selected in the list, up to {MAX_MIX_CHAIRS} in all")
        self.add.clicked.connect(self._add_selected)
        self.even = QPushButton("Even out")
        self.even.setToolTip("Give every chair the same weight")
        self.even.clicked.connect(self._even_out)
        self.sum = QLabel(wordWrap=True)
        self.sum.setFont(theme.small_font(self))
        buttons = QHBoxLayout()
        buttons.addWidget(self.add)
        buttons.addWidget(self.even)
        buttons.addStretch(1)
        self._list = QVBoxLayout()
        self._list.setSpacing(theme.GAP)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addLayout(buttons)
        column.addWidget(self.sum)
        column.addLayout(self._list)
        column.addStretch(1)

    def fill(self, chairs: list[Chair]) -> None:
        """Take in chairs, as far as there is room."""
        for chair in chairs[: MAX_MIX_CHAIRS - len(self.rows)]:
            row = _Row(self._supply, chair)
            row.changed.connect(self._changed)
            row.removed.connect(lambda row=row: self._remove(row))
            row.slot.nothing_selected.connect(self.nothing_selected)
            before = self.rows[-1].slider if self.rows else self.even
            self.rows.append(row)
            self._list.addWidget(row)
            for first, second in pairwise((before, row.slot, row.remove, row.slider)):
                self.setTabOrder(first, second)
        self._show_shares()

    def request(self) -> MixRequest | None:
        """Return the mix; None while no chair has a weight."""
        shares = self._shares()
        chairs = tuple(row.slot.chair for row in self.rows if row.slot.chair is not None)
        return MixRequest(chairs, tuple(shares)) if any(shares) else None

    def can_show(self, mix: MixRequest) -> bool:
        """Return whether a mix is one of chairs with shares."""
        return not (mix.shift or mix.is_exchange) and min(mix.weights) >= 0

    def put(self, mix: MixRequest) -> None:
        """Show a mix; where its chairs are here already, only the weights change."""
        if tuple(row.slot.chair for row in self.rows) != mix.chairs:
            for row in tuple(self.rows):
                self._drop(row)
            self.fill(list(mix.chairs))
        largest = max(mix.weights)
        if self.request() is not None and _are_near(self._shares(), mix.weights):
            return  # the sliders say it already, with whole per cents of another sum
        for row, weight in zip(self.rows, mix.weights, strict=True):
            with QSignalBlocker(row.slider):
                row.slider.setValue(round(100 * weight / largest))
        self._show_shares()

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self.sum.setStyleSheet(f"color: {theme.palette().quiet}")

    def _shares(self) -> list[float]:
        values = [row.slider.value() for row in self.rows]
        return [value / max(1, sum(values)) for value in values]

    def _changed(self) -> None:
        self._show_shares()
        self.changed.emit()

    def _show_shares(self) -> None:
        for row, share in zip(self.rows, self._shares(), strict=True):
            row.share.setText(percent(share))
        total = sum(row.slider.value() for row in self.rows) / 100
        self.sum.setText(
            f"The weights' sum is {total:.2f}; each counts as its share of it."
            if total
            else "Give at least one chair a weight."
        )
        self.add.setEnabled(len(self.rows) < MAX_MIX_CHAIRS)
        for row in self.rows:
            row.remove.setEnabled(len(self.rows) > 1)

    def _add_selected(self) -> None:
        present = [row.slot.chair for row in self.rows]
        chairs = [chair for chair in self._supply.selected() if chair not in present]
        if not chairs:
            self.nothing_selected.emit()
            return
        self.fill(chairs)
        self.changed.emit()

    def _even_out(self) -> None:
        for row in self.rows:
            with QSignalBlocker(row.slider):
                row.slider.setValue(50)
        self._changed()

    def _remove(self, row: _Row) -> None:
        self._drop(row)
        self._changed()

    def _drop(self, row: _Row) -> None:
        self.rows.remove(row)
        self._list.removeWidget(row)
        row.hide()
        row.deleteLater()


def _are_near(shares: Sequence[float], weights: Sequence[float]) -> bool:
    return all(abs(share - weight) < 0.001 for share, weight in zip(shares, weights, strict=True))
