"""The way of one slider value through the window: the files that `docs/architecture.md` lists.

The part on the engine's thread is held against the document in `tests/unit/test_engine_path.py`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest
from looking import shown_in, transport, wait_for_position
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

import voxview
from voxview.engine.events import Blended
from voxview.engine.request import Position
from voxview.gui.window import MainWindow

PACKAGE = str(Path(voxview.__file__).parent) + "/"
DOCUMENT = Path(__file__).parents[2] / "docs" / "architecture.md"
MOST_FILES = 20
POSITION = Position(0.4321)  # none of the slider's own: it is not decoded ahead


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    """Return a window with the default weights, whose network is the one that the document lists."""
    return open_window(weights="chairs")


def listed(heading: str) -> list[str]:
    """The files that the document lists below a heading, in order."""
    text = DOCUMENT.read_text(encoding="utf-8").split(heading, 1)[1]
    return re.findall(r"`([\w/]+\.py)`", re.split(r"\n## |\n\*\*", text, maxsplit=1)[0])


def entered_during(call: Callable[[], object]) -> tuple[list[str], list[tuple[str, str]]]:
    """The package's files in the order in which a call enters them, and those that are called back into."""
    entered: dict[str, None] = {}
    again: list[tuple[str, str]] = []

    def watch(frame: FrameType, event: str, _: object) -> None:
        if event != "call" or not frame.f_code.co_filename.startswith(PACKAGE):
            return
        stack: list[str] = []
        outer: FrameType | None = frame
        while outer is not None:
            if outer.f_code.co_filename.startswith(PACKAGE):
                stack.append(outer.f_code.co_filename.removeprefix(PACKAGE))
            outer = outer.f_back
        here, *callers = stack
        entered[here] = None
        if callers and callers[0] != here and here in callers:
            again.append((callers[0], here))

    sys.setprofile(watch)
    try:
        call()
    finally:
        sys.setprofile(None)
    return list(entered), again


def test_a_slider_value_enters_few_files_each_once() -> None:
    way = listed("**On the way:**")
    assert len(set(way)) == len(way) <= MOST_FILES


def test_a_slider_value_enters_the_listed_files_to_the_engine_and_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    way, beside = listed("**On the way:**"), listed("**Beside it:**")
    there = way[: way.index("engine/thread.py") + 1]
    back = way[way.index("gui/session/bridge.py") :]
    slider, bridge = transport(window).slider, window.context.session.engine.bridge

    entered, again = entered_during(lambda: slider.moved.emit(POSITION))
    assert again == [], "a file that was left by a call is called back into"
    # The test stands in for the slider, whose signal it emits; the slider shows the position, too.
    assert [file for file in entered if file in there[1:]] == there[1:]
    assert {file for file in entered if not file.startswith("gui/")} <= {*way, *beside}

    wait_for_position(qtbot, window, POSITION.t)
    result = shown_in(window).blend
    assert result is not None and result.request.t == POSITION.t and not result.decoded_ahead

    def come_back() -> None:
        bridge.put(Blended(result))
        QCoreApplication.sendPostedEvents(bridge)  # as the event loop does

    entered, again = entered_during(come_back)
    assert again == [], "a file that was left by a call is called back into"
    assert [file for file in entered if file in back] == back
    assert {file for file in entered if not file.startswith("gui/")} <= {*way, *beside}


def test_the_slider_emits_positions_to_the_selection(unstarted: MainWindow) -> None:
    transport(unstarted).slider.setValue(37)
    assert unstarted.context.session.selection.position == Position.at_step(37)
