"""Bar that shows how far a long task is."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QWidget

from voxview.engine.step import Step
from voxview.gui.widgets.motion import is_motion_reduced

_FINE = 1000
"""Parts of the bar where a share of the cost is known."""


class StepBar(QProgressBar):
    """Slim bar without a text, which stands beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, textVisible=False)
        self.setAccessibleName("Progress")
        self.setFixedHeight(4)

    def show_step(self, step: Step) -> None:
        """Show how far it is; without a total, that it goes on."""
        is_busy = step.share is None and not step.total  # 0 of 0 is Qt's way to say so: it runs to and fro
        if step.share is not None:
            move_bar(self, round(step.share * _FINE), _FINE)
        else:
            move_bar(self, step.done, 1 if is_busy and is_motion_reduced() else step.total)


def move_bar(bar: QProgressBar, done: int, total: int) -> None:
    """Show `done` of `total` with the next paint.

    By itself Qt paints a bar that moves at once, and composes the whole window for it where OpenGL is in it.
    """
    bar.setUpdatesEnabled(False)
    bar.setRange(0, total)
    bar.setValue(done)
    bar.setUpdatesEnabled(True)
