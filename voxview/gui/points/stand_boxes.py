"""How the cloud stands: what was found, and boxes to say otherwise."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QHBoxLayout, QLabel, QWidget

from voxview.engine.points_request import AUTO
from voxview.gui import theme
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.number_boxes import NumberBox
from voxview.shapes.orient import UPS

_FOUND = -1
"""The turn box's value for a turn that is found."""
_DOWN = QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
_OPEN = "automatic"
"""What stands there until something was found."""


class TurnBox(NumberBox):
    """Spin box for degrees; one below 0 the turn is found, and what was found stands there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: int | None = None
        self.setRange(_FOUND, 359)
        self.setSuffix("°")
        self.setKeyboardTracking(False)
        self.setAccessibleName("Turn about the upright axis")
        self.setToolTip(
            "Degrees, counter-clockwise from above, that bring the seat's front to −z\nBelow 0: automatic"
        )
        self.show_found(None)
        self.setValue(_FOUND)

    def show_found(self, turn: int | None) -> None:
        """Show which turn was found."""
        self._found = turn
        self.setSpecialValueText(_OPEN if turn is None else f"{turn}° (found)")

    def stepBy(self, steps: int) -> None:
        """Step from what was found where that stands there."""
        if self.value() == _FOUND and self._found is not None:
            self.setValue((self._found + steps) % 360)
        else:
            super().stepBy(steps)

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Return Qt's flags: from what was found it goes both ways."""
        if self.value() == _FOUND and self._found is not None:
            return QAbstractSpinBox.StepEnabledFlag.StepUpEnabled | _DOWN
        return super().stepEnabled()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter as the end of a number: it would press the dialog's button."""
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()


class StandBoxes(QWidget):
    """Widget with the axis that is up and the turn about it; either is found until a person chooses."""

    changed = Signal()
    """Another choice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._axis, self._turn = Chooser(), TurnBox()
        self._axis.setAccessibleName("Axis that points up")
        self._axis.setToolTip("Which of the file's axes points up, or what was found")
        self._axis.addItem(_OPEN, AUTO)
        for up in UPS:
            self._axis.addItem(up, up)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        for text, box in (("Points &up", self._axis), ("&Turned by", self._turn)):
            label = QLabel(text)
            label.setBuddy(box)
            row.addWidget(label)
            row.addWidget(box, 1)
        self._axis.currentIndexChanged.connect(self._choose_axis)
        self._turn.valueChanged.connect(self.changed)

    @property
    def up(self) -> str:
        """The axis, or `auto`."""
        return str(self._axis.currentData())

    @property
    def turn(self) -> float | str:
        """The degrees, or `auto`."""
        return AUTO if self._turn.value() == _FOUND else float(self._turn.value())

    @property
    def boxes(self) -> tuple[Chooser, TurnBox]:
        """The two boxes."""
        return self._axis, self._turn

    def show_found(self, up: str, turn: float) -> None:
        """Show what was taken where that was left open."""
        if self.up == AUTO:
            self._axis.setItemText(0, f"{up} (found)")
        if self.turn == AUTO:
            self._turn.show_found(round(turn) % 360)

    def _choose_axis(self) -> None:
        """Take another axis, about which the old turn means nothing."""
        self._turn.blockSignals(True)
        self._turn.show_found(None)
        self._turn.setValue(_FOUND)
        self._turn.blockSignals(False)
        self.changed.emit()
