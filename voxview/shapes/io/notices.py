"""What reading a file found worth saying, though the file was read: one line each, for a person.

A reader calls `notice`. Who reads for a person listens: the command line for its whole run (stderr), the
window around each file that it reads. Where nobody listens, as in a script, it is a Python warning.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from voxview.printable import printable

Listener = Callable[[str], None]
"""Is given each line."""

_nearest: ContextVar[Listener | None] = ContextVar("listener to notices", default=None)
_everywhere: list[Listener] = []


class FileNotice(UserWarning):
    """A notice about a file that was read."""


def notice(text: str) -> None:
    """Say one line: to the listener of this thread, else to that of the program, else as a warning."""
    text = printable(text)  # words in it may be a file's
    listener = _nearest.get() or (_everywhere[-1] if _everywhere else None)
    if listener is not None:
        listener(text)
    else:
        warnings.warn(text, FileNotice, stacklevel=3)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Give the notices of this thread to `listener`."""
    token = _nearest.set(listener)
    try:
        yield
    finally:
        _nearest.reset(token)


@contextmanager
def listening_everywhere(listener: Listener) -> Iterator[None]:
    """Give the notices of all threads that have no listener of their own to `listener`."""
    _everywhere.append(listener)
    try:
        yield
    finally:
        _everywhere.remove(listener)


@contextmanager
def naming(name: object) -> Iterator[None]:
    """Put a file's name before each notice of this thread, and hand it on."""

    outer = _nearest.get()

    def hand_on(text: str) -> None:
        inner = _nearest.set(outer)
        try:
            notice(f"{name}: {text}")
        finally:
            _nearest.reset(inner)

    with listening(hand_on):
        yield
