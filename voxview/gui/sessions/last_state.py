"""The last state: written when things rest, read at the next start, kept through a crash."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLockFile, QObject, QTimer

from voxview.errors import InputError, VoxViewError
from voxview.gui.context.newest import NewestTask
from voxview.gui.context.settings import set_aside
from voxview.gui.session.history import Step
from voxview.gui.session.session_file import (
    SavedSession,
    Sources,
    parsed,
    session_bytes,
    session_document,
    session_of_document,
    write_session,
)
from voxview.gui.session.state import State
from voxview.shapes.chair import Chair

_REST_MS = 800
"""After the last change until it is written."""
_CLOSING_SECONDS = 0.5
_MOST_WINDOWS = 8
_MOST_RECORDS = 500


@dataclass(frozen=True)
class LastState:
    """What the last run left behind."""

    saved: SavedSession
    was_closed: bool
    """Whether that run ended as it should."""
    before: Step | None = None
    """The state before its last step, and what that was called."""


class StateFile(QObject):
    """Writes the state of one window beside the settings. A second window has a file of its own."""

    def __init__(
        self,
        folder: Path,
        take: Callable[[], tuple[State, Sources]],
        last_step: Callable[[], Step | None],
        failed: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        """Take the state by `take`, what was before it by `last_step`.

        `failed` gets one line when the state cannot be written, and not each time.
        """
        super().__init__(parent)
        self._take, self._last_step, self._failed = take, last_step, failed
        self.path: Path | None = None
        """None where nothing can be written, and while nothing is to be written yet."""
        self._folder = folder
        self._lock: QLockFile | None = None
        self._records: dict[Chair, dict[str, Any]] = {}
        self._has_failed = False
        self.weights_fingerprint = ""
        self._writer = NewestTask("Keeping the state", self._written, self._not_written, self)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._write)

    def know_weights(self, fingerprint: str) -> None:
        """Take the fingerprint of the weights in use; empty: not known."""
        self.weights_fingerprint = fingerprint

    @property
    def before(self) -> Path:
        """The state before this start, where this start did not go on from it."""
        number = "" if self.path is None else self.path.stem.removeprefix("last")
        return self._folder / f"before{number}.voxview"

    def open(self) -> LastState | None:
        """Take a file for this window, and return what the last run left in it; None where there is nothing.

        Raises `InputError` for a damaged one, which is set aside.
        """
        self.path = self._free_file()
        if self.path is None or not self.path.is_file():
            return None
        try:
            document = parsed(session_bytes(self.path), self.path.name)
            saved = session_of_document(document, self.path.name)
        except OSError:
            return None
        except InputError as error:
            aside = set_aside(self.path)
            raise InputError(f"the state of the last time cannot be read and is kept as {aside}") from error
        assert isinstance(document, dict)
        return LastState(
            saved, document.get("closed") is True, _step_of(document.get("before"), self.path.name)
        )

    def keep_aside(self) -> None:
        """Keep the state of the last run under another name: this start does not go on from it."""
        if self.path is not None and self.path.is_file():
            try:
                self.path.replace(self.before)
            except OSError as error:
                self._not_written(f"the state of the last time cannot be kept: {error.strerror or error}")

    def write_soon(self) -> None:
        """Write the state once nothing has changed for a moment."""
        if self.path is not None:
            self._rest.start()

    def close(self) -> None:
        """Write the state now, as that of a run that ended as it should."""
        self._rest.stop()
        self._writer.stop()
        has_ended = self._writer.wait(_CLOSING_SECONDS)  # or it would replace what is written now
        state, sources = self._take()
        path, self.path = self.path, None  # what comes later is of no window
        if path is not None and has_ended and state.a is not None and state.b is not None:
            # There is no window any more that could say why it fails; what was written before is whole.
            with contextlib.suppress(VoxViewError):
                write_session(path, self._document(state, sources, self._last_step(), closed=True))
        if self._lock is not None:
            self._lock.unlock()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is still to be written."""
        return self._writer.is_idle and not self._rest.isActive()

    # ---- inside ---------------------------------------------------------------------------------

    def _free_file(self) -> Path | None:
        """Return the first file that no other window writes; None where none can be written."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return None
        for number in range(1, _MOST_WINDOWS + 1):
            file = self._folder / ("last.voxview" if number == 1 else f"last-{number}.voxview")
            lock = QLockFile(str(file.with_suffix(".lock")))
            lock.setStaleLockTime(0)  # only a process that is gone has lost its lock
            if lock.tryLock(0):
                self._lock = lock
                return file
        return None

    def _write(self) -> None:
        path, (state, sources), step = self.path, self._take(), self._last_step()
        if path is not None and state.a is not None and state.b is not None:
            self._writer.run(lambda: write_session(path, self._document(state, sources, step, closed=False)))

    def _document(self, state: State, sources: Sources, step: Step | None, *, closed: bool) -> dict[str, Any]:
        if len(self._records) > _MOST_RECORDS:
            self._records.clear()

        def document(of: State) -> dict[str, Any]:
            fingerprint = self.weights_fingerprint
            return session_document(
                of, sources, with_grids=True, weights_fingerprint=fingerprint, known=self._records
            )

        before = None if step is None else document(step.state) | {"title": step.title}
        return document(state) | {"closed": closed, "before": before}

    def _written(self, _: object) -> None:
        self._has_failed = False

    def _not_written(self, message: str) -> None:
        """Say once that nothing is kept, until it is again."""
        if not self._has_failed:
            self._has_failed = True
            self._failed(f"what you do is not kept for the next start: {message}")


def _step_of(document: object, name: str) -> Step | None:
    """Return what was before the last step; None where there is nothing, or nothing that can be used."""
    if not isinstance(document, dict) or not isinstance(title := document.get("title"), str):
        return None
    with contextlib.suppress(InputError):
        return Step(title[:200], session_of_document(document, name).state)
    return None
