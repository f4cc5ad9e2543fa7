"""Progress bar of long work, with a button to cancel it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QTimer, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from voxview.engine.step import Step
from voxview.gui import theme
from voxview.gui.widgets.durations import duration_text

_SHOWN_AFTER_MS = 250
"""What is over sooner is not worth a bar that flashes."""
_NOTHING_YET = Step(0, 0)
_FINE = 1000
"""Parts of the bar where a share of the cost is known."""


def move_bar(bar: QProgressBar, done: int, total: int) -> None:
    """Show `done` of `total` with the next paint.

    By itself Qt paints a bar that moves at once, and composes the whole window for it where OpenGL is in it.
    """
    bar.setUpdatesEnabled(False)
    bar.setRange(0, total)
    bar.setValue(done)
    bar.setUpdatesEnabled(True)


@dataclass
class _Work:
    title: str
    cancel: Callable[[], None]
    queue: str
    step: Step = _NOTHING_YET
    seconds_left: float | None = None
    is_cancelled: bool = False

    def text(self) -> str:
        """Return what is done, how far it is and how long it still takes."""
        if self.is_cancelled:
            return f"Cancelling: {self.title}"
        step, left = self.step, self.seconds_left
        counted = f"  {step.done:,} of {step.total:,} {step.unit}".rstrip() if step.total else ""
        return self.title + counted + ("" if left is None else f", {duration_text(left)} left")


class Progress(QWidget):
    """Widget that shows the work that began last; the rest goes on or waits."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._works: dict[object, _Work] = {}
        self._title = QLabel()
        self._bar = QProgressBar(textVisible=False)
        self._bar.setAccessibleName("Progress")
        self._bar.setFixedHeight(4)
        self._button = QPushButton("Cancel")
        self._button.setToolTip("Cancel (Esc)")
        self._button.clicked.connect(self.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * theme.GAP, theme.GAP // 2, theme.GAP, theme.GAP // 2)
        row.setSpacing(2 * theme.GAP)
        row.addWidget(self._title)
        row.addWidget(self._bar, 1)
        row.addWidget(self._button)
        self._late = QTimer(self, singleShot=True, interval=_SHOWN_AFTER_MS)
        self._late.timeout.connect(self._appear)
        self.hide()

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
        """Whether anything is going on."""
        return bool(self._works)

    def watch(
        self,
        queue: str,
        started: SignalInstance,
        step: SignalInstance,
        ended: SignalInstance,
        cancel: Callable[[int], None],
    ) -> None:
        """Show the work of a queue, whose signals carry a number first; the numbers go to `cancel`."""
        started.connect(
            lambda number, title: self.start((queue, number), title, lambda: cancel(number), queue)
        )
        step.connect(lambda number, step, left: self.step((queue, number), step, left))
        ended.connect(lambda number: self.end((queue, number)))

    def start(self, key: object, title: str, cancel: Callable[[], None], queue: str) -> None:
        """Show work that began, or waits for what is before it in its queue; the button calls `cancel`."""
        self._works[key] = _Work(title, cancel, queue)
        self._refresh()
        if self.isHidden() and not self._late.isActive():
            self._late.start()

    def step(self, key: object, step: Step, seconds_left: float | None) -> None:
        """Show how far some work is, and how long it still takes if that is known."""
        if key in self._works:
            self._works[key].step, self._works[key].seconds_left = step, seconds_left
            self._refresh()

    def end(self, key: object) -> None:
        """Remove work that ended, in whichever way."""
        self._works.pop(key, None)
        self._refresh()

    def cancel(self) -> None:
        """Stop the piece of work that is shown."""
        if self._works:
            work = self._running()
            work.is_cancelled = True
            self._refresh()
            work.cancel()

    def _appear(self) -> None:
        self.setVisible(self.busy)

    def _running(self) -> _Work:
        """Return the work to show: of those at the head of their queues, the one started last."""
        first: dict[str, _Work] = {}
        for work in self._works.values():
            first.setdefault(work.queue, work)
        return list(first.values())[-1]

    def _refresh(self) -> None:
        if not self._works:
            self._late.stop()
            self.hide()
            return
        work = self._running()
        self._button.setEnabled(not work.is_cancelled)
        self._title.setText(work.text())
        share, total = work.step.share, work.step.total
        if share is None:
            move_bar(self._bar, work.step.done, total)  # 0 of 0 is Qt's way to say "busy"
        else:
            move_bar(self._bar, round(share * _FINE), _FINE)
