"""The time that a task will still take, from how much of it was done when."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

_LEAST_SHARE = 0.02
_LEAST_SECONDS = 1.0
"""Below either there is no estimate: one of the first steps says nothing of the rest."""
_MARKS = 200
"""Points in time that are kept; where there are more, every second one is dropped."""


class TimeLeft:
    """Estimates the seconds that are left of one task, by its speed in the latter half of the time so far.

    That is steadier than the speed of the last moments; and a stage that was slower or quicker than it was
    taken for, or other work on the machine, is forgotten in the end.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin now; `clock` returns seconds."""
        self._clock = clock
        self._marks: deque[tuple[float, float]] = deque([(clock(), 0.0)])
        """(seconds, share of the task that was done then), from the first to the last."""

    def note(self, share: float) -> None:
        """Note that so much of the task is done, from 0 to 1; less than before begins anew."""
        now = self._clock()
        if share < self._marks[-1][1]:
            self._marks = deque([(now, share)])
        elif share > self._marks[-1][1]:
            self._marks.append((now, share))
        if len(self._marks) > _MARKS:
            first, *rest = self._marks
            self._marks = deque([first, *rest[1::2]])

    def seconds(self) -> float | None:
        """Return how many seconds are left about; None while that cannot be known."""
        (start, first), (last, done) = self._marks[0], self._marks[-1]
        if done >= 1:
            return 0.0
        if done - first < _LEAST_SHARE or last - start < _LEAST_SECONDS:
            return None
        middle = (start + last) / 2
        since, before = next(mark for mark in reversed(self._marks) if mark[0] <= middle)
        left = (1 - done) * (last - since) / (done - before)
        return max(0.0, left - (self._clock() - last))
