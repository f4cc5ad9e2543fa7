"""Controls for the set of chairs that make the pairs, and the number of steps."""

from __future__ import annotations

import random

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from voxview.gui import theme
from voxview.gui.context.listing import Listing
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.number_boxes import NumberBox
from voxview.shapes.chair import Chair

MOST = 200
"""A matrix of more cannot be read, and its cells not be hit."""


class ChairChoice(QWidget):
    """Form row: the first listed chairs, random ones or the selected ones; their number; the steps."""

    changed = Signal()

    def __init__(self, listing: Listing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._listing = listing
        self.source = Chooser()
        self.source.addItems(["First", "Random", "Selected"])
        self.source.setAccessibleName("Which chairs")
        self.source.setToolTip(
            "Chairs of the list at the left, as it is searched now: the first ones, random ones, or those "
            "that are selected, with Ctrl or Shift"
        )
        self.count = NumberBox(minimum=2, maximum=MOST, value=50, suffix=" chairs")
        self.count.setAccessibleName("Number of chairs")
        self.count.setToolTip("How many chairs of the catalog are blended with each other")
        self.steps = NumberBox(minimum=3, maximum=21, value=11, suffix=" steps")
        self.steps.setAccessibleName("Number of steps from A to B")
        self.steps.setToolTip("11 steps are t = 0, 0.1 … 1")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP // 2)
        row.addWidget(self.source)
        row.addWidget(self.count)
        row.addWidget(self.steps)
        row.addStretch(1)
        self.source.currentIndexChanged.connect(self._show_source)
        for spin in (self.count, self.steps):
            spin.valueChanged.connect(self.changed)
        listing.changed.connect(self.changed)
        listing.selection_changed.connect(self._show_source)

    @property
    def by_selection(self) -> bool:
        """Whether the chairs that are selected in the list are taken."""
        return self.source.currentIndex() == 2

    @property
    def number(self) -> int:
        """How many chairs there would be."""
        if self.by_selection:
            return min(len(self._listing.selected), MOST)
        return min(self.count.value(), len(self._listing.chairs))

    def chairs(self) -> list[Chair]:
        """Return the chairs, chosen now."""
        if self.by_selection:
            return self._listing.selected[:MOST]
        rows = range(len(self._listing.chairs))
        is_random = self.source.currentIndex() == 1
        chosen = sorted(random.sample(rows, self.number)) if is_random else rows[: self.number]
        return [self._listing.chairs[row] for row in chosen]

    def _show_source(self) -> None:
        self.count.setEnabled(not self.by_selection)
        self.changed.emit()
