"""Buttons of a dialog that makes a chair: import it, take it as A or B, or cancel."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QWidget

from voxview.gui.widgets.buttons import make_default


class TakeButtons(QDialogButtonBox):
    """Button box whose buttons to take a chair are disabled until there is one; `rejected` is Cancel's."""

    taken = Signal(str)
    """"A" or "B" where the chair shall be that; empty where it shall be listed only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QDialogButtonBox.StandardButton.Cancel, parent)
        self.take: dict[str, QPushButton] = {}
        for letter, text in (("", "Import"), ("A", "Take as A"), ("B", "Take as B")):
            role = (
                QDialogButtonBox.ButtonRole.ActionRole if letter else QDialogButtonBox.ButtonRole.AcceptRole
            )
            button = self.addButton(text, role)
            button.clicked.connect(partial(self.taken.emit, letter))
            self.take[letter] = button
        self.enable(False)

    def showEvent(self, event: QShowEvent) -> None:
        """Let Enter import from any field: the dialog is there now."""
        super().showEvent(event)
        make_default(self.take[""])

    def enable(self, on: bool) -> None:
        """Let the chair be taken, or not."""
        for button in self.take.values():
            button.setEnabled(on)
