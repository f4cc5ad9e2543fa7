"""Faults of a disk, made on purpose: each step that a writer takes in a folder can be made to fail.

`Disk(folder)` watches what a piece of work does in a folder, as steps: it makes a folder, opens a file for
writing, flushes, renames, removes. `steps(work)` lists them; `fail(work, k, fault)` runs the work again and
makes step k fail. Content that finds no room is no pretence: from step k on the system lets no file grow
beyond a size, also those of other programs. `tests/unit/test_faults.py` goes through all steps of all that
is written.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest

Fault = Literal["full", "refused", "broken", "gone", "no room", "half", "dead", "killed"]
"""What happens at a step: the disk is full; there is no permission; the disk fails; somebody has renamed the
folder; no content fits, or half of it; the process stops without another step, as a killed one does; it is
killed, by the signal that nothing can catch."""

ERRORS: dict[str, int] = {"full": errno.ENOSPC, "refused": errno.EACCES, "broken": errno.EIO}
PACKAGE = str(Path(__file__).parents[1] / "voxview") + os.sep


class Dead(BaseException):
    """The process does nothing more."""


class Step(NamedTuple):
    """One thing that was done in the folder."""

    what: Literal["mkdir", "open", "flush", "rename", "remove"]
    path: str
    size: int
    """Of what is renamed, or of what is opened to be added to."""
    module: str
    """The file of the program that did it."""


@dataclass
class Disk:
    """A folder in which steps fail."""

    folder: Path
    _steps: list[Step] = field(default_factory=list)
    _at: int | None = None
    _fault: Fault = "full"
    _room: int = 0
    _is_dead: bool = False

    def steps(self, work: Callable[[], object]) -> list[Step]:
        """Return the steps of work that succeeds."""
        self._begin(None, "full", 0)
        with self._watching():
            work()
        return self._steps

    def fail(self, work: Callable[[], object], at: int, fault: Fault, room: int = 0) -> BaseException | None:
        """Do the work with a fault at a step; return what it raised. `room`: the bytes that fit a file."""
        self._begin(at, fault, room)
        with self._watching():
            try:
                work()
            except (Exception, Dead) as error:
                return error
            finally:
                limit_sizes(None)
        return None

    def _begin(self, at: int | None, fault: Fault, room: int) -> None:
        self._steps, self._at, self._fault, self._room, self._is_dead = [], at, fault, room, False

    # ---- watching -------------------------------------------------------------------------------

    def note(self, what: Any, path: Any, size: int = 0) -> None:
        """Take down a step, if it is in the folder; let it fail if it is its turn."""
        if isinstance(path, int) or not self._is_inside(name := os.fsdecode(path)):
            return
        if self._is_dead:
            raise Dead
        self._steps.append(Step(what, os.path.relpath(name, self.folder), size, _module()))
        if what in ("open", "rename"):
            limit_sizes(None)  # the one before is written
        if len(self._steps) - 1 == self._at:
            self._strike(name)

    def _is_inside(self, name: str) -> bool:
        whole = str(Path(name).absolute())
        return whole == str(self.folder) or whole.startswith(f"{self.folder}{os.sep}")

    def _strike(self, name: str) -> None:
        if self._fault in ERRORS:
            raise OSError(ERRORS[self._fault], os.strerror(ERRORS[self._fault]), name)
        if self._fault == "gone":
            _rename(self.folder, f"{self.folder}-gone")
        elif self._fault in ("no room", "half"):
            limit_sizes(self._room)
        elif self._fault == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        else:
            self._is_dead = True
            raise Dead

    @contextmanager
    def _watching(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            self.install(patch)
            yield

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Put the watch before the system's calls."""
        for name, place in (
            ("mkdir", "mkdir"),
            ("unlink", "remove"),
            ("remove", "remove"),
            ("rmdir", "remove"),
        ):
            patch.setattr(os, name, self._watched(getattr(os, name), place))
        for name in ("replace", "rename"):
            patch.setattr(os, name, self._watched_rename(getattr(os, name)))
        patch.setattr(os, "open", self._watched_descriptor(os.open))
        patch.setattr(os, "fsync", self._watched_flush)
        opener = self._watched_open(io.open)
        patch.setattr(io, "open", opener)
        patch.setattr(builtins, "open", opener)

    def _watched(self, call: Callable[..., Any], what: str) -> Callable[..., Any]:
        def watched(path: Any, *more: Any, **options: Any) -> Any:
            if what != "remove" or os.path.lexists(path):
                self.note(what, path)
            return call(path, *more, **options)

        return watched

    def _watched_rename(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(source: Any, target: Any, **options: Any) -> Any:
            self.note("rename", target, _size(Path(source)))
            return call(source, target, **options)

        return watched

    def _watched_descriptor(self, call: Callable[..., int]) -> Callable[..., int]:
        def watched(path: Any, flags: int, *more: Any, **options: Any) -> int:
            if flags & (os.O_WRONLY | os.O_RDWR) and flags & os.O_CREAT:
                self.note("open", path)
            return call(path, flags, *more, **options)

        return watched

    def _watched_open(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(file: Any, mode: str = "r", *more: Any, **options: Any) -> Any:
            if not isinstance(file, int) and set(mode) & set("wax+"):
                self.note("open", file, _size(Path(file)) if "a" in mode else 0)
            return call(file, mode, *more, **options)

        return watched

    def _watched_flush(self, descriptor: int) -> None:
        # Not done in earnest: it takes a thousand times as long as the rest, and shows nothing to a test.
        try:
            path = Path(f"/proc/self/fd/{descriptor}").readlink()
        except OSError:
            return
        if path.is_file():
            self.note("flush", path)


_rename = os.rename


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def limit_sizes(size: int | None) -> None:
    """Let no file of this process, and of those that it starts, grow beyond a size; None: let it."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard if size is None else size, hard))


def _module() -> str:
    """Return the file of the program, below its package, that called: the writer's, not atomic.py."""
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(PACKAGE) and not name.endswith("atomic.py"):
            return name.removeprefix(PACKAGE)
        frame = frame.f_back  # type: ignore[assignment]
    return ""
