"""All long work of the window in one list: what runs, what waits, how far it is, and what ends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, SignalInstance

from voxview.engine.step import Step

_NOTHING_YET = Step(0, 0)


def _stays(_: int) -> bool:
    """Leave a queue's order as it is."""
    return False


@dataclass(eq=False)
class Work:
    """One piece of work that runs or waits."""

    key: object
    title: str
    queue: str
    stop: Callable[[], None]
    hasten: Callable[[], bool]
    """Puts it before what waits with it; returns whether that could be done."""
    is_quiet: bool = False
    """Whether it goes on beside everything else for a long time, so that it has no bar of its own."""
    stop_text: str = "Cancel"
    step: Step = _NOTHING_YET
    seconds_left: float | None = None
    is_cancelled: bool = False

    def cancel(self) -> None:
        """End it at its next step."""
        self.is_cancelled = True
        self.stop()


class Works(QObject):
    """The work of every queue, in the order in which it began; of each queue the first one runs."""

    changed = Signal()
    """There is more or less of it, or some is further on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._works: list[Work] = []

    @property
    def all(self) -> tuple[Work, ...]:
        """Everything that runs or waits."""
        return tuple(self._works)

    @property
    def running(self) -> tuple[Work, ...]:
        """The first of each queue."""
        first: dict[str, Work] = {}
        for work in self._works:
            first.setdefault(work.queue, work)
        return tuple(first.values())

    def watch(
        self,
        queue: str,
        started: SignalInstance,
        step: SignalInstance,
        ended: SignalInstance,
        cancel: Callable[[int], None],
        hasten: Callable[[int], bool] = _stays,
    ) -> None:
        """List the work of a queue, whose signals carry a number first; the numbers go to the two calls."""
        started.connect(
            lambda number, title: self.start(
                Work((queue, number), title, queue, lambda: cancel(number), lambda: hasten(number))
            )
        )
        step.connect(lambda number, step, left: self.step((queue, number), step, left))
        ended.connect(lambda number: self.end((queue, number)))

    def start(self, work: Work) -> None:
        """List work that began, or waits for what is before it in its queue."""
        self._works.append(work)
        self.changed.emit()

    def step(self, key: object, step: Step, seconds_left: float | None) -> None:
        """Note how far some work is, and how long it still takes if that is known."""
        work = self._of(key)
        if work is not None:
            work.step, work.seconds_left = step, seconds_left
            self.changed.emit()

    def end(self, key: object) -> None:
        """Remove work that ended, in whichever way."""
        work = self._of(key)
        if work is not None:
            self._works.remove(work)
            self.changed.emit()

    def cancel(self, work: Work) -> None:
        """End a piece of work at its next step; one that waits does not begin."""
        if work in self._works and not work.is_cancelled:
            work.cancel()
            self.changed.emit()

    def hasten(self, work: Work) -> None:
        """Let work that waits be the next of its queue, where that can be."""
        places = [place for place, one in enumerate(self._works) if one.queue == work.queue]
        if work in self._works and work is not self._works[places[0]] and work.hasten():
            self._works.remove(work)
            self._works.insert(places[0] + 1, work)
            self.changed.emit()

    def _of(self, key: object) -> Work | None:
        return next((work for work in self._works if work.key == key), None)
