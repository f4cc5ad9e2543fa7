"""All pairs are computed beside the slider, shown while they come, and cancelled."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from looking import (
    WAIT_MS,
    blend_vertices,
    browser,
    is_running,
    open_all_pairs,
    selection_of,
    transport,
    view,
    wait_for_position,
)
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from voxview.engine.engine import Engine
from voxview.engine.step import Step
from voxview.gui.window import MainWindow


@pytest.fixture
def window(flat: MainWindow) -> MainWindow:
    """Return a window with pictures instead of the 3D view, which nothing here looks at."""
    return flat


def test_clicking_a_computed_cell_shows_that_pair_at_that_t(solid: MainWindow, qtbot: QtBot) -> None:
    window = solid
    page = open_all_pairs(window, chairs=4, steps=3)
    qtbot.mouseClick(page.panel.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.panel.scores is not None and not is_running(page), timeout=WAIT_MS)
    chairs = browser(window).model
    assert page.panel.scores is not None
    assert page.panel.scores.chairs == tuple(chairs.chair(row) for row in range(4))
    transport(window).slider.setValue(30)
    page.panel.step.setValue(2)  # the second of three steps, t = 0.5
    before = blend_vertices(window)
    cell = page.panel.map.cell_rect((3, 2)).center().toPoint()
    qtbot.mouseClick(page.panel.map, Qt.MouseButton.LeftButton, pos=cell)
    assert selection_of(window).pair == (chairs.chair(3), chairs.chair(2))
    assert selection_of(window).position.t == 0.5
    wait_for_position(qtbot, window, 0.5)
    assert not np.array_equal(blend_vertices(window), before)
    assert view(window).headings.a.below == chairs.chair(3).name
    page.show_scores(replace(page.panel.scores, seconds=1000.0))
    assert "about 17 min" in page.panel.estimate.text(), "the estimate is not of the finished run"


def test_while_all_pairs_are_computed_the_slider_answers_and_cancelling_leaves_the_scores_so_far(
    window: MainWindow, qtbot: QtBot, lingering_pairs: None
) -> None:
    page = open_all_pairs(window, chairs=14, steps=11)
    qtbot.mouseClick(page.panel.button, Qt.MouseButton.LeftButton)
    assert page.panel.button.text() == "Cancel"

    def some() -> bool:
        return page.panel.scores is not None and not np.isnan(page.panel.scores.whole[0, 1]).any()

    qtbot.waitUntil(some, timeout=WAIT_MS)
    transport(window).slider.setValue(80)
    wait_for_position(qtbot, window, 0.8)
    assert is_running(page), "the computation was over before the slider was tried"
    qtbot.mouseClick(page.panel.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not is_running(page), timeout=WAIT_MS)
    assert page.panel.button.text() == "Compute"
    scores = page.panel.scores
    assert scores is not None
    assert np.isnan(scores.whole).any() and not np.isnan(scores.whole[0, 1]).any()
    assert page.panel.map.isVisible() and "cancelled; the scores so far stay" in window.messages.text
    assert "not computed" in page.panel.found.text(), "half a run is told as if it were whole"


def test_what_waits_behind_other_work_does_not_hide_it(window: MainWindow, qtbot: QtBot) -> None:
    page = open_all_pairs(window, chairs=14, steps=11)
    page.compute()
    window.context.session.measure_again()
    assert window.progress.text.startswith("Computing all pairs")
    window.qactions["cancel"].trigger()
    qtbot.waitUntil(lambda: not is_running(page), timeout=WAIT_MS)
    assert not window.progress.busy or window.progress.text.startswith("Measuring")
    qtbot.waitUntil(lambda: not window.progress.busy, timeout=WAIT_MS)


def test_progress_has_figures_from_its_first_step_on(window: MainWindow, qtbot: QtBot) -> None:
    page = open_all_pairs(window, chairs=14, steps=11)
    texts: list[str] = []
    window.context.session.tasks.step.connect(lambda *_: texts.append(window.progress.text))
    window.context.session.tasks.step.connect(lambda *_: texts.append(page.panel.estimate.text()))
    page.compute()
    qtbot.waitUntil(lambda: len(texts) > 2, timeout=WAIT_MS)
    assert texts[:2] == ["Computing all pairs  0 of 14 chairs", "0 of 14 chairs."]
    qtbot.waitUntil(lambda: " of 833 blends" in texts[-1], timeout=WAIT_MS)
    page.compute()
    qtbot.waitUntil(lambda: not is_running(page), timeout=WAIT_MS)
    assert "833 blends: about" in page.panel.estimate.text(), "it still says how far it was"


def test_cancelling_is_said_until_it_has_been_done(window: MainWindow, qtbot: QtBot) -> None:
    stuck = threading.Event()

    def work(_: Engine) -> Iterator[Step]:
        yield Step(0, 9)
        assert stuck.wait(WAIT_MS / 1e3)
        yield Step(1, 9)

    tasks = window.context.session.tasks
    with qtbot.waitSignal(tasks.step, timeout=WAIT_MS):
        number = tasks.run("Reading", work, lambda _: None)  # type: ignore[arg-type]
    window.qactions["cancel"].trigger()
    tasks.step.emit(number, Step(1, 9), None)
    assert window.progress.text == "Cancelling: Reading"
    with qtbot.waitSignal(tasks.ended, timeout=WAIT_MS):
        stuck.set()
    assert window.messages.text == "Reading was cancelled", "it kept nothing"
