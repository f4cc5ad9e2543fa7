"""Choosing chairs: the list at the left, and the actions that take a chair as A or B."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from voxview.gui.browser.chair_actions import ChairActions
from voxview.gui.browser.panel import Browser
from voxview.gui.context.actions import ActionSpec, native_keys
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Area, Feature
from voxview.shapes.chair import Chair

_SHOW_KEYS = "Ctrl+B"


class BrowserFeature(Feature):
    """Takes chairs from the list into the selection."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.panel = Browser(context.listing, context.thumbnails)
        self.panel.chosen.connect(self.choose)
        self.chair_actions = ChairActions(context, self.panel, self.show_chairs, self)
        self._buttons: list[QWidget] = []
        context.session.selection.pair_changed.connect(self._mark_pair)

    @property
    def actions(self) -> Sequence[ActionSpec]:
        """The pair, and the list itself."""
        return (
            ActionSpec(
                "set_a",
                "&Blend",
                0,
                "Set &A",
                self.set_a,
                "A",
                "letter-a",
                tip="Take the selected chair as A",
            ),
            ActionSpec(
                "set_b",
                "&Blend",
                0,
                "Set &B",
                self.set_b,
                "B",
                "letter-b",
                tip="Take the selected chair as B",
            ),
            ActionSpec(
                "random_pair",
                "&Blend",
                0,
                "&Random pair",
                self.random_pair,
                "D",
                "shuffle",
                tip="Two by chance",
            ),
            *self.chair_actions.actions,
            *self._list_actions(),
        )

    def _list_actions(self) -> Sequence[ActionSpec]:
        return (
            ActionSpec(
                "find",
                "&View",
                0,
                "&Find a chair",
                self.find,
                "Ctrl+F",
                "search",
                tip="Search the list of chairs by name or id",
            ),
            ActionSpec(
                "show_chairs",
                "&View",
                1,
                "&Chairs",
                self.show_list,
                _SHOW_KEYS,
                checkable=True,
                tip="The list of chairs, at the left",
            ),
        )

    @property
    def widgets(self) -> dict[Area, QWidget]:
        """The list."""
        return {Area.LEFT: self.panel}

    @property
    def tab_order(self) -> Sequence[QWidget]:
        """The source, the search, the list."""
        panel = self.panel
        return (panel.sources, *self._buttons, panel.search, panel.show_all, panel.view)

    def stop(self) -> None:
        """Wait for what is being kept of folders."""
        self.context.changes.finish()

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self.panel.apply_theme()

    def add_buttons(self, actions: list[QAction]) -> None:
        """Add buttons beside the source of the chairs."""
        self._buttons += self.panel.add_buttons(actions)

    # ---- what the person does -------------------------------------------------------------------

    def choose(self, letter: str, chair: Chair) -> None:
        """Take a chair as "A" or "B"."""
        self.context.notifications.clear()
        self.context.session.selection.take(letter, chair)

    def set_a(self) -> None:
        """Take the selected chair as A."""
        self._take_current("A")

    def set_b(self) -> None:
        """Take the selected chair as B."""
        self._take_current("B")

    def random_pair(self) -> None:
        """Take two chairs of those that are listed."""
        pair = self.context.listing.random_chairs(2)
        if len(pair) < 2:
            self.context.notifications.note(
                "fewer than two chairs are listed: clear the search or open a folder"
            )
            return
        self.context.notifications.clear()
        self.context.session.selection.choose(a=pair[0], b=pair[1])
        self.panel.reveal(pair[0])

    def find(self) -> None:
        """Show the list, and go to its search field."""
        self.show_chairs()
        self.panel.search.setFocus()
        self.panel.search.selectAll()

    def show_chairs(self) -> None:
        """Show the list of chairs."""
        self.qactions["show_chairs"].setChecked(True)

    def show_list(self, on: bool) -> None:
        """Show or hide the list of chairs."""
        self.panel.setVisible(on)
        self.context.listing.set_hidden_hint("" if on else f" ({native_keys(_SHOW_KEYS)} shows it)")

    # ---- inside ---------------------------------------------------------------------------------

    def _take_current(self, letter: str) -> None:
        chair = self.panel.view.current_chair()
        if chair is None:
            self.context.notifications.note("no chair is selected: choose one in the list first")
        else:
            self.choose(letter, chair)

    def _mark_pair(self) -> None:
        selection = self.context.session.selection
        self.panel.model.mark(selection.a, selection.b)
