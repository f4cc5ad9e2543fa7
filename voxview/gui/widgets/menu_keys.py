"""Event filter that lets menu keys through where a text field would take them for editing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QWidget


class MenuKeys(QObject):
    """Watches the text fields and number boxes of a window for Ctrl+E, which exports everywhere else.

    On X11 a text field goes to the end of the line with it, as Emacs does; the key End does that, too.
    """

    def watch(self, window: QWidget) -> None:
        """Watch every field that is in the window now."""
        for widget in (*window.findChildren(QLineEdit), *window.findChildren(QAbstractSpinBox)):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the key from the field, so that it becomes the menu's shortcut."""
        is_menu_key = (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.modifiers() == Qt.KeyboardModifier.ControlModifier
            and event.key() == Qt.Key.Key_E
        )
        if is_menu_key:
            event.ignore()
        return is_menu_key
