"""Event filter that leaves undo and redo to a text that is being typed; elsewhere they are of the steps."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDoubleSpinBox, QLineEdit, QSpinBox, QWidget

_UNDO, _REDO = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo


class KeepUndo(QObject):
    """Watches the text and number fields of a window: Qt would leave both keys to any that has the focus."""

    def watch(self, window: QWidget) -> None:
        """Watch every field that is in the window now."""
        for kind in (QLineEdit, QSpinBox, QDoubleSpinBox):
            for field in window.findChildren(kind):
                field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give the keys to the window where there is no typing to take back."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
            return False
        is_undo, is_redo = event.matches(_UNDO), event.matches(_REDO)
        if not (is_undo or is_redo) or _is_typed(watched, redo=is_redo):
            return False
        event.ignore()
        return True


def _is_typed(field: QObject, *, redo: bool) -> bool:
    """Return whether a field has a text that was typed and can be taken back, or given again."""
    if isinstance(field, QSpinBox):
        return field.cleanText() != field.textFromValue(field.value())
    if isinstance(field, QDoubleSpinBox):
        return field.cleanText() != field.textFromValue(field.value())
    return isinstance(field, QLineEdit) and (field.isRedoAvailable() if redo else field.isUndoAvailable())
