"""Which weights are loaded is in sight, and can be changed while the program runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from looking import WAIT_MS, is_running, selection_of, shown_in, timings, transport, wait_for_position
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from voxview.engine.request import Position
from voxview.gui.all_pairs.controller import AllPairsController
from voxview.gui.all_pairs.feature import AllPairsFeature
from voxview.gui.blend.feature import BlendFeature
from voxview.gui.context.settings import Settings
from voxview.gui.weights.feature import WeightsFeature
from voxview.gui.window import MainWindow
from voxview.model.weights_card import SHIPPED, find_weights


def _choose(window: MainWindow, name: str) -> None:
    actions = window.feature(WeightsFeature).menu.actions()
    next(action for action in actions if action.data() == name).trigger()


def _ticked(window: MainWindow) -> list[str]:
    return [action.data() for action in window.feature(WeightsFeature).menu.actions() if action.isChecked()]


def _wait_for_weights(qtbot: QtBot, window: MainWindow, title: str) -> None:
    def loaded() -> bool:
        card = window.context.session.engine.card
        return card is not None and card.title == title and not window.progress.busy

    qtbot.waitUntil(loaded, timeout=WAIT_MS)


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    """Return a window with the default weights, and pictures instead of the 3D view."""
    return open_window(weights="chairs", flat=True)


@pytest.fixture
def study_file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.safetensors"
    path.write_bytes(find_weights("study").read_bytes())
    return path


def test_the_weights_in_use_are_in_sight_with_what_they_are(window: MainWindow) -> None:
    button = window.feature(WeightsFeature).button
    assert button.isVisible() and button.isEnabled() and button.text() == "Weights: chairs"
    assert (
        SHIPPED["chairs"] in button.toolTip()
        and "IoU, real chairs of the validation split: 0." in button.toolTip()
    )
    assert _ticked(window) == ["chairs"]
    texts = [action.text() for action in window.feature(WeightsFeature).menu.actions()]
    for name, line in SHIPPED.items():
        assert f"{name}\t{line}" in texts or f"{name}\tnot installed" in texts


def test_other_weights_keep_the_pair_and_t_and_forget_the_rest(window: MainWindow, qtbot: QtBot) -> None:
    window.feature(BlendFeature).move_by_hand(Position(0.3))
    wait_for_position(qtbot, window, 0.3)
    qtbot.waitUntil(lambda: shown_in(window).scores is not None, timeout=WAIT_MS)
    before, pair = shown_in(window).blend, selection_of(window).pair
    iou = window.status.iou.text()
    assert before is not None
    _choose(window, "study")
    assert _ticked(window) == ["chairs"], "not loaded yet"
    with qtbot.waitSignal(window.context.session.engine.weights_changed, timeout=WAIT_MS):
        pass
    assert transport(window).quality_bar.scores is None and timings(window).figures.total("cpu") is None
    qtbot.waitUntil(lambda: shown_in(window).blend is not before, timeout=WAIT_MS)
    after = shown_in(window).blend
    assert after is not None and after.request.t == 0.3
    assert (after.request.a, after.request.b) == pair == selection_of(window).pair
    assert not np.allclose(after.field, before.field, atol=0.05)
    assert window.status.iou.text() != iou
    _wait_for_weights(qtbot, window, "study")
    assert (window.feature(WeightsFeature).button.text(), _ticked(window)) == ("Weights: study", ["study"])
    assert "study" in window.messages.text


def test_weights_change_in_the_middle_of_playing(window: MainWindow, qtbot: QtBot) -> None:
    window.qactions["play"].trigger()
    _choose(window, "study")
    _wait_for_weights(qtbot, window, "study")
    assert window.context.playback.playing
    shown: list[float] = []
    shown_in(window).changed.connect(lambda result: shown.append(result.request.t))
    qtbot.waitUntil(lambda: len(shown) > 5, timeout=WAIT_MS)
    window.qactions["play"].trigger()


def test_a_broken_file_is_reported_and_nothing_changes(
    window: MainWindow, qtbot: QtBot, study_file: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(study_file.read_bytes()[:1000])
    window.context.session.tasks.change_weights(str(broken))
    qtbot.waitUntil(lambda: "broken.safetensors" in window.messages.text, timeout=WAIT_MS)
    assert "\n" not in window.messages.text and "Loading the weights broken failed" in window.messages.text
    assert (window.feature(WeightsFeature).button.text(), _ticked(window)) == ("Weights: chairs", ["chairs"])
    window.feature(BlendFeature).move_by_hand(Position(0.7))
    wait_for_position(qtbot, window, 0.7)
    assert window.context.settings.text("weights") == "chairs"


def test_a_file_gets_a_line_of_its_own_and_is_there_at_the_next_start(
    open_window: Callable[..., MainWindow], qtbot: QtBot, study_file: Path, tmp_path: Path
) -> None:
    window = open_window(weights="chairs", flat=True)
    window.context.session.tasks.change_weights(str(study_file))
    _wait_for_weights(qtbot, window, "mine")
    assert _ticked(window) == [str(study_file)]
    assert str(study_file) in window.feature(WeightsFeature).button.toolTip()
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
    assert other.context.settings.text("weights") == "study", "named for this time only"
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
    window.qactions["show_all_pairs"].trigger()
    page = window.feature(AllPairsFeature).controller
    assert isinstance(page, AllPairsController)
    page.panel.choice.count.setValue(3)
    page.panel.choice.steps.setValue(3)
    page.panel.button.click()
    qtbot.waitUntil(lambda: page.panel.scores is not None and not is_running(page), timeout=WAIT_MS)
    assert not page.panel.stale.isVisible() and page.has_scores
    _choose(window, "study")
    _wait_for_weights(qtbot, window, "study")
    assert page.panel.stale.isVisible() and "weights chairs" in page.panel.stale.text()
    assert not page.has_scores, "Surprise me looks for itself meanwhile"
    _choose(window, "chairs")
    _wait_for_weights(qtbot, window, "chairs")
    assert not page.panel.stale.isVisible() and page.has_scores


def test_space_opens_the_menu_and_does_not_play(window: MainWindow, qtbot: QtBot) -> None:
    button = window.feature(WeightsFeature).button
    button.setFocus()
    QTimer.singleShot(300, window.feature(WeightsFeature).menu.close)
    with qtbot.waitSignal(window.feature(WeightsFeature).menu.aboutToShow, timeout=WAIT_MS):
        QTest.keyClick(button, Qt.Key.Key_Space)
    assert not window.context.playback.playing
