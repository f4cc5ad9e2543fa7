"""Crash reports: a file in the folder of the program's state, and nothing that is sent.

It holds versions, what the error said, and where each thread was: names of functions and paths. A program
that ends as it should removes its own.
"""

from __future__ import annotations

import atexit
import contextlib
import faulthandler
import logging
import os
import platform
import sys
import threading
import time
import traceback
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from voxview import __version__

log = logging.getLogger(__name__)

FOLDER = "crashes"
"""Beside the settings."""
_MOST_TRACEBACKS = 20
"""Of one run: an error that comes with each picture would fill the disk."""
_MOST_KEPT = 10
_RULE = "-" * 40
_SEEN = ".seen"
_MARK = "process that began at "
"""Of a report's line that tells its process from another one that has its number since."""
_SAID = "something failed that should not: %s: %s; the report is in %s"


class CrashReport:
    """The report of this process, which has a beginning and, where nothing goes wrong, no more."""

    def __init__(self, folder: Path) -> None:
        """Begin a file in the folder. Raises `OSError` where it cannot be written."""
        folder.mkdir(parents=True, exist_ok=True)
        began = time.strftime("%Y%m%d-%H%M%S")
        self.path = folder / f"crash-{began}-{os.getpid()}.txt"
        self._file = self.path.open("w", encoding="utf-8", errors="backslashreplace")
        self._file.write(
            f"VoxView {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
        )
        self._file.write(f"started {time.strftime('%Y-%m-%d %H:%M:%S')}\n")
        self._file.write(f"{_MARK}{_start_mark(os.getpid())}\n{_RULE}\n")
        self._file.flush()
        self._lock = threading.Lock()
        self._written = 0

    def write(
        self, kind: type[BaseException], error: BaseException | None, where: TracebackType | None, thread: str
    ) -> None:
        """Add an error that nothing has caught."""
        with self._lock:
            if self._file.closed or self._written >= _MOST_TRACEBACKS:
                return
            self._written += 1
            lines = "".join(traceback.format_exception(kind, error, where))
            with contextlib.suppress(OSError):  # the disk is full
                self._file.write(f"{time.strftime('%H:%M:%S')} in thread {thread}\n{lines}\n")
                self._file.flush()

    def watch(self) -> None:
        """Write what Python does not catch, and where all threads are when native code crashes."""
        faulthandler.enable(self._file, all_threads=True)
        before, of_threads = sys.excepthook, threading.excepthook

        def hook(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
            self.write(kind, error, where, "main")
            log.error(_SAID, kind.__name__, error, self.path)
            before(kind, error, where)

        def thread_hook(words: threading.ExceptHookArgs) -> None:
            name = words.thread.name if words.thread is not None else "unknown"
            self.write(words.exc_type, words.exc_value, words.exc_traceback, name)
            log.error(_SAID, words.exc_type.__name__, words.exc_value, self.path)
            of_threads(words)

        sys.excepthook, threading.excepthook = hook, thread_hook
        atexit.register(self.end)

    def end(self) -> None:
        """Remove the report of a run that went as it should; keep one that says something."""
        with self._lock:
            if not self._file.closed:
                faulthandler.disable()
                with contextlib.suppress(OSError):
                    self._file.close()
                if not _says_something(self.path):
                    self.path.unlink(missing_ok=True)


def watch(folder: Path) -> CrashReport | None:
    """Begin this process's report; None where the folder cannot be written, which changes nothing else."""
    try:
        report = CrashReport(folder)
    except OSError:
        return None
    report.watch()
    return report


def take_new(folder: Path) -> Path | None:
    """Return the newest report that was not returned before, if there is one; tidy up the others."""
    with contextlib.suppress(OSError):
        ended = [path for path in _reports(folder) if _SEEN not in path.name and not _is_running(path)]
        new = [path for path in ended if _says_something(path)]
        for path in ended:
            if path not in new:
                path.unlink(missing_ok=True)
        seen = [path.rename(path.with_suffix(f"{_SEEN}.txt")) for path in new]
        for path in _reports(folder)[:-_MOST_KEPT]:
            if _SEEN in path.name:
                path.unlink(missing_ok=True)
        return seen[-1] if seen else None
    return None


def newest(folder: Path) -> Path | None:
    """Return the newest report of a run that has ended, seen or not; None where there is none."""
    with contextlib.suppress(OSError):
        kept = [path for path in _reports(folder) if _SEEN in path.name]
        return kept[-1] if kept else None
    return None


def _reports(folder: Path) -> list[Path]:
    """Return the reports of a folder, the newest last."""
    return sorted(folder.glob("crash-*.txt")) if folder.is_dir() else []


def _says_something(path: Path) -> bool:
    text = path.read_text(encoding="utf-8", errors="replace")
    return bool(text.partition(_RULE)[2].strip())


def _is_running(path: Path) -> bool:
    """Return whether the process of a report goes on; another one may have its number since."""
    number = _number(path.stem.split("-"))
    if number is None or number == os.getpid():
        return number is not None
    if os.name != "posix":
        return False  # a file that is open can be neither renamed nor removed there
    mark = _said_mark(path)
    if mark:
        return _start_mark(number) == mark
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _start_mark(number: int) -> str:
    """Return when a process began; empty without it, and where asking would take another process."""
    if sys.platform != "linux":
        return ""
    from voxview.training.child.processes import start_mark

    return start_mark(number)


def _said_mark(path: Path) -> str:
    """Return when the process of a report began, as the report says; empty where it does not."""
    with path.open(encoding="utf-8", errors="replace") as file:
        head = [file.readline(200).rstrip("\n") for _ in range(3)]
    return next((line.removeprefix(_MARK) for line in head if line.startswith(_MARK)), "")


def _number(parts: Iterable[str]) -> int | None:
    last = list(parts)[-1]
    return int(last) if last.isdigit() else None
