"""Bar that shows how far a long task is."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QWidget

from voxview.engine.step import Step

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
        self.setRange(0, step.total if step.share is None else _FINE)  # 0 to 0 is Qt's way to say "busy"
        self.setValue(step.done if step.share is None else round(step.share * _FINE))
