"""A slider value goes straight through the engine: few files, and none is called back into."""

from __future__ import annotations

import queue
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

import voxview
from voxview.engine.engine import Engine
from voxview.engine.events import Blended, Event, TaskDone, TaskFailed
from voxview.engine.request import BlendRequest, BlendResult
from voxview.engine.thread import EngineThread
from voxview.shapes.catalogs.samples import sample_catalog

PACKAGE = str(Path(voxview.__file__).parent) + "/"
MOST_FILES = 15
DOCUMENT = Path(__file__).parents[2] / "docs" / "architecture.md"
BESIDE = ("engine/chair_cache.py", "engine/timings.py", "engine/requested_surface.py")
"""What the document says the value passes by: the pair's latents, milliseconds, what the surface is to be."""
OF_THE_WATCH = "engine/tasks.py"
"""The queue of the task in which the test watches."""
A, B = sample_catalog()[0], sample_catalog()[1]


def of_the_package(frame: FrameType | None) -> Iterator[str]:
    """The package's files on the stack, the innermost first."""
    while frame is not None:
        if frame.f_code.co_filename.startswith(PACKAGE):
            yield frame.f_code.co_filename.removeprefix(PACKAGE)
        frame = frame.f_back


class Watch:
    """Notes the package's files that a thread enters, in order, and those that are called back into."""

    def __init__(self) -> None:
        self.entered: dict[str, None] = {}
        self.back: list[tuple[str, str]] = []

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(PACKAGE):
            here, *callers = of_the_package(frame)
            self.entered[here] = None
            if callers and callers[0] != here and here in callers:
                self.back.append((callers[0], here))


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine("chairs", device="cpu")


@pytest.mark.parametrize(("t", "is_ahead"), [(0.3333, False), (0.33, True)], ids=["live", "ahead"])
def test_a_slider_value_enters_few_files_and_none_twice(t: float, is_ahead: bool, engine: Engine) -> None:
    blends: queue.Queue[BlendResult] = queue.Queue()
    ended, watch = threading.Event(), Watch()

    def hear(event: Event) -> None:
        if isinstance(event, Blended):
            blends.put(event.result)
        elif isinstance(event, TaskDone | TaskFailed):
            ended.set()

    def move_and_watch(engine: Engine) -> Iterator[tuple[int, int]]:
        next(step for step in engine.decode_ahead(BlendRequest(A, B, 0.33)) if getattr(step, "done", 0))
        thread.blend(BlendRequest(A, B, t))
        sys.setprofile(watch)  # of this thread only, the engine's
        yield 1, 2  # the move goes before the task's next step
        sys.setprofile(None)

    thread = EngineThread(lambda: engine, hear)
    thread.start()
    try:
        thread.blend(BlendRequest(A, B, 0.33))
        blends.get(timeout=60)
        thread.run("Watching", move_and_watch)  # type: ignore[arg-type]
        assert ended.wait(60)
    finally:
        assert thread.stop(60)
    *_, last = blends.queue
    assert last.request.t == t and last.decoded_ahead == is_ahead
    assert not watch.back, "a file that was left by a call was called back into"
    entered = [file for file in watch.entered if file != OF_THE_WATCH]
    assert len(entered) <= MOST_FILES, entered
    assert entered[0] == "engine/thread.py" and "surface/extract.py" in entered
    if not is_ahead:
        assert {file for file in entered if file not in BESIDE} == set(documented())


def documented() -> list[str]:
    """The engine's part of the slider value's way, as `docs/architecture.md` lists it."""
    text = DOCUMENT.read_text(encoding="utf-8").split("**On the way:**", 1)[1].split("**Beside it:**", 1)[0]
    files = re.findall(r"`([\w/]+\.py)`", text)
    return [file for file in files if not file.startswith("gui/")]
