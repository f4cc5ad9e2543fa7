"""Undo and redo, and the list of steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from voxview.gui.context.actions import ActionSpec
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Feature

if TYPE_CHECKING:
    from voxview.gui.history.dialog import HistoryDialog

_LONGEST = 40
"""Characters of a step's name in the menu."""


class HistoryFeature(Feature):
    """Goes back and forth among the steps."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.dialog: HistoryDialog | None = None
        """The list of steps; None while it is closed."""
        context.keeper.stepped.connect(self._show)
        self._show()

    @property
    def actions(self) -> Sequence[ActionSpec]:
        """Undo, redo, the list."""
        return (
            ActionSpec(
                "undo",
                "&Edit",
                0,
                "&Undo",
                self.context.keeper.undo,
                "Ctrl+Z",
                tip="Take back the last step: chairs, position, mix, weights, parts, surface, imports",
            ),
            ActionSpec(
                "redo",
                "&Edit",
                0,
                "&Redo",
                self.context.keeper.redo,
                "Ctrl+Shift+Z",
                tip="Make the step again that was taken back last",
            ),
            ActionSpec(
                "history",
                "&Edit",
                0,
                "&History…",
                self.show_history,
                "Ctrl+H",
                tip="List all steps: click one to go there",
            ),
        )

    def show_history(self) -> None:
        """List the steps beside the window, which can be used meanwhile."""
        from voxview.gui.history.dialog import HistoryDialog

        if self.dialog is None:
            self.dialog = HistoryDialog(self.context.keeper, self.context.dialog_parent)
            self.dialog.finished.connect(self._forget_dialog)
        self.dialog.show()
        self.dialog.activateWindow()

    def stop(self) -> None:
        """Close the list."""
        if self.dialog is not None:
            self.dialog.reject()

    def _forget_dialog(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    def _show(self) -> None:
        """Say in the menu what would be undone and redone."""
        history = self.context.keeper.history
        for name, text, title in (
            ("undo", "&Undo", history.undone_title),
            ("redo", "&Redo", history.redone_title),
        ):
            short = title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1]}…"
            self.qactions[name].setText(f"{text} {short.replace('&', '&&')}" if title else text)
