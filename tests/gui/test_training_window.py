"""Training from the window: a run is set up, seen, paused, continued, used, and found by the next window."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from looking import WAIT_MS
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from voxview.errors import VoxViewError
from voxview.gui.activity.feature import ActivityFeature
from voxview.gui.train import training
from voxview.gui.train.feature import TrainFeature
from voxview.gui.window import MainWindow
from voxview.model.weights import find_weights
from voxview.training.child import processes
from voxview.training.child import run as child_run
from voxview.training.child.log import RunLog
from voxview.training.child.recipes import RECIPES, Recipe
from voxview.training.child.run import RunState

PRETENDED = Path(__file__).parents[1] / "pretended_training.py"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a process is requested to stop by a signal")


@pytest.fixture(autouse=True)
def pretended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs be of a program that only pretends, and that waits at its twelfth step."""
    # Beside other tests it would not get its turn for long.
    monkeypatch.setattr(processes, "let_others_go_first", lambda _: None)
    monkeypatch.setattr(child_run, "command", lambda: [sys.executable, str(PRETENDED)])
    monkeypatch.setattr("voxview.gui.train.feature._LOOKED_AFTER_MS", 50)
    monkeypatch.setattr("voxview.gui.train.training._POLLED_EVERY_MS", 100)
    monkeypatch.setenv("PRETENDED_WEIGHTS", str(find_weights("study")))
    slow = Recipe("Slow", "It waits.", {**RECIPES[0].options, "architecture": "slow", "steps": 40})
    monkeypatch.setattr("voxview.gui.train.setup_form.RECIPES", (slow, *RECIPES[1:]))


def _state(window: MainWindow) -> RunState | None:
    status = window.feature(TrainFeature).training.status
    return None if status is None else status.state


def _started(window: MainWindow, qtbot: QtBot, folder: Path) -> TrainFeature:
    """Return the feature with a run that has come to the step at which it waits."""
    window.qactions["train"].trigger()
    feature = window.feature(TrainFeature)
    assert feature.dialog is not None and not feature.dialog.shows_run
    feature.dialog.form.folder.setText(str(folder))
    feature.dialog.form.name.setText("mine")
    QTest.keyClick(feature.dialog.form.name, Qt.Key.Key_Return)
    assert feature.dialog.shows_run
    qtbot.waitUntil(lambda: feature.dialog.view.line.toolTip().startswith("12 of 40 steps"), timeout=WAIT_MS)
    return feature


