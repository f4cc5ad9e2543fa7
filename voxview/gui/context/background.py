"""Background thread for work that needs neither Qt nor the engine: folders, files, previews."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from voxview.engine.step import Step
from voxview.engine.time_left import TimeLeft
from voxview.errors import VoxViewError

log = logging.getLogger(__name__)

Work = Callable[[], Any]
"""Returns a value, or is a generator that yields a `Step` between its steps and returns one."""


@dataclass(eq=False)
class _Piece:
    """One piece of work, and what gets its value or its error."""

    number: int
    title: str
    work: Work
    then: Callable[[Any], None]
    failed: Callable[[str], None]
    cancelled: threading.Event = field(default_factory=threading.Event)
    time_left: TimeLeft = field(default_factory=TimeLeft)


class BackgroundTasks(QObject):
    """One piece after the other on a thread of its own; its values are passed on on the GUI thread.

    Python cannot stop a thread in the middle of a file. So a piece that is cancelled is left to itself: its
    value is dropped, it ends at its next step, and what waits behind it goes on at once, on another thread.
    """

    started = Signal(int, str)
    step = Signal(int, object, object)
    """A piece's number, its `Step`, and the seconds that are left, or None."""
    ended = Signal(int)
    note = Signal(str)
    _stepped = Signal(object, object)
    _finished = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._pieces: dict[int, _Piece] = {}
        """Those that have not ended, by number."""
        self._waiting: deque[_Piece] = deque()
        self._running: _Piece | None = None
        self._threads: list[threading.Thread] = []
        self._stepped.connect(self._tell_step, Qt.ConnectionType.QueuedConnection)
        self._finished.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def run(self, title: str, work: Work, then: Callable[[Any], None], failed: Callable[[str], None]) -> int:
        """Run `work` on the other thread, then call `then` with its value, or `failed` with one line."""
        piece = _Piece(next(self._numbers), title, work, then, failed)
        self._pieces[piece.number] = piece
        self.started.emit(piece.number, title)
        with self._lock:
            self._waiting.append(piece)
            if self._running is None:
                self._start_next()
        return piece.number

    def cancel(self, number: int) -> None:
        """Drop the value of this work, and say so."""
        if (piece := self._drop(number)) is not None:
            self.note.emit(f"{piece.title} was cancelled")

    def hasten(self, number: int) -> bool:
        """Let work that waits be the next; return whether it is now."""
        piece = self._pieces.get(number)
        with self._lock:
            if piece is None or piece not in self._waiting:
                return False
            self._waiting.remove(piece)
            self._waiting.appendleft(piece)
            return True

    def drop(self, number: int) -> None:
        """Drop the value of this work, which other work replaces."""
        self._drop(number)

    def stop(self) -> None:
        """Cancel everything, and say nothing more; nothing is waited for: see `wait`."""
        with self._lock:
            for piece in self._pieces.values():
                piece.cancelled.set()
            self._pieces.clear()
            self._waiting.clear()

    def wait(self, seconds: float) -> bool:
        """Wait for the pieces that run, so long at most; return whether all have ended."""
        end = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    # ---- inside ---------------------------------------------------------------------------------

    def _drop(self, number: int) -> _Piece | None:
        piece = self._pieces.pop(number, None)
        if piece is None:
            return None
        with self._lock:
            piece.cancelled.set()
            if piece in self._waiting:
                self._waiting.remove(piece)
            elif piece is self._running:
                self._start_next()
        self.ended.emit(number)
        return piece

    def _start_next(self) -> None:
        """Start a thread for the first piece that waits; the lock is held."""
        self._running = self._waiting.popleft() if self._waiting else None
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        if self._running is not None:
            name = "voxview-background"
            thread = threading.Thread(target=self._work, args=(self._running,), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _tell_step(self, piece: _Piece, step: Step) -> None:
        if piece.number in self._pieces:
            piece.time_left.note(step.cost_share())
            self.step.emit(piece.number, step, piece.time_left.seconds())

    def _tell(self, piece: _Piece, value: object, error: Exception | None) -> None:
        if self._pieces.pop(piece.number, None) is None:
            return
        self.ended.emit(piece.number)
        if error is None:
            piece.then(value)
        elif isinstance(error, VoxViewError):
            piece.failed(str(error))
        else:
            log.error("unexpected error in background work", exc_info=error)
            reason = f"{type(error).__name__}: {error}"
            piece.failed(f"something failed that should not: {reason}; please report it")

    # ---- on another thread ----------------------------------------------------------------------

    def _work(self, piece: _Piece) -> None:
        """Do a piece, and those that wait after it, until it is cancelled."""
        while True:
            value, error = None, None
            try:
                value = self._value(piece)
            except Exception as raised:
                error = raised
            with self._lock:
                if piece.cancelled.is_set():
                    return  # another thread has gone on, or everything has ended
                self._finished.emit(piece, value, error)
                if not self._waiting:
                    self._running = None
                    return
                piece = self._running = self._waiting.popleft()

    def _value(self, piece: _Piece) -> object:
        """Return what a piece returns; with steps, it ends at the next one once it is cancelled."""
        value = piece.work()
        if not isinstance(value, Generator):
            return value
        while True:
            try:
                step = next(value)
            except StopIteration as end:
                return end.value
            with self._lock:
                if piece.cancelled.is_set():
                    break
                self._stepped.emit(piece, Step(*step))
        value.close()
        return None
