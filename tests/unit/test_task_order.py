"""A task that waits can be the next one, but never goes past a change of weights."""

from __future__ import annotations

from collections.abc import Generator

from voxview.engine.events import Event, TaskDone
from voxview.engine.tasks import TaskQueue


def _work(_: object) -> Generator[tuple[int, int], None, None]:
    yield 0, 1


def test_a_task_that_waits_becomes_the_next_one_after_that_which_runs() -> None:
    events: list[Event] = []
    queue = TaskQueue(events.append)
    first, second, third = (queue.add(name, _work) for name in ("first", "second", "third"))
    queue.step(None)  # type: ignore[arg-type]
    assert queue.hasten(third)
    assert not queue.hasten(first) and not queue.hasten(third) and not queue.hasten(99)
    while queue:
        queue.step(None)  # type: ignore[arg-type]
    assert [event.task for event in events if isinstance(event, TaskDone)] == [first, third, second]


def test_nothing_goes_past_a_change_of_weights_nor_does_that_itself() -> None:
    queue = TaskQueue(lambda _: None)
    _running, _other = queue.add("running", _work), queue.add("other", _work)
    weights = queue.add("weights", _work, deliver=lambda _: None)
    last, one = queue.add("last", _work), queue.add("one more", _work)
    assert not queue.hasten(weights), "what waits before it was meant for the weights of before"
    assert not queue.hasten(last) and not queue.hasten(one)
