"""The engine's thread: the newest slider position wins, and nothing outlives it."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from voxview.engine import events
from voxview.engine.all_pairs import score_all_pairs
from voxview.engine.engine import Engine
from voxview.engine.request import BlendRequest
from voxview.engine.thread import EngineThread
from voxview.errors import InputError
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.chair import Chair

A, B, C = sample_catalog()[0], sample_catalog()[1], sample_catalog()[2]


class Heard:
    """Collects the events of the thread."""

    def __init__(self) -> None:
        self._queue: queue.Queue[events.Event] = queue.Queue()
        self.all: list[events.Event] = []

    def __call__(self, event: events.Event) -> None:
        self.all.append(event)
        self._queue.put(event)

    def until(self, wanted: Callable[[events.Event], bool], seconds: float = 30.0) -> events.Event:
        end = time.monotonic() + seconds
        while True:
            event = self._queue.get(timeout=max(0.01, end - time.monotonic()))
            if wanted(event):
                return event


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def thread(heard: Heard) -> Iterator[EngineThread]:
    thread = EngineThread(lambda: Engine("study", device="cpu"), heard)
    thread.start()
    heard.until(lambda e: isinstance(e, events.Ready))
    yield thread
    assert thread.stop(), "the engine thread outlived its test"


def answered(t: float) -> Callable[[events.Event], bool]:
    return lambda event: isinstance(event, events.Blended) and event.result.request.t == t


def test_a_pair_comes_before_its_first_blend(thread: EngineThread, heard: Heard) -> None:
    thread.blend(BlendRequest(A, B, 0.5))
    heard.until(answered(0.5))
    kinds = [type(event) for event in heard.all]
    assert kinds.index(events.PairLoaded) < kinds.index(events.Blended)


def test_of_many_moves_while_the_engine_works_only_the_newest_is_answered(
    thread: EngineThread, heard: Heard
) -> None:
    working, release = threading.Event(), threading.Event()

    def work(_: Engine) -> Iterator[tuple[int, int]]:
        working.set()
        assert release.wait(30)
        yield 1, 1

    thread.run("slow", work)  # type: ignore[arg-type]
    assert working.wait(30)
    for step in range(500):
        thread.blend(BlendRequest(A, B, step / 499))
    release.set()
    heard.until(answered(1.0))
    blends = [event for event in heard.all if isinstance(event, events.Blended)]
    assert [event.result.request.t for event in blends] == [1.0]


def test_the_path_is_decoded_ahead_and_then_measured_while_idle(thread: EngineThread, heard: Heard) -> None:
    thread.blend(BlendRequest(A, B, 0.5))
    heard.until(lambda e: isinstance(e, events.DecodedAhead) and e.done == e.total)
    heard.until(lambda e: isinstance(e, events.Measured))


def test_a_move_does_not_wait_for_a_long_task(thread: EngineThread, heard: Heard) -> None:
    release = threading.Event()

    def work(_: Engine) -> Iterator[tuple[int, int]]:
        for step in range(1000):
            time.sleep(0.005)
            yield step, 1000
            if release.is_set():
                return

    thread.run("slow", work)  # type: ignore[arg-type]
    thread.blend(BlendRequest(A, B, 0.25))
    heard.until(answered(0.25))
    assert not any(isinstance(event, events.TaskDone) for event in heard.all)
    release.set()
    heard.until(lambda e: isinstance(e, events.TaskDone))


def test_a_task_that_waits_for_another_one_is_cancelled_at_once(thread: EngineThread, heard: Heard) -> None:
    release = threading.Event()

    def endless(_: Engine):
        while not release.is_set():
            yield 0, 0

    first = thread.run("endless", endless)
    second = thread.run("waits", endless)
    thread.cancel(second)
    heard.until(lambda e: e == events.TaskCancelled(second, "waits"))
    assert not any(isinstance(e, events.TaskProgress) and e.task == second for e in heard.all)
    release.set()
    assert heard.until(lambda e: isinstance(e, events.TaskDone)) == events.TaskDone(first, "endless", None)


def test_a_pair_is_loaded_and_refined_before_a_long_task_goes_on(heard: Heard) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def long(_: Engine):
        begun.set()
        assert go_on.wait(30)  # the pair is chosen in the middle of a step
        while True:
            yield 0, 1

    thread = EngineThread(lambda: Engine(device="cpu"), heard)
    thread.start()
    number = thread.run("long", long)
    assert begun.wait(60)
    thread.blend(BlendRequest(A, B, 0.5))
    go_on.set()
    loaded: list[int] = []
    while len(loaded) < 2:
        heard.until(lambda e: isinstance(e, events.PairLoaded), 60)
        loaded.append(sum(isinstance(e, events.TaskProgress) for e in heard.all))
    assert loaded == [1, 1], "the task went on before the pair was there, as its refined encodings show it"
    thread.cancel(number)
    heard.until(lambda e: e == events.TaskCancelled(number, "long"))
    assert thread.stop()


def test_a_pair_waits_for_a_part_of_two_chairs_of_all_pairs(heard: Heard) -> None:
    """Each chair was encoded, and all of them, before anything else had its turn: 18 s with 50 chairs."""
    thread = EngineThread(lambda: Engine(device="cpu"), heard)
    thread.start()
    number = thread.run(
        "all pairs", lambda engine: score_all_pairs(engine, tuple(sample_catalog()[:50]), 11, "numpy", "cpu")
    )
    heard.until(lambda e: isinstance(e, events.TaskProgress) and (e.share or 0) > 0, 60)
    thread.blend(BlendRequest(A, B, 0.5))
    heard.until(lambda e: isinstance(e, events.Blended), 60)
    progress = [e for e in heard.all if isinstance(e, events.TaskProgress)]
    assert progress[0].done == 0 and progress[-1].done < 6 and progress[-1].unit == "chairs"
    thread.cancel(number)
    heard.until(lambda e: e == events.TaskCancelled(number, "all pairs"))
    assert thread.stop()


def test_a_task_gives_its_value_and_its_progress(thread: EngineThread, heard: Heard) -> None:
    def work(engine: Engine):
        yield 1, 2
        yield 2, 2
        return engine.weights

    number = thread.run("name the weights", work)
    done = heard.until(lambda e: isinstance(e, events.TaskDone))
    assert done == events.TaskDone(number, "name the weights", "study")
    assert [e.done for e in heard.all if isinstance(e, events.TaskProgress)] == [1, 2]


def test_a_cancelled_task_cleans_up_and_says_so(thread: EngineThread, heard: Heard) -> None:
    cleaned = threading.Event()

    def work(_: Engine):
        try:
            while True:
                time.sleep(0.005)
                yield 0, 0
        finally:
            cleaned.set()

    number = thread.run("endless", work)
    heard.until(lambda e: isinstance(e, events.TaskProgress))
    thread.cancel(number)
    heard.until(lambda e: e == events.TaskCancelled(number, "endless"))
    assert cleaned.is_set()


def test_a_task_that_fails_is_reported_in_one_line(thread: EngineThread, heard: Heard) -> None:
    def work(_: Engine):
        yield 0, 1
        raise InputError("the folder cannot be written: choose another")

    number = thread.run("export", work)
    failed = heard.until(lambda e: isinstance(e, events.TaskFailed))
    assert failed == events.TaskFailed(number, "export", "the folder cannot be written: choose another")


def test_a_broken_chair_is_refused_and_the_next_pair_works(thread: EngineThread, heard: Heard) -> None:
    def broken():
        raise InputError("x.obj is cut short: export it again")

    bad = BlendRequest(A, Chair("x", "x", "t", broken), 0.5)
    thread.blend(bad)
    refused = heard.until(lambda e: isinstance(e, events.BlendRefused))
    assert refused == events.BlendRefused(bad, "x.obj is cut short: export it again")
    thread.blend(BlendRequest(A, C, 0.5))
    heard.until(answered(0.5))


def test_stopping_in_the_middle_of_work_closes_it(heard: Heard) -> None:
    closed = threading.Event()

    def work(_: Engine):
        try:
            while True:
                yield 0, 0
        finally:
            closed.set()

    thread = EngineThread(lambda: Engine("study", device="cpu"), heard)
    thread.start()
    thread.run("endless", work)
    heard.until(lambda e: isinstance(e, events.TaskProgress))
    assert thread.stop()
    assert closed.is_set()
    assert not any(t.name == "voxview-engine" for t in threading.enumerate())


def test_an_engine_that_cannot_start_says_why(heard: Heard) -> None:
    def build() -> Engine:
        raise InputError("no weights at x: give a .safetensors file")

    thread = EngineThread(build, heard)
    thread.start()
    assert heard.until(lambda e: True) == events.EngineFailed("no weights at x: give a .safetensors file")
    assert thread.stop()


def test_stopping_before_starting_is_fine(heard: Heard) -> None:
    assert EngineThread(lambda: Engine("study", device="cpu"), heard).stop()


def test_a_task_goes_on_while_the_slider_moves_without_a_pause(thread: EngineThread, heard: Heard) -> None:
    thread.blend(BlendRequest(A, B, 0.5))
    heard.until(answered(0.5))

    def work(_: Engine) -> Iterator[tuple[int, int]]:
        for step in range(3):
            yield step, 3

    number, moves, end = thread.run("a change of weights", work), 0, time.monotonic() + 30  # type: ignore[arg-type]
    done = events.TaskDone(number, "a change of weights", None)
    while done not in heard.all and time.monotonic() < end:
        thread.blend(BlendRequest(A, B, (moves % 997) / 997))
        moves += 1
    assert done in heard.all, f"{moves} moves came before it"
    assert any(isinstance(event, events.Blended) for event in heard.all)


def _is_answer(number: int) -> Callable[[events.Event], bool]:
    return lambda event: isinstance(event, events.Answered) and event.number == number


def test_of_many_questions_while_the_engine_works_only_the_newest_is_answered(
    thread: EngineThread, heard: Heard
) -> None:
    working, release = threading.Event(), threading.Event()

    def hold(_: Engine) -> str:
        working.set()
        assert release.wait(30)
        return "held"

    thread.ask(1, hold)
    assert working.wait(30)
    for number in range(2, 50):
        thread.ask(number, lambda engine, number=number: (engine.weights, number))  # type: ignore[misc]
    release.set()
    answer = heard.until(_is_answer(49))
    assert isinstance(answer, events.Answered) and answer.value == ("study", 49)
    assert [e.number for e in heard.all if isinstance(e, events.Answered)] == [1, 49]


def test_a_question_replaces_none_of_another_topic(thread: EngineThread, heard: Heard) -> None:
    working, release = threading.Event(), threading.Event()

    def hold(_: Engine) -> None:
        working.set()
        assert release.wait(30)

    thread.ask(1, hold)
    assert working.wait(30)
    for number, topic in ((2, "parts"), (3, "picture"), (4, "parts"), (5, "picture")):
        thread.ask(number, lambda engine: None, topic)
    release.set()
    heard.until(_is_answer(5))
    assert [e.number for e in heard.all if isinstance(e, events.Answered)] == [1, 4, 5]


def test_a_question_goes_before_a_long_task_and_after_the_slider(thread: EngineThread, heard: Heard) -> None:
    order: list[str] = []
    release = threading.Event()

    def task(_: Engine) -> Iterator[tuple[int, int]]:
        assert release.wait(30)
        yield 0, 2
        order.append("task")
        yield 1, 2

    number = thread.run("long", task)  # type: ignore[arg-type]
    thread.ask(1, lambda _: order.append("question"))
    thread.blend(BlendRequest(A, B, 0.5))
    release.set()
    heard.until(lambda e: isinstance(e, events.TaskDone) and e.task == number)
    kinds = [type(event) for event in heard.all]
    assert order == ["question", "task"]
    assert kinds.index(events.Blended) < kinds.index(events.Answered)


def test_a_question_that_fails_is_answered_with_one_line(thread: EngineThread, heard: Heard) -> None:
    def fail(_: Engine) -> None:
        raise InputError("no picture weights: train them")

    thread.ask(7, fail)
    answer = heard.until(_is_answer(7))
    assert answer == events.Answered(7, None, "no picture weights: train them")
