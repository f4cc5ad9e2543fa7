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
