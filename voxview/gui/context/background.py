"""Background thread for work that needs neither Qt nor the engine: folders, files, previews."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from voxview.errors import VoxViewError

log = logging.getLogger(__name__)


class BackgroundTasks(QObject):
    """One thread for such work; its values are passed on on the GUI thread."""

    started = Signal(int, str)
    ended = Signal(int)
    _finished = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="voxview-background")
        self._numbers = itertools.count(1)
        self._waiting: dict[int, tuple[Callable[[Any], None], Callable[[str], None]]] = {}
        self._finished.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        title: str,
        work: Callable[[], Any],
        then: Callable[[Any], None],
        failed: Callable[[str], None],
    ) -> int:
        """Run `work` on the other thread, then call `then` with its value, or `failed` with one line."""
        number = next(self._numbers)
        self._waiting[number] = (then, failed)
        self.started.emit(number, title)
        self._pool.submit(work).add_done_callback(lambda future: self._finished.emit(number, future))
        return number

    def cancel(self, number: int) -> None:
        """Drop the value of this work."""
        if self._waiting.pop(number, None):
            self.ended.emit(number)

    def stop(self) -> None:
        """Let the running piece end, drop the rest, and wait."""
        self._waiting.clear()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _tell(self, number: int, future: Future[Any]) -> None:
        then_failed = self._waiting.pop(number, None)
        if then_failed is None or future.cancelled():
            return
        self.ended.emit(number)
        then, failed = then_failed
        error = future.exception()
        if error is None:
            then(future.result())
        elif isinstance(error, VoxViewError):
            failed(str(error))
        else:
            log.error("unexpected error in background work", exc_info=error)
            failed(f"something failed that should not: {type(error).__name__}: {error}; please report it")
