"""One run: a file is read, and what came of it is one outcome. What no reader may do is a finding."""

from __future__ import annotations

import logging
import traceback
import warnings
from dataclasses import dataclass
from pathlib import Path

from voxview.errors import VoxViewError
from voxview.printable import printable
from voxview.shapes.io.notices import listening

from .targets import Target

READ, REFUSED = "read", "refused"
LONGEST_LINE = 600
"""Characters of a message, the path of the file included: what is longer nobody reads."""


@dataclass(frozen=True)
class Outcome:
    """What came of one file."""

    kind: str
    """`READ`, `REFUSED`, or the kind of a finding."""
    detail: str = ""
    net: str = ""
    """The exception that a reader's last `except` turned into a refusal: none that it foresaw."""

    @property
    def is_finding(self) -> bool:
        """Whether this must not be."""
        return self.kind not in (READ, REFUSED)


class _Logged(logging.Handler):
    """Keeps the exceptions that the program caught and only logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.caught: list[BaseException] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1] is not None:
            self.caught.append(record.exc_info[1])


def judge(target: Target, path: Path) -> Outcome:
    """Read a file as a target does, and return what came of it."""
    said: list[str] = []
    logged = _Logged()
    log = logging.getLogger("voxview")
    level, propagates = log.level, log.propagate
    log.addHandler(logged)
    log.setLevel(logging.DEBUG)
    log.propagate = False
    try:
        with warnings.catch_warnings(record=True) as warned, listening(said.append):
            warnings.simplefilter("always")
            outcome = _read(target, path)
    finally:
        log.removeHandler(logged)
        log.setLevel(level)
        log.propagate = propagates
    if outcome.is_finding:
        return outcome
    if memory := next((error for error in logged.caught if _has_memory_error(error)), None):
        return Outcome("memory", _where(memory))
    if bad := next((line for line in said if _is_odd(line)), None):
        return Outcome("odd line", f"said: {ascii(bad)[:300]}")
    if warned:
        first = warned[0]
        return Outcome(
            "warning", f"{first.category.__name__}: {first.message} ({_short(first.filename)}:{first.lineno})"
        )
    return outcome


def _read(target: Target, path: Path) -> Outcome:
    try:
        target.read(path)
    except VoxViewError as error:
        if _has_memory_error(error):
            return Outcome("memory", _where(_root(error)))
        if _is_odd(line := str(error)):
            return Outcome("odd line", ascii(line)[:300])
        cause = error.__cause__
        caught = type(cause).__name__ if cause is not None else ""
        return Outcome(REFUSED, line, caught if caught and f"({caught})" in line else "")
    except MemoryError as error:
        return Outcome("memory", _where(error))
    except Exception as error:
        return Outcome("exception", _where(error))
    return Outcome(READ)


def _is_odd(line: str) -> bool:
    """Return whether a line is none that a person can read: empty, of several lines, far too long."""
    return not line.strip() or "\n" in line or len(line) > LONGEST_LINE or printable(line) != line


def _root(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _has_memory_error(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, MemoryError) or "bad_alloc" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _where(error: BaseException) -> str:
    """Return an exception with the last place in the program's own code, else the last one of all."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "/voxview/" in frame.filename] or list(frames)
    place = f"{_short(own[-1].filename)}:{own[-1].lineno} {own[-1].name}" if own else ""
    return f"{type(error).__name__}: {ascii(str(error))[:160]} ({place})"


def _short(file: str) -> str:
    parts = Path(file).parts
    return "/".join(parts[-3:])
