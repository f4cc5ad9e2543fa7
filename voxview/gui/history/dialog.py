"""List of the steps, newest last; a click goes there."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QDialog, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from voxview.gui import theme
from voxview.gui.context.keeping import Keeper


class HistoryDialog(QDialog):
    """Shows the steps while one works, and goes to the one that is selected."""

    def __init__(self, keeper: Keeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("History")
        self._keeper = keeper
        hint = QLabel("↑ ↓ or a click go to a step. A new step replaces those below it.", wordWrap=True)
        hint.setFont(theme.small_font(self))
        hint.setStyleSheet(f"color: {theme.palette().quiet}")
        self.list = QListWidget()
        self.list.setAccessibleName("Steps")
        self.list.setAccessibleDescription("The newest is last; the arrows go to a step, and put it back")
        self.list.setUniformItemSizes(True)
        self.list.currentRowChanged.connect(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.GAP] * 4)
        column.setSpacing(theme.GAP)
        column.addWidget(self.list, 1)
        column.addWidget(hint)
        self.resize(300, 380)
        keeper.stepped.connect(self.show_steps)
        keeper.flush()
        self.show_steps()

    def show_steps(self) -> None:
        """List what there is now; steps that were undone are quiet."""
        history = self._keeper.history
        with QSignalBlocker(self.list):
            for place, step in enumerate(history.steps):
                item = self.list.item(place)
                if item is None:
                    item = QListWidgetItem()
                    self.list.addItem(item)
                if item.text() != step.title:
                    item.setText(step.title)
                    item.setToolTip(step.title)
                colour = theme.palette().quiet if place > history.place else theme.palette().text
                item.setForeground(QColor(colour))
            while self.list.count() > len(history.steps):
                self.list.takeItem(self.list.count() - 1)
            self.list.setCurrentRow(history.place)
        self.list.scrollToItem(self.list.currentItem())

    def _go(self, place: int) -> None:
        if place not in (-1, self._keeper.history.place):
            self._keeper.go(place)
