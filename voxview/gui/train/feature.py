"""Train weights: a window of its own, and the run that goes on behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from voxview.gui.context.actions import ActionSpec
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Feature

if TYPE_CHECKING:
    from voxview.gui.train.dialog import TrainDialog
    from voxview.gui.train.training import Training

_LOOKED_AFTER_MS = 2500
"""After the first picture: a start waits for no run."""


class TrainFeature(Feature):
    """Opens the window, and finds the run of the time before."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.dialog: TrainDialog | None = None
        """None while it is closed."""
        self._training: Training | None = None
        context.session.shown.changed.connect(self._find_soon)

    @property
    def actions(self) -> Sequence[ActionSpec]:
        """The window."""
        return (
            ActionSpec(
                "train",
                "&View",
                2,
                "Train wei&ghts…",
                self.show_training,
                "Ctrl+Shift+W",
                tip="Train weights on the chairs of a folder, in a process that everything else goes before",
            ),
        )

    @property
    def training(self) -> Training:
        """The run, if there is one, and what can be done with it; made when it is first needed."""
        if self._training is None:
            from voxview.gui.train.training import Training

            self._training = Training(self.context)
        return self._training

    def show_training(self) -> None:
        """Open the window beside this one, which can be used meanwhile."""
        from voxview.gui.train.dialog import TrainDialog

        self.training.find()
        if self.dialog is None:
            self.dialog = TrainDialog(self.context, self.training)
            self.dialog.finished.connect(self._forget_dialog)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def stop(self) -> None:
        """Close the window; a run that goes on writes its checkpoint and ends by itself."""
        if self._training is not None:
            self._training.stop()
        if self.dialog is not None:
            self.dialog.reject()

    # ---- inside ---------------------------------------------------------------------------------

    def _forget_dialog(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    def _find_soon(self) -> None:
        self.context.session.shown.changed.disconnect(self._find_soon)
        if self.context.settings.text("training_run"):
            QTimer.singleShot(_LOOKED_AFTER_MS, self, self._find)

    def _find(self) -> None:
        self.training.find()
