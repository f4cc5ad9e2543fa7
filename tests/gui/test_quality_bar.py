"""Below the slider: how every blend of the pair is, and a way there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from looking import WAIT_MS, browser, selection_of, shown_in, transport, view
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from voxview.engine.events import DecodedAhead
from voxview.engine.request import BlendRequest, Position
from voxview.engine.scores.path_scores import PathScores
from voxview.gui import theme
from voxview.gui.blend.feature import BlendFeature
from voxview.gui.blend.quality_bar import QualityBar, cell_text, here_text, new_colour
from voxview.gui.blend.slider import STEPS, TickSlider
from voxview.gui.window import MainWindow
from voxview.shapes.catalogs.samples import sample_catalog

A, B = sample_catalog()[0], sample_catalog()[1]


@pytest.fixture
def window(flat: MainWindow) -> MainWindow:
    """Return a window with pictures instead of the 3D view, which nothing here looks at."""
    return flat


def _scores(whole: np.ndarray, standing: np.ndarray | None = None) -> PathScores:
    steps = np.arange(STEPS + 1)
    novelty = np.minimum(steps, STEPS - steps) / 100
    standing = np.ones(len(steps)) if standing is None else standing
    pieces, loose = np.where(whole < 1, 2, 1), np.round(1000 * (1 - whole))
    symmetry = np.full(len(steps), 0.93)
    known = whole, standing, novelty, pieces, loose, standing, symmetry
    return PathScores(BlendRequest(A, B, 0.5), 0.95, *(values.astype(np.float32) for values in known))


def _wait_for_scores(qtbot: QtBot, window: MainWindow) -> PathScores:
    def known() -> bool:
        scores = shown_in(window).scores
        return scores is not None and all(scores.is_known(step) for step in range(STEPS + 1))

    qtbot.waitUntil(known, timeout=WAIT_MS)
    scores = shown_in(window).scores
    assert scores is not None
    return scores


def _at(window: MainWindow, t: float) -> QPoint:
    return QPoint(round(transport(window).slider.position_x(t * STEPS)), 5)


def _picture(bar: QualityBar) -> QImage:
    return bar.grab().toImage()


def _has_line(picture: QImage, x: int) -> bool:
    """Return whether anything but the background is at x in the bar's lowest pixels."""
    background = QColor(theme.palette().window)
    return any(picture.pixelColor(x, y) != background for y in range(9, picture.height()))


@pytest.mark.parametrize("size", [(1600, 1000), (800, 600)])
def test_a_t_on_the_quality_bar_is_right_below_that_t_on_the_slider(
    open_window: Callable[..., MainWindow], size: tuple[int, int]
) -> None:
    window = open_window(size=size, start=False)
    bar, slider = transport(window).quality_bar, transport(window).slider
    assert bar.width() == slider.width()
    assert bar.mapTo(window, QPoint(0, 0)).x() == slider.mapTo(window, QPoint(0, 0)).x()
    assert bar.mapTo(window, QPoint(0, 0)).y() >= slider.mapTo(window, QPoint(0, slider.height())).y()
    for t in (0.0, 0.37, 1.0):
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=_at(window, t))
        assert selection_of(window).position.t == t
    assert bar.height() <= 14, "the bar is not slim"


def test_the_quality_bar_fills_with_the_path_tells_of_each_blend_and_is_grey_for_another_pair(
    window: MainWindow, qtbot: QtBot
) -> None:
    scores = _wait_for_scores(qtbot, window)
    bar = transport(window).quality_bar
    assert bar.scores is scores
    assert "101 blends" in bar.accessibleDescription()
    whole = sum(map(scores.is_whole, range(STEPS + 1)))
    strictly = int((scores.pieces == 1).sum())
    qtbot.waitUntil(
        lambda: (
            transport(window).summary.text == f"{whole} of 101 in one piece (99% rule), {strictly} strictly"
        )
    )
    QTest.mouseMove(bar, _at(window, 0.5))
    QTest.mouseMove(bar, _at(window, 0.37))
    qtbot.waitUntil(lambda: QToolTip.text().startswith("t = 0.37: "), timeout=WAIT_MS)
    assert f"{scores.novelty[37]:.0%} new (1 − IoU with the nearer of its two chairs)" in QToolTip.text()
    QToolTip.hideText()
    chairs = browser(window).model
    selection_of(window).choose(a=chairs.chair(7), b=chairs.chair(8))
    assert bar.scores is None and transport(window).summary.text == ""
    picture = _picture(bar)
    assert {picture.pixelColor(x, 4).name() for x in range(30, bar.width() - 30)} == {
        QColor(theme.palette().line).name()
    }
    again = _wait_for_scores(qtbot, window)
    assert (again.request.a, again.request.b) == (chairs.chair(7), chairs.chair(8))


def test_choosing_the_same_pair_again_keeps_what_is_known_and_swapping_reverses_it(
    solid: MainWindow, qtbot: QtBot
) -> None:
    window = solid
    scores, selection = _wait_for_scores(qtbot, window), selection_of(window)
    title = view(window).headings.a.accessibleName()
    other = browser(window).model.chair(9)
    a, b = selection.a, selection.b
    selection_of(window).choose(a=other)
    selection_of(window).choose(a=a, b=b, position=Position(0.25))  # before the engine hears of the other one
    qtbot.waitUntil(lambda: transport(window).quality_bar.scores is not None, timeout=WAIT_MS)
    assert view(window).headings.a.accessibleName() == title and "IoU" in title
    again = _wait_for_scores(qtbot, window)
    assert np.allclose(again.novelty, scores.novelty, atol=1e-5)
    window.qactions["swap"].trigger()
    qtbot.waitUntil(
        lambda: shown_in(window).scores is not None and shown_in(window).scores.request.a == b,
        timeout=WAIT_MS,
    )
    assert np.allclose(_wait_for_scores(qtbot, window).novelty, again.novelty[::-1])


def test_a_drag_on_the_quality_bar_goes_along(unstarted: MainWindow) -> None:
    window = unstarted
    bar = transport(window).quality_bar
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=_at(window, 0.2))
    QTest.mouseMove(bar, _at(window, 0.6))
    assert selection_of(window).position.t == 0.6
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=_at(window, 0.6))
    QTest.mouseMove(bar, _at(window, 0.9))
    assert selection_of(window).position.t == 0.6, "the button is up"


def test_words_for_every_kind_of_blend() -> None:
    whole, standing = np.ones(STEPS + 1), np.ones(STEPS + 1)
    whole[37], standing[38], whole[39] = 0.9, 0, np.nan
    scores = _scores(whole, standing)
    new = "37% new (1 − IoU with the nearer of its two chairs)"
    pieces = "in 2 pieces (90.0% in the largest, 100 loose voxels)"
    assert cell_text(scores, 37) == f"t = 0.37: {pieces}, stands, 93% symmetric, {new}"
    assert "in one piece, does not stand" in cell_text(scores, 38)
    assert cell_text(scores, 39) == "t = 0.39: not decoded yet" == cell_text(None, 39)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("width", [150, 237, 640])
def test_the_line_breaks_where_the_blend_does_whatever_the_colours(
    qtbot: QtBot, qapp: object, name: str, width: int
) -> None:
    theme.apply_theme(name)
    slider = TickSlider()
    bar = QualityBar(slider)
    for widget in (slider, bar):
        qtbot.addWidget(widget)
        widget.resize(width, widget.sizeHint().height())
    bar.show()
    whole = np.ones(STEPS + 1)
    whole[30:61] = 0.5
    bar.show_scores(_scores(whole))
    picture = _picture(bar)
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
    bar = QualityBar(slider)
    for widget in (slider, bar):
        qtbot.addWidget(widget)
        widget.resize(width, widget.sizeHint().height())
    whole = np.ones(STEPS + 1)
    whole[40] = 0.5
    bar.show_scores(_scores(whole))
    picture = _picture(bar)
    left, right = (round(slider.position_x(step - 0.5)) for step in (40, 41))
    line = [_has_line(picture, x) for x in range(left - 5, right + 5)]
    assert not line[5] and not line[-6] and all(line[:5]) and all(line[-5:])


@pytest.mark.parametrize("name", ["light", "dark"])
def test_newer_is_further_from_the_background_in_lightness_alone(qapp: object, name: str) -> None:
    theme.apply_theme(name)
    base = QColor(theme.palette().base).lightnessF()
    steps = [abs(new_colour(novelty).lightnessF() - base) for novelty in np.linspace(0, 0.75, 6)]
    assert steps == sorted(steps) and steps[-1] > 0.3
    theme.apply_theme("light")


