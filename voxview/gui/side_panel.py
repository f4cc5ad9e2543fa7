"""The right side of the window: one of several pages, switched at the top."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from voxview.gui import theme

Page = Literal["timings", "all_pairs", "map", "mix", "benchmark"]

PAGES: dict[Page, str] = {
    "timings": "Timings",
    "all_pairs": "All pairs",
    "map": "Map",
    "mix": "Mix",
    "benchmark": "Benchmark",
}


class SidePanel(QWidget):
    """Holds the pages that were opened so far, and shows one of them."""

    chosen = Signal(str)
    """The person chose another `Page`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tabs = QTabBar(drawBase=False, expanding=True)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideRight)
        self.tabs.setStyleSheet("QTabBar::tab { padding: 4px 4px; }")  # a narrow panel has room for all
        self.tabs.setAccessibleName("Pages of the side panel")
        for text in PAGES.values():
            self.tabs.addTab(text)
        self.tabs.currentChanged.connect(lambda place: self.chosen.emit(list(PAGES)[place]))
        self._stack = QStackedWidget()
        self._pages: dict[str, QWidget] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, 0)
        top.addWidget(self.tabs)
        column.addLayout(top)
        column.addWidget(self._stack, 1)

    def add_page(self, page: Page, widget: QWidget) -> None:
        """Take in a page."""
        self._pages[page] = widget
        self._stack.addWidget(widget)

    def show_page(self, page: Page) -> None:
        """Show a page that was taken in."""
        with QSignalBlocker(self.tabs):
            self.tabs.setCurrentIndex(list(PAGES).index(page))
        self._stack.setCurrentWidget(self._pages[page])
