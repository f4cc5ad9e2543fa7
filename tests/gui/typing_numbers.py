"""Typing a number into a field, as a person does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDoubleSpinBox, QLineEdit


def typed(box: QDoubleSpinBox, text: str) -> float:
    """Type a number as a person does, key by key, and return what the field has then."""
    line = box.findChild(QLineEdit)
    assert line is not None
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Tab)
    box.interpretText()
    return box.value()
