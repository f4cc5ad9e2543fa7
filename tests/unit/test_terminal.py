"""Progress is on a terminal only, and output that cannot be written is one line."""

from __future__ import annotations

import io
import os
import re
import select
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TextIO

import pytest
from rich.console import Console

from voxview.cli.terminal import output_console, print_output, run_on_console, run_with_progress
from voxview.errors import VoxViewError


def task(*texts: str) -> Generator[tuple[int, int, str], None, str]:
    for done, text in enumerate(texts, start=1):
        yield done, len(texts), text
    return "value"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[TextIO, int]]:
    """A pseudo-terminal of 80 columns, and its other end, where one reads what was shown on it."""
    pty = pytest.importorskip("pty")
    other_end, end = pty.openpty()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    os.set_blocking(other_end, False)  # a test that waits for nothing fails
    with os.fdopen(end, "w", encoding="utf-8") as stream:
        yield stream, other_end
    os.close(other_end)


def test_a_terminal_shows_the_progress(terminal: tuple[TextIO, int], monkeypatch: pytest.MonkeyPatch) -> None:
    stream, other_end = terminal
    monkeypatch.setattr("sys.stderr", stream)
    assert run_with_progress(task("looking at [bold] :smile:"), "a\nb") == "value"
    text = ""
    while "1 of 1" not in text and select.select([other_end], [], [], 5)[0]:  # it may come in parts
        text += os.read(other_end, 100_000).decode()
    assert "1 of 1" in text and r"a\nb" in text and "looking at [bold] :smile:" in text


def test_a_pipe_shows_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setattr("sys.stderr", file := io.StringIO())
    monkeypatch.setattr("sys.stdout", io.StringIO())
    assert run_with_progress(task("one", "two"), "title") == "value"
    assert file.getvalue() == "" and output_console() is None


def progress(steps: Generator[tuple[int, int, str], None, str], title: str, width: int = 80) -> list[str]:
    """The lines that were drawn over each other."""
    file = io.StringIO()
    run_on_console(steps, title, Console(file=file, width=width, force_terminal=True))
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", file.getvalue()).replace("\r", "\n").split("\n")


@pytest.mark.parametrize("width", [40, 80, 140])
def test_the_progress_fits_one_line_with_its_figures(width: int) -> None:
    drawn = progress(task("x" * 300), "y" * 300, width)
    assert max(map(len, drawn)) <= width
    assert any("1 of 1 0:00:00" in line for line in drawn)


def test_a_quick_step_is_not_drawn() -> None:
    drawn = progress(task(*(f"step {i}" for i in range(5_000))), "reading")
    assert sum("of 5000" in line for line in drawn) < 100


def test_a_next_round_with_as_many_steps_is_not_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voxview.cli.terminal._REFRESH_SECONDS", 0.0)

    def rounds() -> Generator[tuple[int, int, str], None, str]:
        yield from task("first", "first")
        return (yield from task("second", "second"))

    drawn = progress(rounds(), "evaluating")
    assert any(
        "1 of 2 0:00:00 second" not in line and "1 of 2" in line and "second" in line for line in drawn
    )


def test_an_error_leaves_the_progress_and_is_raised() -> None:
    def broken() -> Generator[tuple[int, int, str], None, str]:
        yield 1, 2, "reading"
        raise VoxViewError("cannot be read")

    with pytest.raises(VoxViewError, match="cannot be read"):
        progress(broken(), "title")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123 - a device
        monkeypatch.setattr("sys.stdout", full)
        with pytest.raises(VoxViewError, match=r"^cannot write the output \(No space left on device\)"):
            print_output("chairs")
