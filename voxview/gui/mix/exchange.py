"""Controls for an exchange of parts: four chairs, and which of them gives the seat, the back, legs, arms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from voxview.engine.mix import MixRequest
from voxview.gui import theme
from voxview.gui.mix.chair_slot import ChairSlot
from voxview.gui.mix.chair_supply import ChairSupply
from voxview.gui.session.part_texts import PART_NAMES
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.elided import Elided
from voxview.gui.widgets.page import row_layout
from voxview.shapes.chair import Chair
from voxview.shapes.parts import PARTS

_LETTERS = "PQRS"
_NONE = "none"
_SEAT = 0
_FIRST = (0, 1, 0, 0)
"""Which chair gives each part at first: the back is another's, so that there is something to see."""
_HOW = "Fitted to the seat, encoded and decoded, so that the parts grow together."


class MixExchange(QWidget):
    """Widget with four slots, and a selector for each part."""

    changed = Signal()
    plain = Signal()
    """The mix is wanted again."""

    def __init__(self, supply: ChairSupply, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chair: Chair | None = None
        """The chair of the parts that are selected; None until it is made."""
        self.slots = [ChairSlot(supply, f"Chair {letter}", letter) for letter in _LETTERS]
        self.selectors = [self._selector(part) for part in range(len(PART_NAMES))]
        self.names = [Elided() for _ in PART_NAMES]
        self.note = QLabel(_HOW, wordWrap=True)
        self.note.setFont(theme.small_font(self))
        self.plain_button = QPushButton("Back to the mix")
        self.plain_button.setToolTip("Show the mix of the page before this one")
        self.plain_button.clicked.connect(self.plain)
        for slot in self.slots:
            slot.changed.connect(self._change)
        self._lay_out()
        self._show_names()

    def fill(self, chairs: list[Chair]) -> None:
        """Put chairs into the slots."""
        for slot, chair in zip(self.slots, chairs, strict=False):
            slot.put(chair)
        self._show_names()

    def choices(self) -> dict[int, Chair | None] | None:
        """Return which chair gives each part, by label, and None for no chair; None while a slot is empty."""
        chosen = {part: self._slot_of(part) for part in range(len(PART_NAMES))}
        if any(slot is not None and slot.chair is None for slot in chosen.values()):
            return None
        return {part: None if slot is None else slot.chair for part, slot in chosen.items()}

    def request(self) -> MixRequest | None:
        """Return the mix of the one chair that was made; None before that."""
        return None if self.chair is None else MixRequest((self.chair,), (1.0,))

    def can_show(self, mix: MixRequest) -> bool:
        """Return whether a mix is a chair of parts of several ones."""
        return mix.is_exchange and not mix.shift

    def put(self, mix: MixRequest) -> None:
        """Show a chair that was made, and select what gives its parts, where that is here."""
        names = dict(mix.chairs[0].details)
        for part, selector in enumerate(self.selectors):
            name = names.get(PARTS[part])
            letters = [
                x
                for x, slot in zip(_LETTERS, self.slots, strict=True)
                if slot.chair and slot.chair.name == name
            ]
            with QSignalBlocker(selector):
                selector.setCurrentText(next(iter(letters), selector.currentText()) if name else _NONE)
        self._show_names()
        self.show_made(mix.chairs[0], ())

    def show_made(self, chair: Chair, lacking: Sequence[int]) -> None:
        """Take the chair that was made, and say which parts the chairs that should give them have not."""
        self.chair = chair
        lines = [
            f"{self.selectors[part].currentText()} has no {PART_NAMES[part].lower()}." for part in lacking
        ]
        self.note.setText(" ".join([_HOW, *lines]))

    def forget(self) -> None:
        """Forget the chair: another one is wanted."""
        self.chair = None
        self.note.setText(_HOW)

    def choose(self, letters: Mapping[int, str]) -> None:
        """Select chairs by their letters, or "none", by part, all in one step."""
        for part, letter in letters.items():
            with QSignalBlocker(self.selectors[part]):
                self.selectors[part].setCurrentText(letter)
        self._change()

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        quiet = f"color: {theme.palette().quiet}"
        for label in (self.note, *self.names):
            label.setStyleSheet(quiet)

    def _selector(self, part: int) -> Chooser:
        selector = Chooser()
        name = PART_NAMES[part]
        selector.addItems([*_LETTERS, *((_NONE,) if part != _SEAT else ())])
        selector.setCurrentIndex(_FIRST[part])
        selector.setAccessibleName(f"{name}: from which chair")
        selector.setToolTip(f"The chair that gives its {name.lower()}")
        selector.currentIndexChanged.connect(self._change)
        return selector

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GAP)
        grid.setVerticalSpacing(theme.GAP // 2)
        for row, (name, selector, chair) in enumerate(
            zip(PART_NAMES, self.selectors, self.names, strict=True)
        ):
            label = QLabel(name)
            label.setBuddy(selector)
            grid.addWidget(label, row, 0)
            grid.addWidget(selector, row, 1)
            grid.addWidget(chair, row, 2)
        grid.setColumnStretch(2, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addLayout(row_layout(*self.slots))
        column.addLayout(grid)
        column.addWidget(self.note)
        column.addLayout(row_layout(self.plain_button))
        column.addStretch(1)

    def _slot_of(self, part: int) -> ChairSlot | None:
        letter = self.selectors[part].currentText()
        return None if letter == _NONE else self.slots[_LETTERS.index(letter)]

    def _change(self) -> None:
        self.forget()
        self._show_names()
        self.changed.emit()

    def _show_names(self) -> None:
        for part, label in enumerate(self.names):
            slot = self._slot_of(part)
            label.set_text("left out" if slot is None else slot.chair.name if slot.chair else "empty place")
