"""Sliders for the attributes of a chair: the target value, and beside it the measured one."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from voxview.engine.mix import MixRequest
from voxview.gui import theme
from voxview.gui.session.titles import attribute_name
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.plain_slider import percent_slider
from voxview.model.attributes import ATTRIBUTES, Attributes
from voxview.model.directions import Directions

_TIPS = {
    "seat_height": "From the floor to the top of the seat, in per cent of the cube's edge",
    "seat_width": "Of the seat from left to right, in per cent of the cube's edge",
    "seat_depth": "Of the seat from front to back, in per cent of the cube's edge",
    "back_height": "From the seat to the top of the back, in per cent of the cube's edge",
    "back_tilt": "How far the back leans backwards, in degrees",
    "arms": "From the seat to the top of the arms, in per cent of the cube's edge; 0 without arms",
    "legs_apart": "Across the feet from left to right, in per cent of the cube's edge",
}
_WAITING = "Learning what the sliders move: once for each set of weights…"
_CANCELLED = "What the sliders move is not known yet. “Reset” learns it, once for each set of weights."
_NOTE = (
    "One voxel is 3 %. The longest side fills the cube, so some wishes cannot be met; "
    "“is” was measured on the chair that is shown."
)


class _Row:
    """One attribute: its name, slider, target value, measured value."""

    def __init__(self, name: str) -> None:
        self.attribute = name
        self.per_step = 1.0 if name == "back_tilt" else 0.01
        self.unit = "°" if name == "back_tilt" else " %"
        self.name = QLabel(attribute_name(name))
        self.slider = percent_slider(100, 0)
        self.slider.setAccessibleName(f"{attribute_name(name)} as requested")
        self.target, self.measured = QLabel("–"), QLabel("–")
        for widget in (self.name, self.slider, self.target, self.measured):
            widget.setToolTip(_TIPS[name])
        for label in (self.target, self.measured):
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            label.setMinimumWidth(label.fontMetrics().horizontalAdvance("100 %"))
        self.measured.setAccessibleName(f"{attribute_name(name)} that was measured")
        self.start: float | None = None
        """Measured before anything was requested; None where there is nothing to measure."""

    def show_start(self, value: float | None, span: tuple[float, float]) -> None:
        """Go to where the chair is; the range is what chairs are like, and this one."""
        self.start = value
        known = 0.0 if value is None else value
        low, high = (round(end / self.per_step) for end in (min(*span, known), max(*span, known)))
        with QSignalBlocker(self.slider):
            self.slider.setRange(low, high)
            self.slider.setValue(round(known / self.per_step))
        self.slider.setEnabled(value is not None)
        self.name.setEnabled(value is not None)
        self.target.setText("–")
        self.show_measured(value)

    def show_measured(self, value: float | None) -> None:
        """Show what was measured on the chair that is shown."""
        self.measured.setText("none" if value is None else f"{value / self.per_step:.0f}{self.unit}")

    def forget(self) -> None:
        """Show nothing: what was measured is of other weights."""
        self.start = None
        self.slider.setEnabled(False)
        self.target.setText("–")
        self.measured.setText("–")

    @property
    def amount(self) -> float:
        """By how much the attribute should change; 0 while the slider is where the chair is."""
        if self.start is None or self.slider.value() == round(self.start / self.per_step):
            return 0.0
        return self.slider.value() * self.per_step - self.start

    def show_target(self) -> None:
        """Show the slider's value where it differs from the start's."""
        self.target.setText(f"{self.slider.value()}{self.unit}" if self.amount else "–")


class MixAttributes(QWidget):
    """Widget with a slider for each attribute of a start chair."""

    changed = Signal()
    start_chosen = Signal()
    """Another start is wanted; `show_start` answers."""
    learning_wanted = Signal()
    """What the sliders move is not known, and shall be."""

    def __init__(self, starts: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.directions: Directions | None = None
        self.base: MixRequest | None = None
        """The start, once it was measured."""
        self.start = Chooser()
        self.start.setAccessibleName("The chair that is reshaped")
        self.start.setToolTip("The chair whose measures the sliders change")
        self.start.addItems(list(starts))
        self.start.activated.connect(lambda _place: self.start_chosen.emit())
        self.rows = {name: _Row(name) for name in ATTRIBUTES}
        self.reset = QPushButton("Reset")
        self.reset.setToolTip("Back to the start chair")
        self.reset.clicked.connect(self._reset)
        self.note = QLabel(_WAITING, wordWrap=True)
        self.note.setFont(theme.small_font(self))
        self._lay_out()
        for row in self.rows.values():
            row.slider.setEnabled(False)
            row.slider.valueChanged.connect(self._moved)

    def request(self) -> MixRequest | None:
        """Return the start with the requested changes; None before the start was measured."""
        if self.base is None:
            return None
        shift = tuple((name, row.amount) for name, row in self.rows.items() if row.amount)
        return MixRequest(self.base.chairs, self.base.weights, shift)

    def can_show(self, mix: MixRequest) -> bool:
        """Return whether a mix is the present start with changes; they are measured from it."""
        base = self.base
        return (
            base is not None and (base.chairs, base.weights) == (mix.chairs, mix.weights) and bool(mix.shift)
        )

    def put(self, mix: MixRequest) -> None:
        """Show the changes of a mix."""
        amounts = dict(mix.shift)
        for name, row in self.rows.items():
            if row.start is not None:
                row.slider.setValue(round((row.start + amounts.get(name, 0.0)) / row.per_step))

    def learnt(self, directions: Directions | None) -> None:
        """Take over what the sliders move; None: not known for these weights."""
        self.directions, self.base = directions, None
        self.note.setText(_NOTE if directions else _WAITING)
        if directions is None:
            for row in self.rows.values():
                row.forget()

    def show_cancelled(self) -> None:
        """Say that nothing was learnt, and how to begin again."""
        if self.directions is None:
            self.note.setText(_CANCELLED)

    def show_learning(self) -> None:
        """Say that it is being learnt."""
        self.note.setText(_WAITING)

    def show_start(self, base: MixRequest, measured: Attributes) -> None:
        """Put every slider to where the start chair is."""
        if self.directions is not None:
            self.base = base
            for name, row in self.rows.items():
                row.show_start(measured.of(name), self.directions.span(name))

    def show_measured(self, measured: Attributes) -> None:
        """Show what was measured on the chair that is shown."""
        for name, row in self.rows.items():
            row.show_measured(measured.of(name))

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        quiet = f"color: {theme.palette().quiet}"
        for label in (self.note, *self._heads):
            label.setStyleSheet(quiet)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GAP)
        grid.setVerticalSpacing(theme.GAP)
        self._heads = [QLabel(text) for text in ("target", "is")]
        for place, head in enumerate(self._heads, start=2):
            head.setFont(theme.small_font(self))
            grid.addWidget(head, 0, place, Qt.AlignmentFlag.AlignRight)
        for place, row in enumerate(self.rows.values(), start=1):
            for across, widget in enumerate((row.name, row.slider, row.target, row.measured)):
                grid.addWidget(widget, place, across)
        grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(self.start)
        column.addLayout(grid)
        column.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.note)
        column.addStretch(1)

    def _moved(self) -> None:
        for row in self.rows.values():
            row.show_target()
        self.changed.emit()

    def _reset(self) -> None:
        if self.directions is None:
            self.learning_wanted.emit()
            return
        for row in self.rows.values():
            if row.start is not None:
                with QSignalBlocker(row.slider):
                    row.slider.setValue(round(row.start / row.per_step))
        self._moved()
