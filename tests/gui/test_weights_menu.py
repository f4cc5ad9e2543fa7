"""Which weights are loaded is in sight, and can be changed while the program runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from looking import WAIT_MS, wait_for_position
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from voxview.gui.settings import Settings
from voxview.gui.window import MainWindow
from voxview.model.shipped import SHIPPED, find_weights


def _choose(window: MainWindow, name: str) -> None:
    next(action for action in window.weights.menu.actions() if action.data() == name).trigger()


def _ticked(window: MainWindow) -> list[str]:
    return [action.data() for action in window.weights.menu.actions() if action.isChecked()]


def _wait_for_weights(qtbot: QtBot, window: MainWindow, title: str) -> None:
    def loaded() -> bool:
        card = window.session.card
        return card is not None and card.title == title and not window.progress.busy

    qtbot.waitUntil(loaded, timeout=WAIT_MS)


@pytest.fixture
def study_file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.safetensors"
    path.write_bytes(find_weights("study").read_bytes())
    return path


def test_the_weights_in_use_are_in_sight_with_what_they_are(window: MainWindow) -> None:
    button = window.weights.button
    assert button.isVisible() and button.isEnabled() and button.text() == "Weights: chairs"
    assert SHIPPED["chairs"] in button.toolTip() and "IoU, real chairs held out: 0." in button.toolTip()
    assert _ticked(window) == ["chairs"]
    texts = [action.text() for action in window.weights.menu.actions()]
    for name, line in SHIPPED.items():
        assert f"{name}\t{line}" in texts or f"{name}\tnot installed" in texts


def test_other_weights_keep_the_pair_and_t_and_forget_the_rest(window: MainWindow, qtbot: QtBot) -> None:
    window.commands.move_by_hand(0.3)
    wait_for_position(qtbot, window, 0.3)
    qtbot.waitUntil(lambda: window.session.scores is not None, timeout=WAIT_MS)
    before, pair = window.session.result, (window.session.blending.a, window.session.blending.b)
    iou = window.status.iou.text()
    assert before is not None
    _choose(window, "study")
    assert _ticked(window) == ["chairs"], "not loaded yet"
    with qtbot.waitSignal(window.session.weights_changed, timeout=WAIT_MS):
        pass
    assert window.transport.strip.scores is None and window.timings.figures.total("cpu") is None
    qtbot.waitUntil(lambda: window.session.result is not before, timeout=WAIT_MS)
    after = window.session.result
    assert after is not None and after.request.t == 0.3
    assert (
        (after.request.a, after.request.b) == pair == (window.session.blending.a, window.session.blending.b)
    )
    assert not np.allclose(after.field, before.field, atol=0.05)
    assert window.status.iou.text() != iou
    _wait_for_weights(qtbot, window, "study")
    assert (window.weights.button.text(), _ticked(window)) == ("Weights: study", ["study"])
    assert "study" in window.messages.text


def test_weights_change_in_the_middle_of_playing(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_by_name["play"].trigger()
    _choose(window, "study")
    _wait_for_weights(qtbot, window, "study")
    assert window.playback.playing
    shown: list[float] = []
    window.session.blended.connect(lambda result: shown.append(result.request.t))
    qtbot.waitUntil(lambda: len(shown) > 5, timeout=WAIT_MS)
    window.actions_by_name["play"].trigger()


def test_a_broken_file_is_told_and_nothing_changes(
    window: MainWindow, qtbot: QtBot, study_file: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(study_file.read_bytes()[:1000])
    window.session.use_weights(str(broken))
    qtbot.waitUntil(lambda: "broken.safetensors" in window.messages.text, timeout=WAIT_MS)
    assert "\n" not in window.messages.text and "Loading the weights broken failed" in window.messages.text
    assert (window.weights.button.text(), _ticked(window)) == ("Weights: chairs", ["chairs"])
    window.commands.move_by_hand(0.7)
    wait_for_position(qtbot, window, 0.7)
    assert window.settings.text("weights") == "chairs"


def test_a_file_gets_a_line_of_its_own_and_is_there_at_the_next_start(
    open_window: Callable[..., MainWindow], qtbot: QtBot, study_file: Path, tmp_path: Path
) -> None:
    window = open_window()
    window.session.use_weights(str(study_file))
    _wait_for_weights(qtbot, window, "mine")
    assert _ticked(window) == [str(study_file)]
    assert str(study_file) in window.weights.button.toolTip()
    window.close()
    assert Settings(tmp_path / "voxview.ini").text("weights") == str(study_file)


def _start(window: MainWindow, **choice: str) -> None:
    window.show()
    window.startup.start([], None, **choice)


def test_remembered_weights_are_loaded_and_the_command_line_comes_first(
    qtbot: QtBot, open_window: Callable[..., MainWindow], tmp_path: Path
) -> None:
    settings = Settings(tmp_path / "voxview.ini")
    settings.remember("weights", "study")
    settings.save()
    window = MainWindow(Settings(tmp_path / "voxview.ini"))
    _start(window)
    _wait_for_weights(qtbot, window, "study")
    window.close()
    other = MainWindow(Settings(tmp_path / "voxview.ini"))
    _start(other, weights="chairs")
    _wait_for_weights(qtbot, other, "chairs")
    assert other.settings.text("weights") == "study", "named for this time only"
    other.close()


def test_remembered_weights_that_are_gone_leave_the_default_ones_and_a_line(
    qtbot: QtBot, open_window: Callable[..., MainWindow], study_file: Path, tmp_path: Path
) -> None:
    settings = Settings(tmp_path / "voxview.ini")
    settings.remember("weights", str(tmp_path / "gone.safetensors"))
    settings.save()
    window = MainWindow(Settings(tmp_path / "voxview.ini"))
    _start(window)
    qtbot.waitUntil(lambda: "gone.safetensors" in window.messages.text, timeout=WAIT_MS)
    assert "the default weights are in use" in window.messages.text
    _wait_for_weights(qtbot, window, "chairs")
    window.close()


def test_scores_of_all_pairs_say_when_they_are_of_other_weights(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_by_name["show_all_pairs"].trigger()
    page = window.side.all_pairs
    assert page is not None
    page.panel.choice.count.setValue(3)
    page.panel.choice.steps.setValue(3)
    page.panel.button.click()
    qtbot.waitUntil(lambda: page.panel.scores is not None and page._task is None, timeout=WAIT_MS)
    assert not page.panel.stale.isVisible() and page.panel.surprise.isEnabled()
    _choose(window, "study")
    _wait_for_weights(qtbot, window, "study")
    assert page.panel.stale.isVisible() and "weights chairs" in page.panel.stale.text()
    assert not page.panel.surprise.isEnabled()
    window.actions_by_name["surprise"].trigger()
    assert "weights chairs" in window.messages.text
    _choose(window, "chairs")
    _wait_for_weights(qtbot, window, "chairs")
    assert not page.panel.stale.isVisible() and page.panel.surprise.isEnabled()


def test_space_opens_the_menu_and_does_not_play(window: MainWindow, qtbot: QtBot) -> None:
    button = window.weights.button
    button.setFocus()
    QTimer.singleShot(300, window.weights.menu.close)
    with qtbot.waitSignal(window.weights.menu.aboutToShow, timeout=WAIT_MS):
        QTest.keyClick(button, Qt.Key.Key_Space)
    assert not window.playback.playing
