"""Progress bar of long work, with a button to cancel it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from voxview.gui import theme
from voxview.gui.context.works import Work, Works
from voxview.gui.widgets.durations import step_text
from voxview.gui.widgets.give_back import GiveBack
from voxview.gui.widgets.step_bar import StepBar

_SHOWN_AFTER_MS = 250
"""What is over sooner is not worth a bar that flashes."""


class Progress(QWidget):
    """Widget that shows the work that began last; the rest goes on or waits, and is listed under Activity."""

    def __init__(self, works: Works, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._works = works
        self._title = QLabel()
        self._bar = StepBar()
        self._button = QPushButton("Cancel")
        self._button.setToolTip("Cancel (Esc)")
        self._button.clicked.connect(self.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * theme.GAP, theme.GAP // 2, theme.GAP, theme.GAP // 2)
        row.setSpacing(2 * theme.GAP)
        row.addWidget(self._title)
        row.addWidget(self._bar, 1)
        row.addWidget(self._button)
        self._focus = GiveBack(self)
        self._late = QTimer(self, singleShot=True, interval=_SHOWN_AFTER_MS)
        self._late.timeout.connect(self._appear)
        self.hide()
        works.changed.connect(self._refresh)

    @property
    def tab_order(self) -> Sequence[QWidget]:
        """The button."""
        return (self._button,)

    @property
    def text(self) -> str:
        """What is said to go on."""
        return self._title.text()

    @property
    def busy(self) -> bool:
        """Whether anything is going on that one waits for."""
        return self._shown() is not None

    def cancel(self) -> None:
        """Stop the piece of work that is shown."""
        work = self._shown()
        if work is not None:
            self._works.cancel(work)

    def _appear(self) -> None:
        self.setVisible(self.busy)

    def _shown(self) -> Work | None:
        """Return the work to show: of those at the head of their queues, the one that began last."""
        return next((work for work in reversed(self._works.running) if not work.is_quiet), None)

    def _refresh(self) -> None:
        work = self._shown()
        if work is None:
            self._late.stop()
            self.hide()
            return
        if work.is_cancelled:
            self._focus.give_back()  # a button that is disabled loses it
        self._button.setEnabled(not work.is_cancelled)
        self._title.setText(_text(work))
        self._bar.show_step(work.step)
        if self.isHidden() and not self._late.isActive():
            self._late.start()


def _text(work: Work) -> str:
    """Return what is done, how far it is and how long it still takes."""
    if work.is_cancelled:
        return f"Cancelling: {work.title}"
    far = step_text(work.step, work.seconds_left)
    gap = "  " if work.step.total else ", "
    return f"{work.title}{gap}{far}" if far else work.title
