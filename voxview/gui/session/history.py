"""Steps that can be undone: a list of states with a place in it. Free of Qt."""

from __future__ import annotations

from typing import NamedTuple

from voxview.gui.session.state import State

MOST_STEPS = 500
"""More than anyone goes back; the oldest are forgotten, so that memory stays flat."""


class Step(NamedTuple):
    """A state, and what led to it."""

    title: str
    state: State


class History:
    """States from the first to the newest, and which of them is the present one."""

    def __init__(self, most: int = MOST_STEPS) -> None:
        self._most = most
        self.steps: list[Step] = []
        """The first one is where it began."""
        self.place = -1
        """The present one's; −1 before there is one."""

    @property
    def current(self) -> State | None:
        """The present state."""
        return self.steps[self.place].state if self.steps else None

    @property
    def undone_title(self) -> str:
        """What would be undone; empty where there is nothing."""
        return self.steps[self.place].title if self.place > 0 else ""

    @property
    def redone_title(self) -> str:
        """What would be redone; empty where there is nothing."""
        return self.steps[self.place + 1].title if self.place + 1 < len(self.steps) else ""

    def begin(self, state: State) -> None:
        """Forget every step, and begin with a state."""
        self.steps, self.place = [Step("Start", state)], 0

    def put_before(self, step: Step) -> None:
        """Take a state of an earlier run, and what led from it to the present one, as the step before it."""
        if self.place == 0:
            self.steps = [Step("Start", step.state), self.steps[0]._replace(title=step.title)]
            self.place = 1

    @property
    def last(self) -> Step | None:
        """The state before the present one, with what led away from it; None where there is none."""
        if self.place <= 0:
            return None
        return Step(self.steps[self.place].title, self.steps[self.place - 1].state)

    def push(self, title: str, state: State) -> None:
        """Add a step after the present one; what was undone is forgotten."""
        del self.steps[self.place + 1 :]
        self.steps.append(Step(title, state))
        del self.steps[: max(0, len(self.steps) - 1 - self._most)]
        self.place = len(self.steps) - 1

    def replace_current(self, state: State) -> None:
        """Correct the present state: something of it turned out not to be possible."""
        self.steps[self.place] = self.steps[self.place]._replace(state=state)

    def forget_current(self, came_from: int | None = None) -> None:
        """Take the present step out, if there is another one: it led nowhere.

        The present one is then that which it was reached from, or the one before it.
        """
        if came_from is not None and came_from != self.place and 0 <= came_from < len(self.steps):
            del self.steps[self.place]
            self.place = came_from - (came_from > self.place)
        elif self.place > 0:
            del self.steps[self.place]
            self.place -= 1

    def go(self, place: int) -> State | None:
        """Go to a place of the list, and return its state; None where there is none."""
        if not 0 <= place < len(self.steps):
            return None
        self.place = place
        return self.steps[place].state
