"""List of bookmarks, each a picture with its name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from voxview.gui import theme
from voxview.gui.bookmarks.shelf import Bookmark
from voxview.gui.widgets.buttons import never_default

PICTURE = 96
"""Pixels along each side of a picture, before the screen's scale."""
_PER_ROW = 3


class BookmarksDialog(QDialog):
    """Shows bookmarks while one works; a click goes to one."""

    chosen = Signal(int)
    """The place of the bookmark to go to."""
    renamed = Signal(int, str)
    removed = Signal(int)
    added = Signal()
    """The present state is wanted as a bookmark."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Bookmarks")
        self.list = QListWidget()
        self.list.setAccessibleName("Bookmarks")
        self.list.setAccessibleDescription("Enter goes to the selected one")
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setIconSize(QSize(PICTURE, PICTURE))
        self.list.setWordWrap(True)
        self.list.setSpacing(theme.GAP // 2)
        line = self.list.fontMetrics().lineSpacing()
        self.list.setGridSize(QSize(PICTURE + 40, PICTURE + 3 * line))
        self.list.itemClicked.connect(lambda item: self.chosen.emit(self.list.row(item)))
        self.list.itemActivated.connect(lambda item: self.chosen.emit(self.list.row(item)))
        self.list.itemChanged.connect(self._rename)
        self.empty = QLabel("No bookmarks yet: “Add this” keeps what is shown now.", wordWrap=True)
        self.empty.setStyleSheet(f"color: {theme.palette().quiet}")
        self.add = QPushButton("&Add this")
        self.add.setToolTip("Keep what is shown now")
        self.rename, self.remove = QPushButton("Re&name"), QPushButton("&Remove")
        self.rename.setToolTip("Give the selected bookmark another name (F2)")
        self.remove.setToolTip("Take the selected bookmark off the list (Del)")
        self.add.clicked.connect(self.added)
        self.rename.clicked.connect(lambda: self.list.editItem(self.list.currentItem()))
        self.remove.clicked.connect(lambda: self.removed.emit(self.list.currentRow()))
        QShortcut(QKeySequence.StandardKey.Delete, self.list, self.remove.click)
        self.list.currentRowChanged.connect(self._enable)
        self._lay_out()

    def show_bookmarks(self, bookmarks: Sequence[Bookmark]) -> None:
        """List bookmarks."""
        row = self.list.currentRow()
        with QSignalBlocker(self.list):
            self.list.clear()
            for one in bookmarks:
                pixmap = QPixmap()
                pixmap.loadFromData(one.png, "PNG")
                item = QListWidgetItem(QIcon(pixmap), one.name)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
                item.setToolTip(one.name)
                self.list.addItem(item)
            self.list.setCurrentRow(min(row, self.list.count() - 1))
        self.empty.setVisible(not bookmarks)
        self._enable()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP)
        for button in (self.add, self.rename, self.remove):
            never_default(button)
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.GAP] * 4)
        column.setSpacing(theme.GAP)
        column.addWidget(self.empty)
        column.addWidget(self.list, 1)
        column.addLayout(buttons)
        self.resize(_PER_ROW * (PICTURE + 40) + 48, 420)

    def _enable(self) -> None:
        has_current = self.list.currentRow() >= 0
        self.rename.setEnabled(has_current)
        self.remove.setEnabled(has_current)

    def _rename(self, item: QListWidgetItem) -> None:
        self.renamed.emit(self.list.row(item), item.text())
