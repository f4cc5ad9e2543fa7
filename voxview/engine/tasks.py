"""Long tasks of the engine's thread: generators in a queue, run step by step."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from voxview.engine.events import Event, TaskCancelled, TaskDone, TaskFailed, TaskProgress
from voxview.engine.messages import one_line
from voxview.engine.step import Step

if TYPE_CHECKING:
    from voxview.engine.engine import Engine  # imports torch, which belongs to the engine's thread

AnyStep = Step | tuple[int, int] | tuple[int, int, object]

Work = Callable[["Engine"], Generator[AnyStep, None, object]]
"""A long task: given the engine, yields a `Step` between its steps and returns its value.

Between two steps it may be cancelled, and a pair that was chosen goes first: a step takes a fifth of a second
on two cores, at most.
"""


@dataclass(eq=False)
class _Task:
    """One long task and its state."""

    number: int
    title: str
    work: Work
    deliver: Callable[[Any], None] | None
    """Gets the task's value in place of its `TaskDone`."""
    cancelled: threading.Event = field(default_factory=threading.Event)
    steps: Generator[AnyStep, None, object] | None = None


class TaskQueue:
    """Long tasks in the order in which they came. Any thread adds and cancels them, one thread runs them."""

    def __init__(self, emit: Callable[[Event], None]) -> None:
        """Begin with no tasks; `emit` gets the events of each, on the thread that runs them."""
        self._emit = emit
        self._lock = threading.Lock()
        self._tasks: deque[_Task] = deque()
        self._numbers = itertools.count(1)

    def __len__(self) -> int:
        return len(self._tasks)

    def add(self, title: str, work: Work, deliver: Callable[[Any], None] | None = None) -> int:
        """Queue a task and return its number; `deliver` gets its value in place of its `TaskDone`."""
        with self._lock:
            task = _Task(next(self._numbers), title, work, deliver)
            self._tasks.append(task)
        return task.number

    def cancel(self, number: int) -> None:
        """Stop a task before its next step, or before it begins; `end_cancelled` says so."""
        with self._lock:
            for task in self._tasks:
                if task.number == number:
                    task.cancelled.set()

    def hasten(self, number: int) -> bool:
        """Let a task that waits be the next one after that which runs; return whether it is now.

        Nothing goes past a change of weights: each task keeps the weights that it was queued for.
        """
        with self._lock:
            place = next((i for i, task in enumerate(self._tasks) if task.number == number), 0)
            passed = [self._tasks[i] for i in range(1, place + 1)]
            if place < 2 or any(task.deliver is not None for task in passed):
                return False
            task = self._tasks[place]
            del self._tasks[place]
            self._tasks.insert(1, task)
            return True

    def end_cancelled(self) -> None:
        """End the tasks that were cancelled, also those that wait for others, and emit the events of that."""
        with self._lock:
            cancelled = [task for task in self._tasks if task.cancelled.is_set()]
        for task in cancelled:
            event: Event = TaskCancelled(task.number, task.title)
            try:
                if task.steps is not None:
                    task.steps.close()
            except Exception as error:
                event = TaskFailed(task.number, task.title, one_line(error))
            self._end(task, event)

    def step(self, engine: Engine) -> None:
        """Do one step of the first task, or end it, and emit the event of that."""
        task = self._tasks[0]
        try:
            if task.steps is None:
                task.steps = task.work(engine)
            self._emit(TaskProgress(task.number, task.title, *Step(*next(task.steps))))
        except StopIteration as end:
            if task.deliver is not None:
                task.deliver(end.value)
            value = end.value if task.deliver is None else None
            self._end(task, TaskDone(task.number, task.title, value))
        except Exception as error:
            self._end(task, TaskFailed(task.number, task.title, one_line(error)))

    def close(self) -> None:
        """Close the tasks that have begun, so that they clean up; none is run after that."""
        for task in self._tasks:
            if task.steps is not None:
                task.steps.close()

    def _end(self, task: _Task, event: Event) -> None:
        with self._lock:
            self._tasks.remove(task)
        self._emit(event)
