"""Background work counts its steps, is cancelled at once, and holds nothing up after that."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator

import pytest
from looking import WAIT_MS
from pytestqt.qtbot import QtBot

from voxview.engine.step import Step
from voxview.errors import InputError
from voxview.gui.context.background import BackgroundTasks


@pytest.fixture
def background(qapp: object) -> Iterator[BackgroundTasks]:
    tasks = BackgroundTasks()
    yield tasks
    tasks.stop()
    assert tasks.wait(WAIT_MS / 1e3), "a thread is left"


class Stuck:
    """Work that a test ends, as a file of many megabytes that is being read."""

    def __init__(self) -> None:
        self.begun, self.end = threading.Event(), threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        assert self.end.wait(WAIT_MS / 1e3)
        return "stuck"


def test_cancelling_says_so_at_once_and_what_waits_goes_on(background: BackgroundTasks, qtbot: QtBot) -> None:
    stuck, values, notes = Stuck(), [], []
    background.note.connect(notes.append)
    number = background.run("Opening", stuck, values.append, values.append)
    assert stuck.begun.wait(WAIT_MS / 1e3)
    with qtbot.waitSignal(background.ended) as ended:
        background.cancel(number)
    assert ended.args == [number] and notes == ["Opening was cancelled"]
    background.run("Reading", lambda: "second", values.append, values.append)
    qtbot.waitUntil(lambda: values == ["second"], timeout=WAIT_MS)
    stuck.end.set()
    assert background.wait(WAIT_MS / 1e3)
    background.run("Reading", lambda: "third", values.append, values.append)
    qtbot.waitUntil(lambda: values == ["second", "third"], timeout=WAIT_MS)


def test_stopping_waits_for_nothing(background: BackgroundTasks) -> None:
    stuck = Stuck()
    background.run("Opening", stuck, lambda _: None, lambda _: None)
    assert stuck.begun.wait(WAIT_MS / 1e3)
    background.stop()
    assert not background.wait(0.0), "the work had ended already"
    stuck.end.set()


def test_pieces_are_done_one_after_the_other_in_their_order(
    background: BackgroundTasks, qtbot: QtBot
) -> None:
    values: list[int] = []
    for i in range(20):
        background.run("Reading", lambda i=i: i, values.append, lambda _: None)  # type: ignore[misc]
    qtbot.waitUntil(lambda: len(values) == 20, timeout=WAIT_MS)
    assert values == list(range(20))


def test_work_in_steps_counts_them_and_ends_at_the_next_one(
    background: BackgroundTasks, qtbot: QtBot
) -> None:
    go_on, closed = threading.Event(), threading.Event()

    def read() -> Generator[Step, None, str]:
        try:
            for done in range(1000):
                yield Step(done, 1000, None, "files")
                assert go_on.wait(WAIT_MS / 1e3)
            return "all"
        finally:
            closed.set()

    steps: list[Step] = []
    background.step.connect(lambda _, step, left: steps.append(step))
    number = background.run("Importing", read, steps.append, steps.append)
    qtbot.waitUntil(lambda: bool(steps), timeout=WAIT_MS)
    assert steps[0] == Step(0, 1000, None, "files")
    background.cancel(number)
    go_on.set()
    assert closed.wait(WAIT_MS / 1e3) and background.wait(WAIT_MS / 1e3)
    assert steps == [steps[0]]


def test_an_error_is_one_line(background: BackgroundTasks, qtbot: QtBot) -> None:
    def broken() -> Generator[Step, None, str]:
        yield Step(0, 1)
        raise InputError("x.obj is cut short: export it again")

    errors: list[str] = []
    background.run("Importing", broken, errors.append, errors.append)
    qtbot.waitUntil(lambda: errors == ["x.obj is cut short: export it again"], timeout=WAIT_MS)
