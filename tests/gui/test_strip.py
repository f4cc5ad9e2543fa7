"""Below the slider: how every blend of the pair is, and a way there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from looking import WAIT_MS, wait_for_position
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from voxview.engine.path_scores import PathScores
from voxview.engine.request import BlendRequest
from voxview.gui import theme
from voxview.gui.strip import Strip, cell_text, new_colour
from voxview.gui.tick_slider import STEPS, TickSlider
from voxview.gui.window import MainWindow
from voxview.shapes.samples import sample_catalog

A, B = sample_catalog()[0], sample_catalog()[1]


def _scores(whole: np.ndarray, standing: np.ndarray | None = None) -> PathScores:
    steps = np.arange(STEPS + 1)
    novelty = np.minimum(steps, STEPS - steps) / 100
    standing = np.ones(len(steps)) if standing is None else standing
    return PathScores(
        BlendRequest(A, B, 0.5),
        *(values.astype(np.float32) for values in (whole, standing, novelty)),
    )


def _wait_for_scores(qtbot: QtBot, window: MainWindow) -> PathScores:
    def known() -> bool:
        scores = window.session.scores
        return scores is not None and all(scores.is_known(step) for step in range(STEPS + 1))

    qtbot.waitUntil(known, timeout=WAIT_MS)
    scores = window.session.scores
    assert scores is not None
    return scores


def _at(window: MainWindow, t: float) -> QPoint:
    return QPoint(round(window.transport.slider.position_x(t * STEPS)), 5)


def _picture(strip: Strip) -> QImage:
    return strip.grab().toImage()


def _has_line(picture: QImage, x: int) -> bool:
    """Whether anything but the background is at x in the strip's lowest pixels."""
    background = QColor(theme.tones().window)
    return any(picture.pixelColor(x, y) != background for y in range(9, picture.height()))


@pytest.mark.parametrize("size", [(1600, 1000), (800, 600)])
def test_a_t_on_the_strip_is_right_below_that_t_on_the_slider(
    open_window: Callable[..., MainWindow], size: tuple[int, int]
) -> None:
    window = open_window(size=size)
    strip, slider = window.transport.strip, window.transport.slider
    assert strip.width() == slider.width()
    assert strip.mapTo(window, QPoint(0, 0)).x() == slider.mapTo(window, QPoint(0, 0)).x()
    assert strip.mapTo(window, QPoint(0, 0)).y() >= slider.mapTo(window, QPoint(0, slider.height())).y()
    for t in (0.0, 0.37, 1.0):
        QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=_at(window, t))
        assert window.session.blending.t == t


def test_the_strip_fills_with_the_path_and_is_grey_for_another_pair(window: MainWindow, qtbot: QtBot) -> None:
    scores = _wait_for_scores(qtbot, window)
    strip = window.transport.strip
    assert strip.scores is scores
    assert "101 blends" in strip.accessibleDescription()
    whole = sum(map(scores.is_whole, range(STEPS + 1)))
    qtbot.waitUntil(lambda: window.transport.summary.text == f"{whole} of 101 in one piece")
    chairs = window.browser.model
    window.session.choose(a=chairs.chair(7), b=chairs.chair(8))
    assert strip.scores is None and window.transport.summary.text == ""
    picture = _picture(strip)
    assert {picture.pixelColor(x, 4).name() for x in range(30, strip.width() - 30)} == {
        QColor(theme.tones().line).name()
    }
    again = _wait_for_scores(qtbot, window)
    assert (again.request.a, again.request.b) == (chairs.chair(7), chairs.chair(8))


def test_choosing_the_same_pair_again_keeps_what_is_known_of_it(window: MainWindow, qtbot: QtBot) -> None:
    scores, blending = _wait_for_scores(qtbot, window), window.session.blending
    title = window.trio.headings.a.accessibleName()
    other = window.browser.model.chair(9)
    a, b = blending.a, blending.b
    window.session.choose(a=other)
    window.session.choose(a=a, b=b, t=0.25)  # before the engine hears of the other one
    qtbot.waitUntil(lambda: window.transport.strip.scores is not None, timeout=WAIT_MS)
    assert window.trio.headings.a.accessibleName() == title and "IoU" in title
    again = _wait_for_scores(qtbot, window)
    assert np.allclose(again.novelty, scores.novelty, atol=1e-5)


def test_a_drag_on_the_strip_goes_along(window: MainWindow, qtbot: QtBot) -> None:
    strip = window.transport.strip
    QTest.mousePress(strip, Qt.MouseButton.LeftButton, pos=_at(window, 0.2))
    QTest.mouseMove(strip, _at(window, 0.6))
    assert window.session.blending.t == 0.6
    QTest.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=_at(window, 0.6))
    QTest.mouseMove(strip, _at(window, 0.9))
    assert window.session.blending.t == 0.6, "the button is up"
    wait_for_position(qtbot, window, 0.6)


