"""Even pace: ticks, keys, playing and the exported morph go by equal changes of the shape."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from looking import WAIT_MS, browser, selection_of, shown_in, transport
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from voxview.engine.mix import MixRequest
from voxview.engine.request import Position
from voxview.gui.blend.slider import STEPS, TickSlider
from voxview.gui.blend.ticks import Ticks
from voxview.gui.context import playback as playback_module
from voxview.gui.context.playback import CROSSING_SECONDS, Playback
from voxview.gui.files.export_dialog import ExportDialog
from voxview.gui.window import MainWindow
from voxview.model.arc_length import EVEN_PACE, ArcLength

TENTHS = tuple(range(0, 101, 10))


@pytest.fixture
def window(flat: MainWindow) -> MainWindow:
    """Return a window with pictures instead of the 3D view, which nothing here looks at."""
    return flat


def fast_in_the_middle() -> ArcLength:
    """Return the arc length of a path on which most happens around t = 0.6."""
    t = np.linspace(0, 1, STEPS + 1)
    return ArcLength.of(t, 1 / (1 + 400 * (t[1:] - 0.6) ** 2))


def _wait_for_arc_length(qtbot: QtBot, window: MainWindow) -> ArcLength:
    def known() -> ArcLength | None:
        path = shown_in(window).path
        return path.arc_length if path is not None else None

    qtbot.waitUntil(lambda: known() is not None, timeout=WAIT_MS)
    arc = known()
    assert arc is not None
    return arc


def _ticks(window: MainWindow) -> tuple[int, ...]:
    return transport(window).slider.ticks.steps


def test_the_ticks_are_at_equal_changes_once_the_path_is_known_and_at_tenths_again_without(
    window: MainWindow, qtbot: QtBot
) -> None:
    arc = _wait_for_arc_length(qtbot, window)
    assert _ticks(window) == TENTHS, "linear is the default"
    window.qactions["even_pace"].setChecked(True)
    even = _ticks(window)
    assert even != TENTHS and (even[0], even[-1]) == (0, STEPS)
    shares = np.diff([arc.share_at(step / STEPS) for step in even])
    finest = max(arc.share_at((step + 1) / STEPS) - arc.share_at(step / STEPS) for step in range(STEPS))
    assert len(shares) == 10 and np.abs(shares - 0.1).max() <= finest
    assert selection_of(window).position.t == 0.5, "the position stays"
    window.qactions["even_pace"].setChecked(False)
    assert _ticks(window) == TENTHS


def test_another_pair_has_plain_ticks_until_its_own_path_is_known(window: MainWindow, qtbot: QtBot) -> None:
    window.qactions["even_pace"].setChecked(True)
    _wait_for_arc_length(qtbot, window)
    first = _ticks(window)
    assert first != TENTHS
    chairs = browser(window).model
    selection_of(window).choose(a=chairs.chair(7), b=chairs.chair(30))
    assert _ticks(window) == TENTHS and window.context.playback.arc_length is None
    _wait_for_arc_length(qtbot, window)
    assert _ticks(window) not in (TENTHS, first)
    before = _ticks(window)
    window.qactions["swap"].trigger()
    _wait_for_arc_length(qtbot, window)
    assert np.abs(np.array(_ticks(window)) - [STEPS - step for step in reversed(before)]).max() <= 1


def test_the_ticks_of_a_pair_stay_while_a_mix_is_in_the_middle(window: MainWindow, qtbot: QtBot) -> None:
    window.qactions["even_pace"].setChecked(True)
    _wait_for_arc_length(qtbot, window)
    even, pair = _ticks(window), selection_of(window).pair
    selection_of(window).show_mix(MixRequest(pair, (0.5, 0.5)))  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: shown_in(window).mix is not None, timeout=WAIT_MS)
    assert _ticks(window) == even


def test_page_keys_and_a_wheel_with_ctrl_go_from_one_even_tick_to_the_next(qtbot: QtBot) -> None:
    slider = TickSlider()
    qtbot.addWidget(slider)
    slider.show_ticks(Ticks.of(fast_in_the_middle()))
    ticks = slider.ticks.steps
    assert ticks[:3] != TENTHS[:3]
    slider.setValue(0)
    for tick in ticks[1:]:
        QTest.keyClick(slider, Qt.Key.Key_PageUp)
        assert slider.value() == tick
    QTest.keyClick(slider, Qt.Key.Key_PageUp)
    assert slider.value() == STEPS
    slider.setValue(ticks[5] + 1)
    QTest.keyClick(slider, Qt.Key.Key_PageDown)
    assert slider.value() == ticks[5]
    for turn, tick in ((120, ticks[6]), (-120, ticks[5])):
        _turn_wheel(slider, turn)
        assert slider.value() == tick


def test_fewer_ticks_are_drawn_where_the_shape_jumps_and_no_labels_overlap() -> None:
    t = np.linspace(0, 1, STEPS + 1)
    ticks = Ticks.of(ArcLength.of(t, np.where(np.arange(STEPS) == 56, 100.0, 1.0)))
    assert len(ticks.steps) < 11 and list(ticks.steps) == sorted(set(ticks.steps))
    x = [16 + 4.0 * step for step in ticks.steps]
    labelled = ticks.labelled(x, 30)
    assert labelled[0] == 0 and labelled[-1] == len(x) - 1
    assert min(np.diff([x[tick] for tick in labelled])) >= 30


def test_playing_at_even_pace_changes_the_shape_equally_in_equal_times(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(np.arange(0, 1000) * CROSSING_SECONDS / 100)
    monkeypatch.setattr(playback_module, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    playback = Playback()
    playback.loop = False
    playback.arc_length = arc = fast_in_the_middle()
    seen: list[float] = []
    playback.moved.connect(lambda position: seen.append(position.t))
    playback.play(Position(0.0))
    qtbot.waitUntil(lambda: not playback.playing, timeout=WAIT_MS)
    there = seen[: seen.index(1.0) + 1]
    assert len(there) in (100, 101) and seen[-1] == 0.0
    expected = [arc.t_at(min(1.0, (tick + 1) / 100)) for tick in range(len(there))]
    assert there == pytest.approx(expected, abs=0.0051)
    assert np.median(there) == pytest.approx(0.6, abs=0.02), "half of the time is spent beyond the middle"


def test_playing_turns_even_when_the_path_is_known_and_goes_on_from_where_it_is(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(np.arange(0, 1000) * CROSSING_SECONDS / 100)
    monkeypatch.setattr(playback_module, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    playback = Playback()
    seen: list[float] = []

    def heard(position: Position) -> None:
        seen.append(position.t)
        if len(seen) == 20:
            playback.arc_length = fast_in_the_middle()
        if position.t == 1.0:
            playback.pause()

    playback.moved.connect(heard)
    playback.play(Position(0.0))
    qtbot.waitUntil(lambda: not playback.playing, timeout=WAIT_MS)
    assert np.diff(seen[:20]) == pytest.approx(0.01)
    arc = fast_in_the_middle()
    after = [arc.share_at(0.2) + 0.01 * tick for tick in range(1, len(seen) - 19)]
    assert seen[20:-1] == pytest.approx([arc.t_at(share) for share in after[:-1]], abs=0.0051)


def test_the_window_plays_along_the_arc_length_of_the_pair_on_screen(
    window: MainWindow, qtbot: QtBot
) -> None:
    arc = _wait_for_arc_length(qtbot, window)
    assert window.context.playback.arc_length is None
    window.qactions["even_pace"].setChecked(True)
    assert window.context.playback.arc_length is arc


def test_the_pace_is_there_again_at_the_next_start(open_window: Callable[..., MainWindow]) -> None:
    first = open_window(start=False, wait=False)
    assert not first.qactions["even_pace"].isChecked()
    first.qactions["even_pace"].setChecked(True)
    first.close()
    second = open_window(start=False, wait=False)
    assert second.qactions["even_pace"].isChecked()
    assert _ticks(second) == TENTHS, "no path is known before there is an engine"


def test_a_morph_is_exported_at_the_pace_that_the_dialog_says(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    for checked, text in ((False, "Linear: equal steps of t"), (True, "Even: equal changes of shape")):
        window.qactions["even_pace"].setChecked(checked)
        window.qactions["export_morph"].trigger()
        dialog = window.findChildren(ExportDialog)[-1]
        pace = {box.accessibleName(): box for box in dialog.findChildren(QComboBox)}["Pace of the steps"]
        assert pace.currentText() == text
        dialog.folder.setText(str(tmp_path))
        dialog.name.setText("even")
        for kind, box in dialog.formats.boxes.items():
            box.setChecked(kind == "npy")
        if checked:
            dialog.accept()
        else:
            dialog.reject()
    qtbot.waitUntil(lambda: "even pace: the largest step is" in window.messages.text, timeout=WAIT_MS)
    record = json.loads((tmp_path / "even/morph.json").read_text())
    assert record["pace"] == "even" and record["largest_step_over_mean"] <= EVEN_PACE


def _turn_wheel(slider: TickSlider, by: int) -> None:
    at = QPointF(slider.rect().center())
    QApplication.sendEvent(
        slider,
        QWheelEvent(
            at,
            QPointF(slider.mapToGlobal(at.toPoint())),
            QPoint(0, 0),
            QPoint(0, by),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.ControlModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )
