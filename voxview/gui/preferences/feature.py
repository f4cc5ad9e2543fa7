"""The preferences dialog; numbers in fields and motion, which are set nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction

from voxview.errors import VoxViewError
from voxview.gui.context.actions import ActionSpec
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Destination, Feature, MenuSpec
from voxview.gui.widgets.motion import MOTIONS, Motion
from voxview.gui.widgets.number_boxes import DECIMAL_SIGNS, use_decimal_sign

if TYPE_CHECKING:
    from voxview.gui.preferences.dialog import PreferencesDialog

_KIND = "Preference"
_NUMBERS = "How numbers in fields are written; 0.25 and 0,25 are always a quarter"
_MOTION = "Whether anything blinks, glides or runs by itself"
_CACHE = "Delete what is kept of opened folders; it is made again when they are opened"


class PreferencesFeature(Feature):
    """Applies what was chosen at the start, and opens the dialog.

    What has a menu stays that menu's: the dialog shows its choices, and choosing one triggers it.
    """

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.dialog: PreferencesDialog | None = None
        """None while it is closed."""
        self._qactions: Mapping[str, QAction] = {}
        self._menus: tuple[MenuSpec, ...] = ()
        self._motion = Motion()
        use_decimal_sign(context.settings.text("numbers"))
        self._motion.apply(context.settings.text("motion"))

    @property
    def actions(self) -> Sequence[ActionSpec]:
        """Opening it."""
        return (
            ActionSpec(
                "preferences",
                "&Edit",
                9,
                "&Preferences…",
                self.open,
                "Ctrl+,",
                tip="Theme, numbers, start, surface, keys, what is kept on disk, motion",
            ),
        )

    def destinations(self) -> Sequence[Destination]:
        """Return the preferences that no menu has."""
        return (
            *(
                Destination(_KIND, f"Numbers: {text}", partial(self.set_numbers, name), _NUMBERS)
                for name, text in DECIMAL_SIGNS.items()
            ),
            *(
                Destination(_KIND, f"Motion: {text}", partial(self.set_motion, name), _MOTION)
                for name, text in MOTIONS.items()
            ),
            Destination(_KIND, "Clear the cache", self.clear_cache, _CACHE),
        )

    def take_actions(self, qactions: Mapping[str, QAction], menus: Sequence[MenuSpec]) -> None:
        """Take all actions of the window, and the submenus that features fill."""
        self._qactions, self._menus = qactions, tuple(menus)

    def open(self) -> None:
        """Open the dialog beside the window, which can be used meanwhile."""
        from voxview.gui.preferences.dialog import PreferencesDialog

        if self.dialog is None:
            menus = [spec.submenu for spec in self._menus]
            self.dialog = PreferencesDialog(
                self._qactions, menus, self.context.settings, self.context.dialog_parent
            )
            self.dialog.numbers_chosen.connect(self.set_numbers)
            self.dialog.motion_chosen.connect(self.set_motion)
            self.dialog.clear_wanted.connect(self.clear_cache)
            self.dialog.finished.connect(self._forget_dialog)
            self._show_cache()
        self.dialog.show()
        self.dialog.activateWindow()

    def set_numbers(self, name: str) -> None:
        """Show numbers in fields with a point, with a comma or as the system has them."""
        self.context.settings.remember("numbers", name)
        use_decimal_sign(name)
        if self.dialog is not None:
            self.dialog.show_numbers(name)

    def set_motion(self, name: str) -> None:
        """Let nothing move by itself, or as the system has it."""
        self.context.settings.remember("motion", name)
        self._motion.apply(name)
        if self.dialog is not None:
            self.dialog.show_motion(name)

    def clear_cache(self) -> None:
        """Delete what was kept of catalogs: it is made again when it is needed, so nothing is lost."""
        from voxview.engine.catalog.cache import forget_kept, kept_bytes

        before = kept_bytes()
        try:
            forget_kept()
        except VoxViewError as error:
            self.context.notifications.error(str(error))
        else:
            freed = f"{before / 1e6:.1f} MB are free again" if before else "nothing was kept"
            self.context.notifications.note(f"the cache is empty: {freed}")
        self._show_cache()

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        if self.dialog is not None:
            self.dialog.apply_theme()

    def stop(self) -> None:
        """Close the dialog."""
        if self.dialog is not None:
            self.dialog.reject()

    # ---- inside ---------------------------------------------------------------------------------

    def _show_cache(self) -> None:
        from voxview.engine.catalog.cache import cache_folder, kept_bytes, kept_files

        if self.dialog is not None:
            self.dialog.show_cache(len(kept_files()), kept_bytes(), cache_folder())

    def _forget_dialog(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
