"""Buttons that do what an action does."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QToolButton


def action_button(action: QAction) -> QToolButton:
    """Return a tool button with the action's icon."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setAccessibleName(action.text().replace("&", ""))
    return button


def make_default(button: QPushButton) -> None:
    """Let Enter press a button of a dialog from any field, after another button had the focus, too.

    Qt forgets which one it was where it was made so before it stood in the dialog.
    """
    button.setDefault(False)
    button.setDefault(True)


def action_push_button(action: QAction) -> QPushButton:
    """Return a push button with the action's text and icon, which it keeps up to date."""
    button = QPushButton()

    def update() -> None:
        button.setText(action.text().replace("&", ""))
        button.setIcon(action.icon())
        button.setToolTip(action.toolTip())

    button.clicked.connect(action.trigger)
    action.changed.connect(update)
    update()
    return button