def test_a_run_is_seen_paused_continued_and_used(flat: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    feature = _started(flat, qtbot, tmp_path / "runs")
    view = feature.dialog.view
    assert view.title.text() == "mine trains" and not view.use.isEnabled() and not view.new.isEnabled()
    assert view.iou.heading == "Held-out IoU  real 0.500" and "0.67" in view.loss.accessibleName()
    qtbot.waitUntil(lambda: view.strip.count == 7, timeout=WAIT_MS)
    assert view.strip.text == "A to B by the weights after step 10"
    # The run is listed with what else goes on, and has no bar that one would wait for.
    assert not flat.progress.busy
    flat.qactions["activity"].trigger()
    activity = flat.feature(ActivityFeature)
    assert activity.button.text() == "1" and activity.dialog is not None
    (row,) = activity.dialog.work.rows
    assert row.work.title == "Training mine" and row.cancel.text() == "Pause"
    row.cancel.click()
    qtbot.waitUntil(lambda: _state(flat) == RunState.PAUSED, timeout=5000)
    assert "mine is paused after step 12 of 40" in flat.messages.text and activity.button.text() == ""
    assert view.pause.text() == "Continue"
    view.pause.click()
    qtbot.waitUntil(lambda: _state(flat) == RunState.DONE, timeout=WAIT_MS)
    assert "mine is done: held-out IoU 0.500 on real" in flat.messages.text
    use = next(button for button in flat.messages.findChildren(QPushButton) if button.isVisible())
    use.click()
    engine = flat.context.session.engine
    qtbot.waitUntil(lambda: engine.card is not None and engine.card.title == "mine", timeout=WAIT_MS)
    view.new.click()
    feature.dialog.form.name.setText("mine")
    feature.dialog.form.folder.setText(str(tmp_path / "runs"))
    feature.dialog.form.button.click()
    assert "choose another name" in feature.dialog.form.line.text() and not feature.dialog.shows_run


def test_a_window_that_is_closed_pauses_its_run_and_the_next_one_goes_on(
    open_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    first = open_window(flat=True)
    run = _started(first, qtbot, tmp_path / "runs").training.run
    first.close()
    qtbot.waitUntil(lambda: run.status().state == RunState.PAUSED, timeout=WAIT_MS)
    second = open_window(flat=True)
    qtbot.waitUntil(lambda: "mine paused after step 12 of 40" in second.messages.text, timeout=WAIT_MS)
    second.feature(TrainFeature).training.resume()
    qtbot.waitUntil(lambda: _state(second) == RunState.DONE, timeout=WAIT_MS)


def test_what_cannot_be_started_is_one_line(unstarted: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    unstarted.qactions["train"].trigger()
    form = unstarted.feature(TrainFeature).dialog.form
    for name, folder, samples, said in (
        ("a/b", tmp_path, 10, "is no name of a run"),
        ("", tmp_path, 10, "a name and a folder are needed"),
        ("mine", tmp_path / "file" / "runs", 10, "cannot make the folder"),
        ("mine", tmp_path, 0, "nothing to learn from"),
    ):
        form.name.setText(name)
        form.folder.setText(str(folder))
        form.samples.setValue(samples)
        form.button.click()
        assert said in form.line.text().replace("A name", "a name").replace("Cannot", "cannot"), said
    form.recipe.setCurrentIndex(1)
    assert form.weights.isVisibleTo(form) and form.options()["start_from"] == form.weights.currentData()


def test_a_run_that_does_not_listen_is_paused_within_the_time_that_is_promised(
    unstarted: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert training._INSIST_AFTER_MS + training._KILL_AFTER_MS < 5000
    assert training._patience_ms(RunLog(100, 50.0)) == training._INSIST_AFTER_MS
    assert training._patience_ms(RunLog(12, 240.0)) == 2 * 20_000, "steps of 20 s are waited for"
    monkeypatch.setattr(training, "_INSIST_AFTER_MS", 100)
    monkeypatch.setattr(training, "_KILL_AFTER_MS", 200)
    run = unstarted.feature(TrainFeature).training
    run.start(tmp_path / "runs" / "mine.safetensors", {"architecture": "stubborn", "steps": 40}, "")
    with pytest.raises(VoxViewError, match="pause it first"):
        run.start(tmp_path / "runs" / "other.safetensors", {"steps": 40}, "")
    qtbot.waitUntil(lambda: run.status is not None and run.status.log.step == 12, timeout=WAIT_MS)
    run.pause()
    assert _state(unstarted) == RunState.STOPPING
    qtbot.waitUntil(lambda: _state(unstarted) == RunState.PAUSED, timeout=WAIT_MS)


def test_the_run_of_a_window_that_was_killed_is_taken_over(
    unstarted: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    run = child_run.start(tmp_path / "mine.safetensors", {"architecture": "slow", "steps": 40})
    replace(run.record, window_pid=2**22 + 1, window_mark="long ago").write(run.files.record)
    unstarted.context.settings.remember(training.SETTING, str(run.out))
    found = unstarted.feature(TrainFeature).training
    found.find()
    assert found.goes_on and found.run is not None and found.run.is_of_this_window
    assert "mine goes on" in unstarted.messages.text
    qtbot.waitUntil(lambda: found.status is not None and found.status.log.step == 12, timeout=WAIT_MS)
    found.pause()
    qtbot.waitUntil(lambda: _state(unstarted) == RunState.PAUSED, timeout=WAIT_MS)
    assert not run.status().goes_on
