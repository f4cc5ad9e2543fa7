"""Work of which only the newest counts, such as a preview of what is being dragged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from voxview.gui.context.background import BackgroundTasks


class NewestTask(QObject):
    """One piece of work at a time, on a thread of its own; of those that come meanwhile the newest is next.

    A piece that has begun is finished, and its value passed on: what is dragged is seen to move.
    """

    def __init__(
        self,
        title: str,
        then: Callable[[Any], None],
        failed: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        """Pass each value to `then`, or one line to `failed`, on the GUI thread."""
        super().__init__(parent)
        self._title, self._then, self._failed = title, then, failed
        self._background = BackgroundTasks(self)
        self._is_running = False
        self._waiting: Callable[[], Any] | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing runs or waits."""
        return not self._is_running

    def run(self, work: Callable[[], Any]) -> None:
        """Run `work` once what runs now is finished, unless other work takes its place."""
        if self._is_running:
            self._waiting = work
        else:
            self._is_running = True
            self._background.run(self._title, work, self._take, self._fail)

    def stop(self) -> None:
        """Drop what runs and what waits."""
        self._waiting, self._is_running = None, False
        self._background.stop()

    def wait(self, seconds: float) -> bool:
        """Wait for what runs, so long at most; return whether it has ended."""
        return self._background.wait(seconds)

    def _take(self, value: object) -> None:
        self._go_on()
        self._then(value)

    def _fail(self, message: str) -> None:
        self._go_on()
        self._failed(message)

    def _go_on(self) -> None:
        work, self._waiting, self._is_running = self._waiting, None, False
        if work is not None:
            self.run(work)
