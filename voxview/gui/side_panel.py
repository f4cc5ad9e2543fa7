"""The right side of the window: one of several pages, switched at the top."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from voxview.gui import theme
from voxview.gui.context.actions import native_keys
from voxview.gui.context.feature import PageSpec
from voxview.gui.widgets.keep_space import KeepSpace
from voxview.gui.widgets.keep_undo import KeepUndo
from voxview.gui.widgets.menu_keys import MenuKeys


class SidePanel(QWidget):
    """Holds the pages that were opened so far, and shows one of them."""

    chosen = Signal(str)
    """The name of another page that the person chose."""

    def __init__(self, pages: Sequence[PageSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._specs = {page.name: page for page in pages}
        self._pages: dict[str, QWidget] = {}
        self._watchers = KeepSpace(self), KeepUndo(self), MenuKeys(self)
        self.tabs = QTabBar(drawBase=False, expanding=True)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)  # the panel is as wide as its tabs at least
        self.tabs.setStyleSheet("QTabBar::tab { padding: 4px 1px; }")
        self.tabs.setAccessibleName("Pages of the side panel")
        self.tabs.setAccessibleDescription("Left and right change the page")
        for page in pages:
            place = self.tabs.addTab(page.title)
            self.tabs.setTabToolTip(place, f"{page.tip or page.title} ({native_keys(page.keys)})")
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

    @property
    def tab_order(self) -> Sequence[QWidget]:
        """What Tab visits of the page that is shown."""
        page = self._stack.currentWidget()
        return tab_stops(page) if page is not None else ()

    def show_page(self, name: str) -> None:
        """Show a page, and make it if it was never opened."""
        if name not in self._pages:
            page = self._pages[name] = self._specs[name].build()
            stops = tab_stops(page)  # before it goes into the window, where its widgets come last
            self._stack.addWidget(page)
            for first, second in pairwise((self.tabs, *stops)):
                self.setTabOrder(first, second)
            for watcher in self._watchers:
                watcher.watch(page)
        with QSignalBlocker(self.tabs):
            self.tabs.setCurrentIndex(list(self._specs).index(name))
        self._stack.setCurrentWidget(self._pages[name])


def tab_stops(page: QWidget) -> list[QWidget]:
    """Return a page and what is on it, as far as Tab stops there, in its order."""
    stops: list[QWidget] = []
    widget: QWidget | None = page
    while widget is not None:
        is_inside = page.isAncestorOf(widget)  # a widget is its own, too
        if is_inside and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
            stops.append(widget)
        widget = widget.nextInFocusChain()
        if widget is page:
            break
    return stops
