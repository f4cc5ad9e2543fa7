"""The right side of the window: one of several pages, switched at the top."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from voxview.gui import theme
from voxview.gui.context.feature import PageSpec
from voxview.gui.widgets.keep_space import KeepSpace


class SidePanel(QWidget):
    """Holds the pages that were opened so far, and shows one of them."""

    chosen = Signal(str)
    """The name of another page that the person chose."""

    def __init__(self, pages: Sequence[PageSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._specs = {page.name: page for page in pages}
        self._pages: dict[str, QWidget] = {}
        self._keep_space = KeepSpace(self)
        self.tabs = QTabBar(drawBase=False, expanding=True)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideRight)
        self.tabs.setStyleSheet("QTabBar::tab { padding: 4px 4px; }")  # a narrow panel has room for all
        self.tabs.setAccessibleName("Pages of the side panel")
        for page in pages:
            self.tabs.addTab(page.title)
        self.tabs.currentChanged.connect(lambda place: self.chosen.emit(pages[place].name))
        self._stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, 0)
        top.addWidget(self.tabs)
        column.addLayout(top)
        column.addWidget(self._stack, 1)

    def show_page(self, name: str) -> None:
        """Show a page, and make it if it was never opened."""
        if name not in self._pages:
            self._pages[name] = self._specs[name].build()
            self._stack.addWidget(self._pages[name])
            self._keep_space.watch(self._pages[name])
        with QSignalBlocker(self.tabs):
            self.tabs.setCurrentIndex(list(self._specs).index(name))
        self._stack.setCurrentWidget(self._pages[name])
