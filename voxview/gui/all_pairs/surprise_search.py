"""Surprise me before all pairs are scored: goes to good blends as they are found, until somebody moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from voxview.engine.request import Position
from voxview.gui.context.app_context import AppContext

if TYPE_CHECKING:
    from collections.abc import Generator

    from voxview.engine.engine import Engine
    from voxview.engine.step import Step
    from voxview.engine.surprise import Surprise
    from voxview.shapes.chair import Chair

TITLE = "Looking for a surprise"


class SurpriseSearch:
    """One search at a time, among the chairs that are listed when it begins.

    Each find is a step of its own: who liked the one before goes back to it with one undo, which ends the
    search as any move of the person's does.
    """

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._task: int | None = None
        self._is_waiting = False
        """Whether it begins when the engine is there."""
        self._expected: object = None
        """What is selected while nobody but this search moves."""
        self._moves = False
        self._found: Surprise | None = None
        self._shown: set[frozenset[Chair]] = set()
        """The pairs that were gone to; another search finds others."""
        session = context.session
        session.selection.requested.connect(self._look_who_moves)
        session.tasks.started.connect(self._give_way)
        session.tasks.ended.connect(self._end)
        session.engine.ready.connect(self._begin_late)

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return self._task is not None or self._is_waiting

    def start(self) -> None:
        """Begin anew, as soon as there is an engine; the search before ends, and nothing is said of it."""
        self.stop(quietly=True)
        if len(self._context.listing.chairs) < 2:
            self._context.notifications.note(
                "fewer than two chairs are listed: clear the search or open a folder"
            )
            return
        self._context.playback.pause()
        self._context.notifications.clear()
        self._found = None
        self._expected = self._selected()
        if self._context.session.engine.is_ready:
            self._begin()
        else:
            self._is_waiting = True
            self._context.notifications.note("a surprise is looked for as soon as the engine has started")

    def stop(self, *, quietly: bool = False) -> None:
        """End the search; what it has found stays."""
        self._is_waiting = False
        task, self._task = self._task, None
        self._hold_idle_work(False)
        if task is not None:
            self._context.session.tasks.cancel(task, quietly=quietly)

    # ---- inside ---------------------------------------------------------------------------------

    def _begin_late(self) -> None:
        if self._is_waiting:
            self._is_waiting = False
            self._begin()

    def _hold_idle_work(self, on: bool) -> None:
        """Let the pair on screen, which is left soon, be refined after the first find."""
        self._context.session.engine.hold_idle_work(on, TITLE)

    def _begin(self) -> None:
        self._hold_idle_work(True)
        selection, chairs = self._context.session.selection, list(self._context.listing.chairs)
        work = _work(chairs, selection.backend, selection.device, frozenset(self._shown))
        self._task = self._context.session.tasks.run(TITLE, work, self._finish, self._go, self._kept)

    def _selected(self) -> object:
        selection = self._context.session.selection
        return selection.pair, selection.position, selection.mix, selection.edit, selection.is_pointing

    def _look_who_moves(self) -> None:
        """End the search when something else is selected than what it went to."""
        if self.is_running and not self._moves and self._selected() != self._expected:
            self.stop()

    def _give_way(self, task: int) -> None:
        """End the search where something else is to be done: an export, other weights."""
        if self._task not in (None, task):
            self.stop()

    def _go(self, found: object) -> None:
        from voxview.engine.surprise import Surprise

        if self._task is None or not isinstance(found, Surprise):
            return
        self._found = found
        self._hold_idle_work(False)
        self._shown.add(frozenset((found.a, found.b)))
        self._moves = True
        try:
            self._context.session.selection.choose(a=found.a, b=found.b, position=Position(found.t))
            self._context.keeper.flush()  # a step of its own, however soon the next find comes
        finally:
            self._moves = False
        self._expected = self._selected()

    def _finish(self, best: object) -> None:
        from voxview.engine.surprise import Surprise

        notifications, found = self._context.notifications, self._found
        if found is not None and isinstance(best, Surprise) and (best.a, best.b) == (found.a, found.b):
            self._found = best  # the first one's figures are of a glance
        if self._found is None and self._shown:
            self._shown.clear()
            notifications.note("no other good pair was found: once more (U) begins anew")
        elif self._found is None:
            notifications.note("no blend of these pairs is in one piece and stands: try once more (U)")
        else:
            notifications.note(f"{self._best()}; once more (U) finds another")

    def _kept(self) -> str:
        return "" if self._found is None else self._best()

    def _best(self) -> str:
        found = self._found
        assert found is not None and found.quality.novelty is not None
        return (
            f"the best so far is {found.a.name} and {found.b.name} at t = {found.t:.1f}, in one piece, "
            f"{found.quality.novelty:.0%} new"
        )

    def _end(self, task: int) -> None:
        if task == self._task:
            self._task = None
            self._hold_idle_work(False)


def _work(
    chairs: list[Chair], backend: str, device: str, known: frozenset[frozenset[Chair]]
) -> Callable[[Engine], Generator[Step, None, Surprise | None]]:
    def work(engine: Engine) -> Generator[Step, None, Surprise | None]:
        from voxview.engine.surprise import find_surprise

        rng = np.random.default_rng()
        return find_surprise(engine, chairs, backend, device, rng, known)  # type: ignore[arg-type]

    return work
