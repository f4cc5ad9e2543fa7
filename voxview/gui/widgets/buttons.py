"""Buttons that do what an action does."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QToolButton

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def action_button(action: QAction) -> QToolButton:
    """Return a tool button with the action's icon."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setAccessibleName(action.text().replace("&", ""))
    return button


def press_by_enter(button: QAbstractButton, event: QKeyEvent) -> bool:
    """Press a button that has the focus, as Space does; return whether the key is Enter, which is used up."""
    if event.key() not in _ENTER:
        return False
    if not event.isAutoRepeat():
        button.animateClick()
    return True


class _EnterPresses(QObject):
    """Watches buttons that Enter does not press from elsewhere: in a dialog Qt takes that for never."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Press the button."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        return isinstance(watched, QAbstractButton) and press_by_enter(watched, event)


def never_default(*buttons: QPushButton) -> None:
    """Let Enter press buttons of a dialog while they have the focus, and never from a field."""
    for button in buttons:
        button.setAutoDefault(False)
        button.installEventFilter(_EnterPresses(button))


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
