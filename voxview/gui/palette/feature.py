"""The command palette: every action, page, setting and chair by a few letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction

from voxview.gui.context.actions import ActionSpec
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Destination, Feature, MenuSpec

if TYPE_CHECKING:
    from voxview.gui.palette.dialog import PaletteDialog
    from voxview.gui.palette.entry import Entry
    from voxview.gui.palette.finder import ChairSearch

_REMEMBERED = 12


class PaletteFeature(Feature):
    """Lists what the window offers, and does what is chosen of it."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.dialog: PaletteDialog | None = None
        """None while it is closed."""
        self._specs: tuple[ActionSpec, ...] = ()
        self._actions: Mapping[str, QAction] = {}
        self._menus: tuple[MenuSpec, ...] = ()
        self._destinations: tuple[Callable[[], Sequence[Destination]], ...] = ()
        self._chairs: ChairSearch | None = None

    @property
    def actions(self) -> Sequence[ActionSpec]:
        """Opening it."""
        return (
            ActionSpec(
                "palette",
                "&View",
                0,
                "Command palette…",
                self.open,
                "Ctrl+Shift+P",
                tip="Find any action, page, setting or chair by a few letters",
            ),
        )

    def list_actions(
        self,
        specs: Sequence[ActionSpec],
        actions: Mapping[str, QAction],
        menus: Sequence[MenuSpec],
        destinations: Sequence[Callable[[], Sequence[Destination]]],
    ) -> None:
        """Take all actions of the window, the submenus that features fill, and where else one can go."""
        self._specs, self._actions = tuple(specs), actions
        self._menus, self._destinations = tuple(menus), tuple(destinations)

    def open(self) -> None:
        """Open it over the window, or begin anew."""
        from voxview.gui.palette.dialog import PaletteDialog
        from voxview.gui.palette.finder import ChairSearch

        self.stop()
        if self._chairs is None:
            self._chairs = ChairSearch()
        self._chairs.take(self.context.listing.catalogs)
        self.dialog = PaletteDialog(
            self._entries(), self._recent, self._chairs, self.context.thumbnails, self.context.dialog_parent
        )
        self.dialog.chosen.connect(self._choose)
        self.dialog.finished.connect(self._forget_dialog)
        self.dialog.show()
        self.dialog.activateWindow()
        self.dialog.field.setFocus()

    def stop(self) -> None:
        """Close it."""
        if self.dialog is not None:
            self.dialog.reject()

    # ---- inside ---------------------------------------------------------------------------------

    @property
    def _recent(self) -> list[str]:
        """The names of what was chosen lately, the newest first."""
        return [name for name in self.context.settings.text("recent_commands").split("\n") if name]

    def _entries(self) -> list[Entry]:
        from voxview.gui.palette.entry import action_entries, destination_entries, menu_entries

        places = [one for offer in self._destinations for one in offer()]
        return [
            *action_entries(self._specs, self._actions),
            *menu_entries(self._menus),
            *destination_entries(places),
        ]

    def _choose(self, entry: Entry, letter: str) -> None:
        if entry.chair is not None:
            self.context.notifications.clear()
            self.context.session.selection.take(letter, entry.chair)
            self.reveal.emit(entry.chair)
        elif entry.call is not None:
            names = [entry.name, *(name for name in self._recent if name != entry.name)]
            self.context.settings.remember("recent_commands", "\n".join(names[:_REMEMBERED]))
            QTimer.singleShot(0, self, entry.call)  # once the focus is back where it was

    def _forget_dialog(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
