"""All pairs are computed beside the slider, shown while they come, and cancelled."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
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

from voxview.gui.window import MainWindow


def test_clicking_a_computed_cell_shows_that_pair_at_that_t(window: MainWindow, qtbot: QtBot) -> None:
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
    window: MainWindow, qtbot: QtBot
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
    assert page.panel.map.isVisible() and "cancelled" in window.messages.text


def test_what_waits_behind_other_work_does_not_hide_it(window: MainWindow, qtbot: QtBot) -> None:
    page = open_all_pairs(window, chairs=14, steps=11)
    page.compute()
    window.context.session.measure_again()
    assert window.progress.text.startswith("Computing all pairs")
    window.qactions["cancel"].trigger()
    qtbot.waitUntil(lambda: not is_running(page), timeout=WAIT_MS)
    assert not window.progress.busy or window.progress.text.startswith("Measuring")
    qtbot.waitUntil(lambda: not window.progress.busy, timeout=WAIT_MS)
