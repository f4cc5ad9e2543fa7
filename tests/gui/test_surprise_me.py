"""Surprise me on a fresh start: good blends as they are found, until the person moves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from looking import WAIT_MS, selection_of, shown_in, transport, wait_for_position
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from voxview.engine import surprise
from voxview.engine.shape_quality import ShapeQuality
from voxview.engine.step import Step
from voxview.engine.surprise import Surprise
from voxview.gui.window import MainWindow
from voxview.shapes.catalogs.samples import sample_catalog

GOOD = ShapeQuality(1.0, 1, 0, True, True, 0.9, 0.4, 0.9)
CHAIRS = sample_catalog()


@pytest.fixture
def window(flat: MainWindow) -> MainWindow:
    """Return a window with pictures instead of the 3D view, which nothing here looks at."""
    return flat


@pytest.fixture
def two_finds(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Let a search find two blends, go on for ever, and note its end."""
    ends: list[str] = []

    def find(*_: object) -> Iterator[Step]:
        try:
            yield Step(1, 12, Surprise(CHAIRS[4], CHAIRS[5], 0.3, GOOD), "pairs")
            yield Step(2, 12, Surprise(CHAIRS[6], CHAIRS[7], 0.7, GOOD), "pairs")
            while True:
                time.sleep(0.01)
                yield Step(3, 12, None, "pairs")
        finally:
            ends.append("ended")

    monkeypatch.setattr(surprise, "find_surprise", find)
    yield ends


def test_the_pair_on_screen_is_refined_after_the_first_find(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, finds = window.context.session.engine, []

    def find(*_: object) -> Iterator[Step]:
        while not finds:
            time.sleep(0.01)
            yield Step(0, 12, None, "pairs")
        yield Step(1, 12, Surprise(CHAIRS[4], CHAIRS[5], 0.3, GOOD), "pairs")
        while len(finds) < 2:
            time.sleep(0.01)
            yield Step(1, 12, None, "pairs")

    monkeypatch.setattr(surprise, "find_surprise", find)
    qtbot.waitUntil(lambda: not engine.holds_idle_work, timeout=WAIT_MS)
    qtbot.keyClick(window, Qt.Key.Key_U)
    assert engine.holds_idle_work
    finds.append("first")
    qtbot.waitUntil(lambda: selection_of(window).pair == (CHAIRS[4], CHAIRS[5]), timeout=WAIT_MS)
    assert not engine.holds_idle_work
    finds.append("end")


def test_a_real_search_goes_to_a_good_blend_and_says_which(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surprise, "PAIRS", 3)
    before = selection_of(window).pair
    qtbot.keyClick(window, Qt.Key.Key_U)
    qtbot.waitUntil(lambda: "finds another" in window.messages.text, timeout=WAIT_MS)
    a, b = selection_of(window).pair
    assert (a, b) != before and a is not None and b is not None
    assert f"{a.name} and {b.name}" in window.messages.text
    qtbot.waitUntil(lambda: shown_in(window).quality is not None, timeout=WAIT_MS)
    assert shown_in(window).quality.is_good


def test_a_move_of_the_persons_own_ends_it_and_each_find_can_be_undone(
    window: MainWindow, qtbot: QtBot, two_finds: list[str]
) -> None:
    first = selection_of(window).pair
    window.qactions["surprise"].trigger()
    qtbot.waitUntil(lambda: selection_of(window).pair == (CHAIRS[6], CHAIRS[7]), timeout=WAIT_MS)
    wait_for_position(qtbot, window, 0.7)
    assert window.progress.text.startswith("Looking for a surprise  3 of 12 pairs") and not two_finds
    window.qactions["undo"].trigger()
    qtbot.waitUntil(lambda: bool(two_finds), timeout=WAIT_MS)
    assert selection_of(window).pair == (CHAIRS[4], CHAIRS[5]), "the find before, which was seen, is back"
    window.qactions["undo"].trigger()
    assert selection_of(window).pair == first
    window.qactions["surprise"].trigger()
    qtbot.waitUntil(lambda: selection_of(window).pair == (CHAIRS[6], CHAIRS[7]), timeout=WAIT_MS)
    transport(window).slider.setValue(20)
    qtbot.waitUntil(lambda: len(two_finds) == 2 and not window.progress.busy, timeout=WAIT_MS)
    assert selection_of(window).pair == (CHAIRS[6], CHAIRS[7]) and selection_of(window).position.t == 0.2


def test_before_the_engine_is_there_it_waits_for_it(
    open_window: Callable[..., MainWindow], qtbot: QtBot, two_finds: list[str]
) -> None:
    window = open_window(wait=False, flat=True)
    window.qactions["surprise"].trigger()
    assert "as soon as the engine has started" in window.messages.text
    qtbot.waitUntil(lambda: selection_of(window).pair == (CHAIRS[6], CHAIRS[7]), timeout=WAIT_MS)
    window.qactions["cancel"].trigger()
    qtbot.waitUntil(lambda: bool(two_finds), timeout=WAIT_MS)