def test_pointing_tells_of_the_blend_in_words(window: MainWindow, qtbot: QtBot) -> None:
    scores = _wait_for_scores(qtbot, window)
    QTest.mouseMove(window.transport.strip, _at(window, 0.5))
    QTest.mouseMove(window.transport.strip, _at(window, 0.37))
    qtbot.waitUntil(lambda: QToolTip.text().startswith("t = 0.37: "), timeout=WAIT_MS)
    assert f"{scores.novelty[37]:.0%} new (1 − IoU with the nearer of its two chairs)" in QToolTip.text()
    QToolTip.hideText()


def test_words_for_every_kind_of_blend() -> None:
    whole, standing = np.ones(STEPS + 1), np.ones(STEPS + 1)
    whole[37], standing[38], whole[39] = 0.9, 0, np.nan
    scores = _scores(whole, standing)
    new = "37% new (1 − IoU with the nearer of its two chairs)"
    assert cell_text(scores, 37) == f"t = 0.37: in pieces (90.0% hangs together), stands, {new}"
    assert "in one piece, does not stand" in cell_text(scores, 38)
    assert cell_text(scores, 39) == "t = 0.39: not decoded yet" == cell_text(None, 39)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("width", [150, 237, 640])
def test_the_line_breaks_where_the_blend_does_whatever_the_colours(
    qtbot: QtBot, qapp: object, name: str, width: int
) -> None:
    theme.apply_theme(name)
    slider = TickSlider()
    strip = Strip(slider)
    for widget in (slider, strip):
        qtbot.addWidget(widget)
        widget.resize(width, widget.sizeHint().height())
    strip.show()
    whole = np.ones(STEPS + 1)
    whole[30:61] = 0.5
    strip.show_scores(_scores(whole))
    picture = _picture(strip)
    left, right = (round(slider.position_x(step - 0.5)) for step in (30, 61))
    assert all(_has_line(picture, x) for x in range(round(slider.position_x(0)), left))
    assert all(_has_line(picture, x) for x in range(right, round(slider.position_x(STEPS))))
    dots = [_has_line(picture, x) for x in range(left, right)]
    assert 0.3 < np.mean(dots) < 0.5
    theme.apply_theme("light")


@pytest.mark.parametrize("width", [237, 640])
def test_a_single_broken_blend_is_a_gap_in_the_line(qtbot: QtBot, qapp: object, width: int) -> None:
    theme.apply_theme("light")
    slider = TickSlider()
    strip = Strip(slider)
    for widget in (slider, strip):
        qtbot.addWidget(widget)
        widget.resize(width, widget.sizeHint().height())
    whole = np.ones(STEPS + 1)
    whole[40] = 0.5
    strip.show_scores(_scores(whole))
    picture = _picture(strip)
    left, right = (round(slider.position_x(step - 0.5)) for step in (40, 41))
    line = [_has_line(picture, x) for x in range(left - 5, right + 5)]
    assert not line[5] and not line[-6] and all(line[:5]) and all(line[-5:])


@pytest.mark.parametrize("name", ["light", "dark"])
def test_newer_is_further_from_the_background_in_lightness_alone(qapp: object, name: str) -> None:
    theme.apply_theme(name)
    base = QColor(theme.tones().base).lightnessF()
    steps = [abs(new_colour(novelty).lightnessF() - base) for novelty in np.linspace(0, 0.75, 6)]
    assert steps == sorted(steps) and steps[-1] > 0.3
    theme.apply_theme("light")


def test_the_key_goes_to_the_nearest_blend_that_is_whole(window: MainWindow, qtbot: QtBot) -> None:
    _wait_for_scores(qtbot, window)
    blending = window.session.blending
    whole = np.full(STEPS + 1, 0.5)
    whole[[10, 62]] = 1
    scores = _scores(whole)
    assert blending.a is not None and blending.b is not None
    window.session._scores = PathScores(
        BlendRequest(blending.a, blending.b, 0.5), scores.whole, scores.standing, scores.novelty
    )
    window.actions_by_name["nearest_good"].trigger()
    assert blending.t == 0.62
    window.commands.move_by_hand(0.2)
    QTest.keyClick(window, Qt.Key.Key_W)
    assert blending.t == 0.1


def test_swapping_turns_the_strip_round(window: MainWindow, qtbot: QtBot) -> None:
    before = _wait_for_scores(qtbot, window)
    window.actions_by_name["swap"].trigger()
    qtbot.waitUntil(
        lambda: window.session.scores is not None and window.session.scores.request.a == before.request.b,
        timeout=WAIT_MS,
    )
    after = _wait_for_scores(qtbot, window)
    assert np.allclose(after.novelty, before.novelty[::-1])


def test_the_strip_stays_slim(window: MainWindow) -> None:
    assert window.transport.strip.height() <= 14
