"""What the side panel does: its pages, made when they are first opened, and the room that they take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from voxview.gui.side_panel import Page, SidePanel
from voxview.gui.timing_panel import TimingPanel

if TYPE_CHECKING:
    from voxview.gui.all_pairs import AllPairs
    from voxview.gui.benchmarks import Benchmarks
    from voxview.gui.explore import Explore
    from voxview.gui.mixing import Mixing
    from voxview.gui.window import MainWindow

ROOM_FOR_BOTH = 1040
"""Pixels; in a narrower window the timings are hidden unless the person asks for them, and the list of
chairs is while a wide page is open."""
_WIDE = (480, 560)
"""Pixels that a wide page gets at least, where the window has them, and at most."""
_WIDE_IN_NARROW = 440
"""In a narrow window: the slider needs its share."""
_MIDDLE = 300
_ACTIONS: dict[Page, str] = {
    "timings": "show_timings",
    "mix": "show_mix",
    "all_pairs": "show_all_pairs",
    "map": "show_map",
    "benchmark": "show_benchmark",
}


class Side(QObject):
    """Opens and closes the pages; a page's key shows it, and leaves it again."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.timings = TimingPanel()
        self.panel = SidePanel()
        self.panel.add_page("timings", self.timings)
        self.panel.chosen.connect(self.show)
        self.page: Page | None = None
        """The page that is shown; None while the panel is hidden."""
        self.all_pairs: AllPairs | None = None
        self.benchmarks: Benchmarks | None = None
        self.explore: Explore | None = None
        self.mixing: Mixing | None = None
        self._left: Page | None = None
        """Where one was before a wide page was opened."""
        self._sizes: list[int] = []
        """The splitter's sizes before a wide page was opened."""
        self._took_chairs = False

    # ---- actions --------------------------------------------------------------------------------

    def show_timings(self, on: bool) -> None:
        """Show the timings, or hide the panel."""
        self._switch("timings", on, None)

    def show_mix(self, on: bool) -> None:
        """Show the mixes, or hide the panel."""
        self._switch("mix", on, None)

    def show_all_pairs(self, on: bool) -> None:
        """Show all pairs, or what was there before."""
        self._switch("all_pairs", on, self._left)

    def show_map(self, on: bool) -> None:
        """Show the map, or what was there before."""
        self._switch("map", on, self._left)

    def show_benchmark(self, on: bool) -> None:
        """Show the benchmark, or what was there before."""
        self._switch("benchmark", on, self._left)

    def surprise(self) -> None:
        """Go to a good in-between that is new; before there are scores, to the page that computes them."""
        if self.all_pairs is not None and self.all_pairs.panel.scores is not None:
            self.all_pairs.surprise()
        else:
            self.show("all_pairs")
            self._window.messages.note("no in-between is scored yet: press Compute, then Surprise me (U)")

    # ---- showing --------------------------------------------------------------------------------

    def show(self, page: Page | None) -> None:
        """Show a page; None hides the panel."""
        if page == self.page:
            return
        before, self.page = self.page, page
        was_wide, is_wide = _is_wide(before), _is_wide(page)
        if is_wide and not was_wide:
            self._left = before
            self._sizes = self._window.splitter.sizes()
        if page is not None:
            self._make(page)
            self.panel.show_page(page)
        had_focus = self.panel.isAncestorOf(self._window.focusWidget() or self._window)
        self.panel.setVisible(page is not None)
        for one, name in _ACTIONS.items():
            self._window.actions_by_name[name].setChecked(one == page)
        if page == "mix" and self.mixing is not None:
            self.mixing.show()
        if is_wide:
            self.panel.tabs.setFocus()  # before the list is hidden, and its focus goes anywhere
        if is_wide or was_wide:
            self._give_room()
        if page is None and had_focus:
            self._window.transport.slider.setFocus()

    def fit(self, before: int, now: int) -> None:
        """The window's width changed: give the timings' or the list's room to the chairs, or give it back."""
        if before >= 0 and (before >= ROOM_FOR_BOTH) == (now >= ROOM_FOR_BOTH):
            return
        fitting: Page | None = "timings" if now >= ROOM_FOR_BOTH else None
        if _is_wide(self.page):
            self._left = fitting
            self._give_room()
        else:
            self.show(fitting)

    def leave_wide_page(self) -> None:
        """Back to what was there before a wide page, so that this is what the window remembers."""
        if _is_wide(self.page):
            self.show(self._left)

    def apply_tones(self) -> None:
        """Take on the theme's colours."""
        self.timings.apply_tones()
        for part in (self.all_pairs, self.benchmarks, self.explore, self.mixing):
            if part is not None:
                part.panel.apply_tones()

    def stop(self) -> None:
        """Wait for what a page has at work."""
        if self.explore is not None:
            self.explore.stop()

    # ---- inside ---------------------------------------------------------------------------------

    def _switch(self, page: Page, on: bool, otherwise: Page | None) -> None:
        if on:
            self.show(page)
        elif self.page == page:
            self.show(otherwise)

    def _make(self, page: Page) -> None:
        """Imports and widgets of a page wait for its first opening: the bare window waits for nothing."""
        if page == "all_pairs" and self.all_pairs is None:
            from voxview.gui.all_pairs import AllPairs

            self.all_pairs = AllPairs(self._window)
            self.panel.add_page(page, self.all_pairs.panel)
            self._window.keep_space.watch(self.all_pairs.panel)
        elif page == "benchmark" and self.benchmarks is None:
            from voxview.gui.benchmarks import Benchmarks

            self.benchmarks = Benchmarks(self._window)
            self.panel.add_page(page, self.benchmarks.panel)
            self._window.keep_space.watch(self.benchmarks.panel)

        elif page == "map" and self.explore is None:
            from voxview.gui.explore import Explore

            self.explore = Explore(self._window)
            self.panel.add_page(page, self.explore.panel)
            self._window.keep_space.watch(self.explore.panel)
        elif page == "mix" and self.mixing is None:
            from voxview.gui.mixing import Mixing

            self.mixing = Mixing(self._window)
            self.panel.add_page(page, self.mixing.panel)
            self._window.keep_space.watch(self.mixing.panel)

    def _give_room(self) -> None:
        """A wide page takes what it needs, in a narrow window from the list of chairs; then it gives back."""
        wide, chairs = _is_wide(self.page), self._window.actions_by_name["show_chairs"]
        narrow = self._window.width() < ROOM_FOR_BOTH
        if wide and narrow:
            self._took_chairs = self._took_chairs or chairs.isChecked()
            chairs.setChecked(False)
        elif self._took_chairs:
            self._took_chairs = False
            chairs.setChecked(True)
        splitter = self._window.splitter
        if not wide:
            splitter.setSizes(self._sizes)
            return
        room = sum(splitter.sizes()) if splitter.isVisible() else splitter.width()
        listed = (self._sizes[0] or self._window.browser.sizeHint().width()) if chairs.isChecked() else 0
        wanted = _WIDE_IN_NARROW if narrow else min(max(_WIDE[0], room // 3), _WIDE[1])
        side = max(self.panel.minimumSizeHint().width(), min(wanted, room - listed - _MIDDLE))
        splitter.setSizes([listed, room - listed - side, side])


def _is_wide(page: Page | None) -> bool:
    return page in ("all_pairs", "map", "benchmark")