def test_the_key_goes_to_the_nearest_blend_that_is_whole(unstarted: MainWindow) -> None:
    window = unstarted
    selection = selection_of(window)
    whole = np.full(STEPS + 1, 0.5)
    whole[[10, 62]] = 1
    scores = _scores(whole)
    assert selection.a is not None and selection.b is not None
    known = replace(scores, request=BlendRequest(selection.a, selection.b, 0.5))
    window.context.session.engine.decoded_ahead.emit(DecodedAhead(101, 101, known))
    window.qactions["nearest_good"].trigger()
    assert selection.position.t == 0.62
    window.feature(BlendFeature).move_by_hand(Position(0.2))
    QTest.keyClick(window, Qt.Key.Key_W)
    assert selection.position.t == 0.1


def test_a_blend_in_one_piece_by_the_rule_says_that_it_has_loose_voxels(unstarted: MainWindow) -> None:
    window = unstarted
    whole = np.ones(STEPS + 1)
    whole[50], whole[60] = 0.995, 0.5
    scores = _scores(whole)
    controls = transport(window)
    controls.show_scores(scores)
    assert controls.summary.text == "100 of 101 in one piece (99% rule), 99 strictly"
    metrics = QFontMetrics(controls.summary.font())
    for line in controls.summary.lines:
        assert metrics.horizontalAdvance(line) <= controls.summary.width(), f"{line} is cut"
    assert "99% of the voxels hang together" in controls.summary.toolTip()
    assert "99 of them without a loose voxel" in controls.summary.toolTip()
    assert "in one piece but for 5 loose voxels (2 pieces), stands" in cell_text(scores, 50)
    controls.show_quality(scores.quality(50))
    assert controls.here.text == "5 loose" and "99% of the voxels" in controls.here.toolTip()
    assert "5 loose voxels" in controls.here.toolTip()
    controls.show_quality(scores.quality(60))
    assert controls.here.text == "in pieces"
    controls.show_quality(scores.quality(20))
    assert controls.here.text == "20% new"


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("width", [237, 640])
def test_the_band_is_lower_above_a_lopsided_blend_whatever_the_colours(
    qtbot: QtBot, qapp: object, name: str, width: int
) -> None:
    theme.apply_theme(name)
    slider = TickSlider()
    bar = QualityBar(slider)
    for widget in (slider, bar):
        qtbot.addWidget(widget)
        widget.resize(width, widget.sizeHint().height())
    scores = _scores(np.ones(STEPS + 1))
    scores.symmetry[30:41] = 0.8
    bar.show_scores(scores)
    picture, background = _picture(bar), QColor(theme.palette().window)
    left, right = (round(slider.position_x(step - 0.5)) for step in (30, 41))
    first, last = round(slider.position_x(0)), round(slider.position_x(STEPS))
    lower = [x for x in range(first, last) if picture.pixelColor(x, 0) == background]
    assert lower == list(range(left, right)), "the band is lower elsewhere, or not all along"
    below = [x for x in range(first, last) if picture.pixelColor(x, 7) != background]
    assert below == list(range(first, last)), "how new the lopsided ones are is not shown"
    theme.apply_theme("light")


def test_a_lopsided_blend_says_so_and_how_symmetric_it_and_its_chairs_are(unstarted: MainWindow) -> None:
    scores, controls = _scores(np.ones(STEPS + 1)), transport(unstarted)
    scores.symmetry[30:41] = 0.8
    assert "lopsided (80% symmetric, its chairs at least 95%), 35% new" in cell_text(scores, 35)
    assert "93% symmetric" in cell_text(scores, 29) and "lopsided" not in cell_text(scores, 29)
    controls.show_scores(scores)
    assert "11 are clearly less symmetric than A and B" in controls.summary.toolTip()
    controls.show_quality(scores.quality(35))
    assert controls.here.text == "lopsided" and "80% symmetric" in controls.here.toolTip()
    assert "Lopsided: less symmetric than each of its chairs" in controls.here.toolTip()
    scores.standing[35] = 0
    assert here_text(scores.quality(35)) == "floats", "that is worse"
    controls.show_quality(scores.quality(29))
    assert controls.here.text == "29% new" and "93% symmetric" in controls.here.toolTip()


def test_a_blend_that_would_fall_over_says_so_and_looks_like_one_that_does_not_stand(qtbot: QtBot) -> None:
    scores = _scores(np.ones(STEPS + 1))
    scores.stable[30:40] = 0
    assert here_text(scores.quality(35)) == "falls over" and "would fall over" in cell_text(scores, 35)
    bar = QualityBar(TickSlider())
    qtbot.addWidget(bar)
    bar.resize(600, bar.sizeHint().height())
    bar.show_scores(scores)
    falling = _picture(bar)
    bar.show_scores(_scores(np.ones(STEPS + 1)))
    assert falling != _picture(bar)
