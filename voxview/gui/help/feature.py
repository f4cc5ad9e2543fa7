"""The Help menu: keys, version and diagnostics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtWidgets import QDialog

from voxview.gui.context.actions import ActionSpec
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Feature


class HelpFeature(Feature):
    """Opens the help dialogs."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._listed: tuple[ActionSpec, ...] = ()

    @property
    def actions(self) -> Sequence[ActionSpec]:
        """Shortcuts and About."""
        return (
            ActionSpec("shortcuts", "&Help", 0, "&Keyboard shortcuts", self.show_shortcuts, "F1"),
            ActionSpec("about", "&Help", 0, "&About VoxView", self.show_about, "", "info"),
        )

    def list_actions(self, specs: Iterable[ActionSpec]) -> None:
        """Take all actions of the window: they are what the list of shortcuts shows."""
        self._listed = tuple(specs)

    def show_shortcuts(self) -> None:
        """List the keys."""
        from voxview.gui.help.dialogs import ShortcutsDialog

        self._open(ShortcutsDialog(self._listed, self.context.dialog_parent))

    def show_about(self) -> None:
        """Show version and diagnostics."""
        from voxview.gui.help.dialogs import AboutDialog

        engine = self.context.session.engine
        opengl = self.context.session.latency.renderer
        self._open(AboutDialog(engine.report, engine.weights, opengl, self.context.dialog_parent))

    def _open(self, dialog: QDialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
