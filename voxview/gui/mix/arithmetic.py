"""Controls for chair arithmetic, P − Q + R: A and B are the pair's letters."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from voxview.engine.mix import MixRequest
from voxview.gui import theme
from voxview.gui.mix.chair_slot import ChairSlot
from voxview.gui.mix.chair_supply import ChairSupply
from voxview.gui.session.titles import percent
from voxview.gui.widgets.plain_slider import percent_slider
from voxview.shapes.chair import Chair


class MixArithmetic(QWidget):
    """Widget with three slots and a slider for the strength of the difference."""

    changed = Signal()

    def __init__(self, supply: ChairSupply, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slots = [ChairSlot(supply, f"Chair {letter}", letter) for letter in "PQR"]
        self.strength = percent_slider(150, 100)
        self.strength.setAccessibleName("How strongly the difference from Q to R counts, in per cent")
        self.strength.setToolTip("How much of the way from Q to R is added to P: at 0 % it is P")
        self.shown = QLabel()
        self.meaning = QLabel(
            "P, without what makes it like Q, with what makes R different: "
            "a chair with arms − the same without + another.",
            wordWrap=True,
        )
        self.meaning.setFont(theme.small_font(self))
        self.strength.valueChanged.connect(self._show_strength)
        self.strength.valueChanged.connect(self.changed)
        for slot in self.slots:
            slot.changed.connect(self.changed)
        self._lay_out()
        self._show_strength()

    def fill(self, chairs: list[Chair]) -> None:
        """Put chairs into the slots."""
        for slot, chair in zip(self.slots, chairs, strict=False):
            slot.put(chair)

    def request(self) -> MixRequest | None:
        """Return P − s·Q + s·R; None while a slot is empty."""
        chairs = tuple(slot.chair for slot in self.slots if slot.chair is not None)
        strength = self.strength.value() / 100
        return MixRequest(chairs, (1.0, -strength, strength)) if len(chairs) == 3 else None

    def can_show(self, mix: MixRequest) -> bool:
        """Return whether a mix is P − s·Q + s·R."""
        if mix.shift or len(mix.chairs) != 3:
            return False
        one, minus, plus = mix.weights
        return one == 1 and 0 <= plus <= 1.5 and minus == -plus

    def put(self, mix: MixRequest) -> None:
        """Show P − s·Q + s·R."""
        self.fill(list(mix.chairs))
        self.strength.setValue(round(100 * mix.weights[2]))

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self.meaning.setStyleSheet(f"color: {theme.palette().quiet}")

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        for slot, sign in zip(self.slots, ("−", "+", ""), strict=True):
            row.addWidget(slot)
            if sign:
                row.addWidget(QLabel(sign, alignment=Qt.AlignmentFlag.AlignCenter))
        row.addStretch(1)
        strength = QHBoxLayout()
        strength.addWidget(QLabel("Strength"))
        strength.addWidget(self.strength, 1)
        self.shown.setMinimumWidth(self.fontMetrics().horizontalAdvance("150 %"))
        strength.addWidget(self.shown)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addLayout(row)
        column.addLayout(strength)
        column.addWidget(self.meaning)
        column.addStretch(1)

    def _show_strength(self) -> None:
        self.shown.setText(percent(self.strength.value() / 100))
