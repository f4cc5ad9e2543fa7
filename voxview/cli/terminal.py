"""Output on a terminal: text, names, and a task's progress."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from typing import Any, TypeVar

from voxview.errors import VoxViewError

T = TypeVar("T")


def print_output(text: str) -> None:
    """Print to stdout; if the reader has left, as `head` does, discard this and all later output."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise VoxViewError(f"cannot write the output ({error.strerror}): send it elsewhere") from error


def printable(text: str) -> str:
    """Return the text with its unprintable characters escaped: a file's name may hold line ends and worse."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def run_with_progress(steps: Generator[tuple[int, int, *tuple[Any, ...]], None, T], title: str) -> T:
    """Run a task to its end and return its value; on a terminal, show a progress line on stderr.

    A step is (done, total, …); a text after these two says what is being done.
    """
    is_terminal = sys.stderr.isatty()
    try:
        while True:
            try:
                done, total, *rest = next(steps)
            except StopIteration as end:
                return end.value
            if is_terminal:
                # Padded, to cover a longer text from before.
                activity = f"{rest[0]:<60}" if rest and isinstance(rest[0], str) else ""
                print(f"\r{title}: {done} of {total} {activity}", end="", file=sys.stderr, flush=True)
    finally:
        if is_terminal:
            print(file=sys.stderr)  # whatever is printed next, an error too, has a line of its own
