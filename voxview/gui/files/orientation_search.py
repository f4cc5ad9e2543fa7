"""Search for the orientation of one chair, on the engine's thread."""

from __future__ import annotations

import threading
from collections.abc import Generator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from voxview.gui.session.session import Session

if TYPE_CHECKING:
    from voxview.engine.engine import Engine
    from voxview.engine.step import Step
    from voxview.model.orientation import FoundOrientation
    from voxview.shapes.frame import Grid


class OrientationSearch(QObject):
    """One search at a time; one that is dropped ends at its next step and says nothing."""

    began = Signal()
    found = Signal(object)
    """A `FoundOrientation`."""
    ended_without = Signal()
    """The search was cancelled or failed."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._grid: Grid | None = None
        """What waits for an engine."""
        self._dropped = threading.Event()
        self._number: int | None = None
        session.engine.ready.connect(self._begin)
        session.tasks.stopped.connect(self._give_up)

    def start(self, grid: Grid) -> None:
        """Search for the orientation of `grid` once there is an engine; a search before it is dropped."""
        self.drop()
        self._grid = grid
        if self._session.engine.is_ready:
            self._begin()

    def drop(self) -> None:
        """Want no answer any more."""
        self._dropped.set()
        self._grid = self._number = None

    def _begin(self) -> None:
        grid, self._grid = self._grid, None
        if grid is None:
            return
        dropped = self._dropped = threading.Event()

        def work(engine: Engine) -> Generator[Step, None, FoundOrientation | None]:
            from voxview.engine.step import Step

            steps = engine.find_orientation(grid)
            while not dropped.is_set():
                try:
                    yield Step(*next(steps), None, "steps")
                except StopIteration as end:
                    found: FoundOrientation = end.value
                    return found
            return None

        def done(found: object) -> None:
            if not dropped.is_set():
                self._number = None
                self.found.emit(found)

        self.began.emit()
        self._number = self._session.tasks.run("Finding how a chair stands", work, done)

    def _give_up(self, number: int) -> None:
        if number == self._number:
            self.drop()
            self.ended_without.emit()
