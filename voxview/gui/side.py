"""Which page the side panel shows, and the room that it takes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QSplitter

from voxview.gui.context.actions import ActionSpec, make_action
from voxview.gui.context.feature import PageSpec
from voxview.gui.session.state import Aspect
from voxview.gui.side_panel import SidePanel

ROOM_FOR_BOTH = 1040
"""Pixels; in a narrower window the first page is hidden unless the person wants it, and the list of chairs is
while a wide page is open."""
_WIDE = (480, 560)
"""Pixels that a wide page gets at least, where the window has them, and at most."""
_WIDE_IN_NARROW = 440
"""In a narrow window: the slider needs its share."""
_MIDDLE = 300
_ROOM_FOR_TABS = 600
"""In a narrower window, that of a small screen at twice its scale, the tabs scroll."""


class Side(QObject):
    """Opens and closes the pages; a page's key shows it, and leaves it again."""

    closed = Signal()
    """The panel was hidden while it had the keyboard's focus."""

    def __init__(self, pages: Sequence[PageSpec], splitter: QSplitter, show_list: QAction) -> None:
        """Take a splitter whose third part the panel becomes, beside the list of chairs and the view.

        `show_list` shows and hides the list of chairs, the splitter's first part.
        """
        super().__init__(splitter)
        self._pages = {page.name: page for page in pages}
        self._splitter, self._show_list = splitter, show_list
        self.panel = SidePanel(pages)
        self.panel.chosen.connect(self.show)
        self.actions = tuple(self._action(page) for page in pages)
        self.qactions = {spec.name: make_action(spec, self) for spec in self.actions}
        self.page: str | None = None
        """The name of the page that is shown; None while the panel is hidden."""
        self._first = pages[0].name
        self._before: str | None = None
        """The page before a wide page was opened."""
        self._sizes: list[int] = []
        """The splitter's sizes before a wide page was opened."""
        self._list_width = 0
        """The list's pixels when it was last beside all that was open: hidden, it has none there."""
        self._took_list = False
        self._list_wanted = False
        """Whether the person has shown the list beside the page that is open."""
        show_list.toggled.connect(self._list_shown)

    def _action(self, page: PageSpec) -> ActionSpec:
        return ActionSpec(
            f"show_{page.name}",
            "&View",
            1,
            page.text or page.title,
            partial(self._switch, page.name),
            page.keys,
            checkable=True,
            tip=page.tip,
        )

    # ---- showing --------------------------------------------------------------------------------

    def show(self, name: str | None) -> None:
        """Show a page; None hides the panel."""
        if name == self.page:
            return
        before, self.page, self._list_wanted = self.page, name, False
        was_wide, is_wide = self._is_wide(before), self._is_wide(name)
        if before is None or not (was_wide or self._lacks_room()):
            self._list_width = self._splitter.sizes()[0] or self._list_width
        if is_wide and not was_wide:
            self._before = before
            self._sizes = self._splitter.sizes()
        if name is not None:
            self.panel.show_page(name)
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self.panel.isAncestorOf(focused)
        self.panel.setVisible(name is not None)
        for one in self._pages:
            self.qactions[f"show_{one}"].setChecked(one == name)
        if name is not None:
            self._pages[name].on_shown()
        if is_wide:
            self.panel.tabs.setFocus()  # before the list is hidden, and its focus goes anywhere
        if is_wide or was_wide:
            self._give_room()
        else:
            self._take_or_give_back_list()
        if name is None and had_focus:
            self.closed.emit()

    def fit(self, before: int, now: int) -> None:
        """Give the panel's or the list's room to the chairs in a narrow window, and give it back.

        `before` and `now` are the window's widths in pixels.
        """
        self.panel.tabs.setUsesScrollButtons(now < _ROOM_FOR_TABS)
        if before >= 0 and (before >= ROOM_FOR_BOTH) == (now >= ROOM_FOR_BOTH):
            self._take_or_give_back_list()
            return
        fitting = self._first if now >= ROOM_FOR_BOTH else None
        if self._is_wide(self.page):
            self._before = fitting
            self._give_room()
        else:
            self.show(fitting)

    def leave_wide_page(self) -> None:
        """Go back to what was there before a wide page, so that this is what the window remembers."""
        if self._is_wide(self.page):
            self.show(self._before)

    @property
    def aspect(self) -> Aspect:
        """The page that is open, as it is kept; empty: none."""
        return Aspect(
            "page",
            lambda: self.page or "",
            lambda name: self.show(str(name) or None),
            lambda name: name == "" or name in self._pages,
            is_undone=False,
            is_late=True,
        )

    # ---- inside ---------------------------------------------------------------------------------

    def _is_wide(self, name: str | None) -> bool:
        return name is not None and self._pages[name].is_wide

    def _switch(self, name: str, on: bool) -> None:
        if on:
            self.show(name)
        elif self.page == name:
            self.show(self._before if self._is_wide(name) else None)

    def _lacks_room(self) -> bool:
        """Return whether list, chairs and panel do not fit beside each other."""
        parts = [part for place in range(3) if (part := self._splitter.widget(place)) is not None]
        least = sum(max(part.minimumWidth(), part.minimumSizeHint().width()) for part in parts)
        return self._splitter.window().width() < least + (len(parts) - 1) * self._splitter.handleWidth()

    def _take_or_give_back_list(self) -> None:
        """Hide the list of chairs while its room goes to a page: a wide one, or any where not all fit."""
        is_narrow = self._splitter.window().width() < ROOM_FOR_BOTH
        is_for_page = self._is_wide(self.page) and is_narrow and not self._list_wanted
        takes = self.page is not None and (is_for_page or self._lacks_room())
        if takes and not self._took_list and self._show_list.isChecked():
            self._took_list = True
            self._show_list.setChecked(False)
        elif self._took_list and not takes:
            self._show_list.setChecked(True)
            self._took_list = self._list_wanted = False

    def _list_shown(self, on: bool) -> None:
        """Hide the page where the person wants the list and both do not fit."""
        if on:
            self._took_list, self._list_wanted = False, True
            if self.page is not None and self._lacks_room():
                self.show(None)

    def _give_room(self) -> None:
        """Give a wide page what it needs, in a narrow window from the list of chairs; then give it back."""
        wide, show_list, splitter = self._is_wide(self.page), self._show_list, self._splitter
        narrow = splitter.window().width() < ROOM_FOR_BOTH
        self._take_or_give_back_list()
        chairs = splitter.widget(0)
        least = 0 if chairs is None else chairs.sizeHint().width()
        list_width = self._sizes[0] or self._list_width or least
        listed = list_width if show_list.isChecked() else 0
        if wide:
            room = sum(splitter.sizes()) if splitter.isVisible() else splitter.width()
            wanted = _WIDE_IN_NARROW if narrow else min(max(_WIDE[0], room // 3), _WIDE[1])
            side = max(self.panel.minimumSizeHint().width(), min(wanted, room - listed - _MIDDLE))
            middle = room - listed - side
        else:
            _, middle, side = self._sizes
            middle -= listed if self._sizes[0] == 0 else 0
        splitter.setSizes([list_width, middle, side])  # a list that is hidden has it when it is shown again
