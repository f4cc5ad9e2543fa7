"""Combo boxes that show the keyboard's focus, and end a text in an ellipsis where they are too narrow."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent, QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QToolTip

from voxview.gui.widgets.focus_frame import paint_focus


class Chooser(QComboBox):
    """Combo box; a text that is cut stands in the tooltip."""

    def shrink_to(self, letters: int) -> None:
        """Let it be as narrow as some letters, whatever there is to choose from."""
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(letters)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it with as much of the text as there is room for: Qt would cut through a letter."""
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self._shown_text(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()
        paint_focus(self)

    def event(self, event: QEvent) -> bool:
        """Show all of a text that is cut."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self.is_cut:
            lines = [self._whole_text(), *([self.toolTip()] if self.toolTip() else [])]
            QToolTip.showText(event.globalPos(), "\n".join(lines), self)
            return True
        return super().event(event)

    @property
    def is_cut(self) -> bool:
        """Whether there is no room for all of the text."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        return self._shown_text(option) != self._whole_text()

    def _whole_text(self) -> str:
        return self.currentText() if self.currentIndex() >= 0 else self.placeholderText()

    def _shown_text(self, option: QStyleOptionComboBox) -> str:
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        end = Qt.TextElideMode.ElideRight
        return self.fontMetrics().elidedText(self._whole_text(), end, field.width() - 2)
