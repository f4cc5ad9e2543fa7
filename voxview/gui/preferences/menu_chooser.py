"""Controls that do what a menu or an action does, and show how it stands."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.tick_box import TickBox


class MenuChooser(Chooser):
    """Combo box of the choices of a submenu, one of which is ticked."""

    def __init__(self, menu: QMenu, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = [one for one in menu.actions() if one.isCheckable()]
        for choice in self._choices:
            self.addItem(plain_text(choice))
            choice.toggled.connect(self._show)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.activated.connect(lambda place: self._choices[place].trigger())
        self._show()

    def _show(self) -> None:
        chosen = next((place for place, one in enumerate(self._choices) if one.isChecked()), -1)
        with QSignalBlocker(self):
            self.setCurrentIndex(chosen)


class ActionBox(TickBox):
    """Check box of an action that is switched."""

    def __init__(self, action: QAction, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(plain_text(action), parent)
        self.setToolTip(tip)
        self.setChecked(action.isChecked())
        self.toggled.connect(action.setChecked)
        action.toggled.connect(self.setChecked)


def plain_text(action: QAction) -> str:
    """Return an action's text without its underlined letter, and without what a menu says beside it."""
    return action.text().partition("\t")[0].replace("&", "")
