"""A slider value goes straight through the engine: few files, and none is called back into."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

import voxview
from voxview.engine.engine import Engine
from voxview.engine.events import Blended, Event
from voxview.engine.request import BlendRequest
from voxview.engine.thread import EngineThread
from voxview.shapes.catalogs.samples import sample_catalog

PACKAGE = str(Path(voxview.__file__).parent) + "/"
MOST_FILES = 13
DOCUMENT = Path(__file__).parents[2] / "docs" / "architecture.md"
BESIDE = ("engine/chair_cache.py", "engine/timings.py")
"""What the document says the value passes by: the pair's latents, and the milliseconds."""
A, B = sample_catalog()[0], sample_catalog()[1]


def of_the_package(frame: FrameType | None) -> Iterator[str]:
    """The package's files on the stack, the innermost first."""
    while frame is not None:
        if frame.f_code.co_filename.startswith(PACKAGE):
            yield frame.f_code.co_filename.removeprefix(PACKAGE)
        frame = frame.f_back


@pytest.mark.parametrize(("t", "is_ahead"), [(0.3333, False), (0.33, True)], ids=["live", "ahead"])
def test_a_slider_value_enters_few_files_and_none_twice(t: float, is_ahead: bool) -> None:
    engine, heard = Engine("chairs", device="cpu"), list[Event]()
    thread = EngineThread(lambda: engine, heard.append)
    request = BlendRequest(A, B, 0.33)
    thread._answer(engine, request)
    next(step for step in engine.decode_ahead(request) if getattr(step, "done", 0))
    entered: dict[str, None] = {}
    back: list[tuple[str, str]] = []

    def watch(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(PACKAGE):
            here, *callers = of_the_package(frame)
            entered[here] = None
            if callers and callers[0] != here and here in callers:
                back.append((callers[0], here))

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        thread._answer(engine, BlendRequest(A, B, t))
    finally:
        sys.setprofile(before)
    assert isinstance(heard[-1], Blended) and heard[-1].result.decoded_ahead == is_ahead
    assert not back, "a file that was left by a call was called back into"
    assert len(entered) <= MOST_FILES, list(entered)
    assert next(iter(entered)) == "engine/thread.py" and "surface/extract.py" in entered
    if not is_ahead:
        assert {file for file in entered if file not in BESIDE} == set(documented())


def documented() -> list[str]:
    """The engine's part of the slider value's way, as `docs/architecture.md` lists it."""
    text = DOCUMENT.read_text(encoding="utf-8").split("**On the way:**", 1)[1].split("**Beside it:**", 1)[0]
    files = re.findall(r"`([\w/]+\.py)`", text)
    return [file for file in files if not file.startswith("gui/")]
