"""Output on a terminal: text, names, and a task's progress."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from voxview.engine.step import Step
from voxview.engine.time_left import TimeLeft
from voxview.errors import VoxViewError
from voxview.printable import printable as printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

T = TypeVar("T")
AnyStep = tuple[int, int, *tuple[Any, ...]]
"""What a task yields: (done, total, …), such as a `Step`; a text after these two says what is being done."""

_REFRESH_SECONDS = 0.1
"""At the least, between two drawings of the progress: one takes a millisecond, and so may a step."""


def print_output(text: str) -> None:
    """Print to stdout; if the reader has left, as `head` does, discard this and all later output."""
    with writing_output():
        print(text, flush=True)


@contextmanager
def writing_output() -> Iterator[None]:
    """Discard output that nobody reads; raise `VoxViewError` where it cannot be written."""
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise VoxViewError(f"cannot write the output ({error.strerror}): send it elsewhere") from error


def output_console() -> Console | None:
    """Return a console on stdout if that is a terminal, else None."""
    return _console(stderr=False) if sys.stdout.isatty() else None


def _console(*, stderr: bool) -> Console:
    """Return a console that shows texts as they are: names may look like markup or emoji."""
    from rich.console import Console

    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def run_with_progress(steps: Generator[AnyStep, None, T], title: str) -> T:
    """Run a task to its end and return its value; show its progress if stderr is a terminal."""
    if not sys.stderr.isatty():
        return _run(steps, lambda step: None)
    return run_on_console(steps, title, _console(stderr=True))


def run_on_console(steps: Generator[AnyStep, None, T], title: str, console: Console) -> T:
    """Run a task with a line of progress on a console; the line is gone at the end."""
    last_shown = float("-inf")
    with _progress(console) as progress:
        bar = progress.add_task(printable(title), total=None, activity="", left="", visible=False)
        time_left = TimeLeft()

        def show(step: AnyStep) -> None:
            nonlocal last_shown
            done, total, *rest = step
            activity = printable(rest[0]) if rest and isinstance(rest[0], str) else ""
            time_left.note(step.cost_share() if isinstance(step, Step) else done / max(1, total))
            if done < progress.tasks[0].completed:
                progress.reset(bar)  # a next round of the task: it is not finished, and has another speed
            left = _clock_text(time_left.seconds())
            progress.update(bar, completed=done, total=total, activity=activity, left=left, visible=True)
            if time.monotonic() - last_shown >= _REFRESH_SECONDS:
                last_shown = time.monotonic()
                progress.refresh()

        return _run(steps, show)


def _run(steps: Generator[AnyStep, None, T], show: Callable[[AnyStep], None]) -> T:
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            return end.value
        show(step)


def _clock_text(seconds: float | None) -> str:
    """Return hours, minutes and seconds, as rich writes them: `0:01:30`."""
    return "-:--:--" if seconds is None else str(timedelta(seconds=round(seconds)))


def _progress(console: Console) -> Progress:
    """Return a line of progress that is drawn only on request.

    A thread that draws it, as is rich's way, would run beside what `bench` measures.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.table import Column

    title = Column(no_wrap=True, max_width=console.width // 3)
    whole = Column(no_wrap=True)
    activity = Column(no_wrap=True, ratio=1)  # takes the room that is left
    return Progress(
        TextColumn("{task.description}", markup=False, table_column=title),
        BarColumn(bar_width=console.width // 5),
        MofNCompleteColumn(" of ", table_column=whole),
        TextColumn("{task.fields[left]}", table_column=whole),
        TextColumn("{task.fields[activity]}", markup=False, table_column=activity),
        console=console,
        auto_refresh=False,
        transient=True,
        expand=True,
        redirect_stdout=False,
    )
