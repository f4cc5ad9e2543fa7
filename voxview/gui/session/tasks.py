"""Long tasks on the engine's thread: export, all pairs, a catalog's map, the benchmark."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from voxview.engine.events import Event, TaskCancelled, TaskDone, TaskFailed, TaskProgress
from voxview.engine.step import Step
from voxview.engine.time_left import TimeLeft
from voxview.gui.session.engine_client import EngineClient
from voxview.model.weights_card import WeightsCard

if TYPE_CHECKING:
    from voxview.engine.tasks import Work

NOT_STARTED = "the engine has not started yet: try again in a moment"


class Tasks(QObject):
    """Queues tasks, and calls back with their values on the GUI thread."""

    started = Signal(int, str)
    """A task's number and title."""
    step = Signal(int, object, object)
    """A task's number, its `Step`, and the seconds that are left, or None where that is not known."""
    stopped = Signal(int)
    """A task's number: it was cancelled or failed, so that it has no value; `ended` comes after it."""
    ended = Signal(int)
    """A task's number: it was done, failed or was cancelled."""
    error = Signal(str)
    note = Signal(str)

    def __init__(self, client: EngineClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._client.task_event.connect(self._dispatch)
        self._callbacks: dict[int, Callable[[object], None]] = {}
        self._partial: dict[int, Callable[[object], None]] = {}
        self._time_left: dict[int, TimeLeft] = {}
        self._kept: dict[int, Callable[[], str]] = {}
        self._quiet: set[int] = set()

    def run(
        self,
        title: str,
        work: Work,
        on_done: Callable[[object], None],
        on_partial: Callable[[object], None] | None = None,
        kept: Callable[[], str] = lambda: "",
    ) -> int | None:
        """Queue a task and return its number; None, and a note, before the engine's thread has started.

        `on_done` gets the task's value; `on_partial` what its steps yield before the end. `kept` returns
        what stays of it when it is cancelled; nothing, if it is empty.
        """
        number = self._client.queue(title, work)
        if number is None:
            self.note.emit(NOT_STARTED)
            return None
        self._kept[number] = kept
        return self._register(number, title, on_done, on_partial)

    def change_weights(self, choice: str) -> int | None:
        """Queue the change to other weights, a shipped name or a file."""
        title = f"Loading the weights {WeightsCard(choice).title}"
        number = self._client.queue_weights(title, choice)
        if number is None:
            self.note.emit(NOT_STARTED)
            return None
        return self._register(number, title, lambda _: None, None)

    def cancel(self, number: int, *, quietly: bool = False) -> None:
        """Stop a task before its next step; quietly where what was wanted next takes its place."""
        if quietly:
            self._quiet.add(number)
        self._client.cancel(number)

    def hasten(self, number: int) -> bool:
        """Let a task that waits be the next one; return whether it is now."""
        return self._client.hasten(number)

    def _register(
        self,
        number: int,
        title: str,
        on_done: Callable[[object], None],
        on_partial: Callable[[object], None] | None,
    ) -> int:
        self._callbacks[number] = on_done
        if on_partial is not None:
            self._partial[number] = on_partial
        self.started.emit(number, title)
        return number

    def _dispatch(self, event: Event) -> None:
        match event:
            case TaskProgress(task, _, done, total, value, unit, share):
                left = self._time_left.setdefault(task, TimeLeft())
                step = Step(done, total, None, unit, share)
                left.note(step.cost_share())
                self.step.emit(task, step, left.seconds())
                if value is not None and task in self._partial:
                    self._partial[task](value)
            case TaskDone(task, _, value):
                self._end(task)(value)
            case TaskFailed(task, title, message):
                self.stopped.emit(task)
                self._end(task)
                self.error.emit(f"{title} failed: {message}")
            case TaskCancelled(task, title):
                is_quiet = task in self._quiet
                kept = self._kept[task]() if task in self._kept else ""
                self.stopped.emit(task)
                self._end(task)
                if not is_quiet:
                    self.note.emit(f"{title} was cancelled" + (f"; {kept}" if kept else ""))

    def _end(self, task: int) -> Callable[[object], None]:
        """Forget a task and return its callback."""
        for kept in (self._partial, self._time_left, self._kept):
            kept.pop(task, None)
        self._quiet.discard(task)
        self.ended.emit(task)
        return self._callbacks.pop(task)
