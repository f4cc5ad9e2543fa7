"""Work on the engine's thread that is done while nothing moves, and called off when something does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from voxview.engine.events import Answered
from voxview.gui.session.engine_client import EngineClient
from voxview.gui.session.selection import Selection

if TYPE_CHECKING:
    from voxview.engine.engine import Engine  # imports torch, which belongs to the engine's thread

AT_REST_MS = 200
"""After the last request for a picture; as long as a fine surface waits."""

Check = Callable[[], None]
"""Raises `CalledOffError` once the work is not to go on."""
Work = Callable[["Engine", Check], object]


class CalledOffError(Exception):
    """Something moves: the work is done anew when it rests, if it is still wanted."""


class AtRest(QObject):
    """One piece of work at a time; of those that are wanted only the newest counts."""

    def __init__(
        self, client: EngineClient, selection: Selection, topic: str, parent: QObject | None = None
    ) -> None:
        """Take the topic of the questions, which replace none of another topic."""
        super().__init__(parent)
        self._client, self._topic = client, topic
        self._work: Work | None = None
        self._then: Callable[[object], None] = lambda _: None
        self._failed: Callable[[str], None] = lambda _: None
        self._number: int | None = None
        self._stop = threading.Event()
        self._rest = QTimer(self, singleShot=True, interval=AT_REST_MS)
        self._rest.timeout.connect(self._ask)
        client.ready.connect(self._wait)
        client.answered.connect(self._take)
        client.error.connect(self._fail)
        selection.requested.connect(self._wait)

    @property
    def is_wanted(self) -> bool:
        """Whether something is still to be done."""
        return self._work is not None

    def want(
        self,
        work: Work,
        then: Callable[[object], None],
        failed: Callable[[str], None],
        *,
        at_once: bool = False,
    ) -> None:
        """Do `work` at rest, and pass its value to `then` or one line to `failed`, on the GUI thread.

        With `at_once` it begins now, unless something has moved just now.
        """
        self._call_off()
        self._work, self._then, self._failed = work, then, failed
        if not at_once:
            self._rest.start()
        elif not self._rest.isActive():
            self._ask()

    def drop(self) -> None:
        """Want nothing any more."""
        self._call_off()
        self._work = None
        self._rest.stop()

    # ---- inside ---------------------------------------------------------------------------------

    def _wait(self) -> None:
        """Let what moves go first."""
        self._call_off()
        if self._work is not None:
            self._rest.start()

    def _call_off(self) -> None:
        self._stop.set()
        self._number = None

    def _ask(self) -> None:
        work = self._work
        if work is None:
            return
        if self._client.failure:
            self._fail(self._client.failure)
            return
        if self._client.holds_idle_work:
            self._rest.start()
            return
        self._stop = threading.Event()
        # None before the engine is ready: then it begins.
        self._number = self._client.ask(_Interruptible(work, self._stop), self._topic)

    def _take(self, answer: Answered) -> None:
        if answer.number != self._number or self._work is None:
            return
        then, failed = self._then, self._failed
        self._number = self._work = None
        if answer.message:
            failed(answer.message)
        else:
            then(answer.value)

    def _fail(self, message: str) -> None:
        if self._work is not None and self._client.failure:
            failed = self._failed
            self.drop()
            failed(message)


class _Interruptible:
    """Work with a way to call it off; called on the engine's thread."""

    def __init__(self, work: Work, stop: threading.Event) -> None:
        self._work, self._stop = work, stop

    def __call__(self, engine: Engine) -> object:
        try:
            self._check()
            return self._work(engine, self._check)
        except CalledOffError:
            return None  # nobody takes the answer

    def _check(self) -> None:
        if self._stop.is_set():
            raise CalledOffError
