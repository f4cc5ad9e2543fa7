"""The map: pointing decodes, leaving goes back, a click chooses, and below it is what is alike."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from looking import (
    WAIT_MS,
    blend_vertices,
    browser,
    change_weights,
    selection_of,
    transport,
    view,
    wait_for_position,
)
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import voxview
from voxview.gui.appearance.feature import AppearanceFeature
from voxview.gui.map.controller import MapController
from voxview.gui.map.feature import MapFeature
from voxview.gui.map.panel import HINT
from voxview.gui.session.edit import Edit
from voxview.gui.window import MainWindow
from voxview.model.weights_card import find_weights
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.open import open_catalog
from voxview.shapes.catalogs.samples import sample_catalog

COUNT = 12


@pytest.fixture
def window(flat: MainWindow) -> MainWindow:
    """Return a window with pictures instead of the 3D view, which nothing here looks at."""
    return flat


def _read_slowly(read: Callable[[], np.ndarray]) -> np.ndarray:
    """Read a chair as from a slow disk, so that all of them take longer than what is tried meanwhile."""
    time.sleep(0.05)
    return read()


def _open(window: MainWindow, count: int = COUNT) -> MapController:
    """Open the page, with a small catalog to map."""
    window.context.listing.add_catalog(Catalog("A few", "few", sample_catalog()[:count]))
    window.qactions["show_map"].trigger()
    page = window.feature(MapFeature).controller
    assert isinstance(page, MapController)
    return page


def _mapped(window: MainWindow, qtbot: QtBot, count: int = COUNT) -> MapController:
    page = _open(window, count)
    qtbot.mouseClick(page.panel.button, Qt.MouseButton.LeftButton)
    _wait_for_map(page, qtbot)
    return page


def _wait_for_map(page: MapController, qtbot: QtBot) -> None:
    qtbot.waitUntil(
        lambda: page.index is not None and page.index.complete and not page.is_mapping, timeout=WAIT_MS
    )


def _hover(page: MapController, at: QPointF) -> None:
    """Move the mouse there; the screen's own pointer may rest anywhere, and has no say."""
    chart, none = page.panel.map, Qt.MouseButton.NoButton
    kind, keys = QEvent.Type.MouseMove, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(chart, QMouseEvent(kind, at, chart.mapToGlobal(at), none, none, keys))


def _leave(page: MapController) -> None:
    QApplication.sendEvent(page.panel.map, QEvent(QEvent.Type.Leave))


def _between(page: MapController) -> QPointF:
    """Return a pixel that no chair is near."""
    frame, points = page.panel.map.frame, page.panel.map.points
    pixels = frame.pixels(points)
    tried = np.array(
        [(x, y) for x in range(20, frame.width - 20, 9) for y in range(20, frame.height - 20, 9)]
    )
    clear = np.linalg.norm(tried[:, None] - pixels, axis=2).min(axis=1)
    assert clear.max() > 12
    return QPointF(*tried[clear.argmax()].tolist())


def _heading(window: MainWindow) -> str:
    return view(window).headings.blend.below


def test_before_there_is_a_map_the_page_says_what_it_is_and_what_it_costs(window: MainWindow) -> None:
    window.qactions["show_map"].trigger()
    page = window.feature(MapFeature).controller
    assert isinstance(page, MapController) and page.panel.button.text() == "Map this catalog"
    assert page.panel.empty.isVisible() and not page.panel.map.isVisible()
    assert page.panel.about.text() == "240 chairs: about 3 s on the CPU."


def test_every_chair_is_a_point_and_the_pair_is_marked(window: MainWindow, qtbot: QtBot) -> None:
    page = _mapped(window, qtbot)
    assert len(page.panel.map.points) == COUNT and page.panel.map.isVisible()
    assert page.panel.map.pair == (0, 1)
    assert not page.panel.button.isVisible() and "12 chairs" in page.panel.share.text()
    pixels = page.panel.map.frame.pixels(page.panel.map.points)
    assert ((pixels > 0) & (pixels < (page.panel.map.width(), page.panel.map.height()))).all()


def test_a_chair_of_the_pair_that_is_not_on_the_map_is_not_marked_and_that_is_said(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = _mapped(window, qtbot)
    assert not page.panel.unmarked.isVisible()
    selection_of(window).choose(a=sample_catalog()[100])
    assert page.panel.map.pair == (None, 1)
    assert page.panel.unmarked.isVisible()
    assert page.panel.unmarked.text() == "A is not on this map, so not marked."
    selection_of(window).choose(b=sample_catalog()[101])
    assert page.panel.map.pair == (None, None)
    assert page.panel.unmarked.text() == "A and B are not on this map, so not marked."


def test_pointing_at_a_chair_shows_it_and_leaving_shows_the_blend(solid: MainWindow, qtbot: QtBot) -> None:
    window = solid
    page = _mapped(window, qtbot)
    before, chair = blend_vertices(window), sample_catalog()[5]
    _hover(page, page.panel.map.pixel_of(5))
    qtbot.waitUntil(lambda: _heading(window) == chair.name, timeout=WAIT_MS)
    assert not np.array_equal(blend_vertices(window), before)
    assert chair.id in page.panel.line.toolTip()
    assert selection_of(window).a == sample_catalog()[0], "pointing has changed the pair"
    _leave(page)
    qtbot.waitUntil(lambda: _heading(window) == "t = 0.50", timeout=WAIT_MS)
    after = blend_vertices(window)  # decoded alone or with others: to rounding
    assert after.shape == before.shape and np.allclose(after, before, atol=1e-3)


def test_between_chairs_the_nearest_three_are_blended(window: MainWindow, qtbot: QtBot) -> None:
    page = _mapped(window, qtbot)
    _hover(page, _between(page))
    qtbot.waitUntil(lambda: "%" in _heading(window), timeout=WAIT_MS)
    assert page.panel.map.spot is not None and page.panel.map.spot.chair is None
    assert len(page.panel.map.parts) == 3 and page.panel.line.toolTip().count("%") == 3


def test_a_click_takes_a_and_with_shift_or_the_right_button_b(window: MainWindow, qtbot: QtBot) -> None:
    page = _mapped(window, qtbot)
    chart, chairs, selection = page.panel.map, sample_catalog(), selection_of(window)
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=chart.pixel_of(4).toPoint())
    assert selection.pair == (chairs[4], chairs[1])
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, shift, chart.pixel_of(7).toPoint())
    assert selection.pair == (chairs[4], chairs[7])
    qtbot.mouseClick(chart, Qt.MouseButton.RightButton, pos=chart.pixel_of(9).toPoint())
    assert selection.pair == (chairs[4], chairs[9])
    assert chart.pair == (4, 9)
    wait_for_position(qtbot, window, 0.5)


def test_the_arrows_walk_and_letters_choose_where_one_is(window: MainWindow, qtbot: QtBot) -> None:
    page = _mapped(window, qtbot)
    chart = page.panel.map
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_Right)  # begins at A
    assert chart.spot is not None and chart.spot.chair == 0
    seen = {0}
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Down):
        before = chart.points[chart.spot.chair]
        qtbot.keyClick(chart, key)
        after = chart.points[chart.spot.chair]
        if chart.spot.chair not in seen and key == Qt.Key.Key_Right:
            assert after[0] > before[0]
        seen.add(chart.spot.chair)
    assert len(seen) > 1
    there = sample_catalog()[chart.spot.chair]
    qtbot.keyClick(chart, Qt.Key.Key_B)
    assert selection_of(window).b == there
    qtbot.keyClick(chart, Qt.Key.Key_A)
    assert selection_of(window).a == there


def test_the_wheel_goes_closer_and_dragging_moves_without_choosing(window: MainWindow, qtbot: QtBot) -> None:
    page = _mapped(window, qtbot)
    chart, pair = page.panel.map, selection_of(window).pair
    at = chart.pixel_of(3)
    nothing, none = QPoint(), Qt.KeyboardModifier.NoModifier
    wheel = QWheelEvent(
        at,
        chart.mapToGlobal(at),
        nothing,
        QPoint(0, 360),
        Qt.MouseButton.NoButton,
        none,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(chart, wheel)
    assert not chart.frame.is_whole and (chart.pixel_of(3) - at).manhattanLength() < 1e-6
    start = at.toPoint()
    QTest.mousePress(chart, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        QTest.mouseMove(chart, start + QPoint(6 * step, 0))
    qtbot.waitUntil(lambda: chart.pixel_of(3).x() > at.x() + 20, timeout=WAIT_MS)
    QTest.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=start + QPoint(30, 0))
    assert selection_of(window).pair == pair
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    assert chart.frame.is_whole


def test_neighbours_are_another_map_of_the_same_chairs(window: MainWindow, qtbot: QtBot) -> None:
    page = _mapped(window, qtbot)
    plane = page.panel.map.points.copy()
    page.panel.layouts.setCurrentIndex(1)
    assert page.is_laying_out
    qtbot.waitUntil(lambda: not page.is_laying_out, timeout=WAIT_MS)
    laid_out = page.panel.map.points
    assert laid_out.shape == plane.shape and not np.allclose(laid_out, plane)
    page.panel.layouts.setCurrentIndex(0)
    assert np.allclose(page.panel.map.points, plane)
    page.panel.layouts.setCurrentIndex(1)
    assert np.array_equal(page.panel.map.points, laid_out) and not page.is_laying_out


def test_searching_brings_chairs_out(window: MainWindow, qtbot: QtBot) -> None:
    page = _mapped(window, qtbot)
    page.panel.search.setText(sample_catalog()[2].id)
    assert page.panel.map.found is not None and np.flatnonzero(page.panel.map.found).tolist() == [2]
    page.panel.search.clear()
    assert page.panel.map.found is None


def test_most_like_the_blend_at_its_ends_are_its_chairs(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window(weights="chairs", flat=True)  # their reconstructions are good enough for it
    page = _mapped(window, qtbot)
    nearest = page.panel.nearest

    def first() -> object:
        return nearest.found[0][0] if nearest.found else None

    for t, chair in ((0, sample_catalog()[0]), (100, sample_catalog()[1])):
        transport(window).slider.setValue(t)
        qtbot.waitUntil(lambda chair=chair: first() == chair, timeout=WAIT_MS)
        assert nearest.found[0][1] > 0.8 and len(nearest.found) == 8
    ious = [iou for _, iou in nearest.found]
    assert ious == sorted(ious, reverse=True)


def test_what_the_chairs_are_like_is_called_what_it_is(window: MainWindow, qtbot: QtBot) -> None:
    panel, selection = _mapped(window, qtbot).panel, window.context.session.selection
    qtbot.waitUntil(lambda: panel.heading.text() == "Most like the blend", timeout=WAIT_MS)
    selection.set_edit(Edit(((9, 1.5),)))
    qtbot.waitUntil(lambda: panel.heading.text() == "Most like the edited blend", timeout=WAIT_MS)


def test_what_one_can_do_on_the_map_is_said_in_full_in_the_narrowest_window(
    window: MainWindow, qtbot: QtBot
) -> None:
    panel = _mapped(window, qtbot).panel
    window.resize(800, 600)
    qtbot.waitUntil(lambda: panel.width() < 450, timeout=WAIT_MS)
    assert panel.line.text() == HINT
    assert "Shift between chairs" in panel.line.toolTip()


def test_a_chair_that_is_alike_can_be_found_in_the_list_and_taken(window: MainWindow, qtbot: QtBot) -> None:
    page = _mapped(window, qtbot)
    nearest = page.panel.nearest
    qtbot.waitUntil(lambda: len(nearest.found) == 8, timeout=WAIT_MS)
    assert not page.panel.buttons["B"].isEnabled()
    chair = nearest.found[2][0]
    page.panel.ensureWidgetVisible(nearest)
    qtbot.mouseClick(nearest, Qt.MouseButton.LeftButton, pos=nearest.cell_rect(2).center().toPoint())
    assert browser(window).view.current_chair() == chair
    qtbot.mouseClick(page.panel.buttons["B"], Qt.MouseButton.LeftButton)
    assert selection_of(window).b == chair


def test_the_slider_answers_while_a_catalog_is_mapped_and_stopping_keeps_what_is_there(
    window: MainWindow, qtbot: QtBot
) -> None:
    chairs = [replace(chair, read=partial(_read_slowly, chair.read)) for chair in sample_catalog()]
    window.context.listing.add_catalog(Catalog("Slow ones", "slow", chairs))
    window.qactions["show_map"].trigger()
    page = window.feature(MapFeature).controller
    assert isinstance(page, MapController)
    qtbot.mouseClick(page.panel.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.index is not None, timeout=WAIT_MS)
    transport(window).slider.setValue(80)
    wait_for_position(qtbot, window, 0.8)
    _hover(page, page.panel.map.pixel_of(1))
    qtbot.waitUntil(lambda: _heading(window) == sample_catalog()[1].name, timeout=WAIT_MS)
    assert page.is_mapping, "the map was complete before the slider was tried"
    qtbot.mouseClick(page.panel.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.is_mapping, timeout=WAIT_MS)
    assert page.index is not None and 0 < len(page.index.chairs) < 240
    assert page.panel.button.text() == "Go on" and "of 240 chairs" in page.panel.about.text()


def test_a_catalog_that_was_mapped_before_is_there_at_once(
    open_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window(flat=True)
    folder = tmp_path / "shapes"
    folder.mkdir()
    for number, chair in enumerate(sample_catalog()[:6]):
        voxview.write_shape(folder / f"chair{number}.binvox", chair.read())
    (folder / "broken.obj").write_text("nothing")
    page = _open(window)
    window.context.listing.add_catalog(open_catalog(folder))
    assert page.index is None and page.panel.empty.isVisible()
    qtbot.mouseClick(page.panel.button, Qt.MouseButton.LeftButton)
    _wait_for_map(page, qtbot)
    assert page.panel.left_out.isVisible() and "broken.obj" in page.panel.left_out.text()
    window.close()
    window = open_window(flat=True)
    page = _open(window)
    window.context.listing.add_catalog(open_catalog(folder))
    _wait_for_map(page, qtbot)
    assert len(page.panel.map.points) == 6 and page.index is not None
    assert page.index.seconds_a_chair is None, "something was read again"


def test_a_map_of_other_weights_is_not_shown(window: MainWindow, qtbot: QtBot) -> None:
    page = _mapped(window, qtbot)
    change_weights(qtbot, window, "chairs")
    assert page.index is None and not page.panel.map.isVisible()


def test_a_map_of_other_weights_of_the_same_name_is_not_shown(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    page = _mapped(window, qtbot)
    name, content = window.context.session.engine.weights, find_weights("chairs-free").read_bytes()
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    header["__metadata__"]["name"] = name
    renamed = json.dumps(header).encode()
    namesake = tmp_path / "other.safetensors"
    namesake.write_bytes(len(renamed).to_bytes(8, "little") + renamed + content[8 + length :])
    change_weights(qtbot, window, str(namesake))
    assert window.context.session.engine.weights == name
    assert page.index is None and not page.panel.map.isVisible()


def test_everything_on_the_page_has_a_name_and_both_themes(window: MainWindow, qtbot: QtBot) -> None:
    page = _mapped(window, qtbot)
    light = page.panel.map.grab().toImage().pixelColor(3, 3)
    window.feature(AppearanceFeature).set_theme("dark")
    assert page.panel.map.grab().toImage().pixelColor(3, 3).lightness() < light.lightness() - 80
    for widget in (page.panel.map, page.panel.nearest, page.panel.search, page.panel.layouts):
        assert widget.accessibleName()


def test_a_layout_that_is_cancelled_leaves_the_plane_and_no_half_of_it(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _mapped(window, qtbot)
    plane = page.panel.map.points.copy()
    go_on = threading.Event()

    def half_way(latents: np.ndarray, start: np.ndarray) -> Iterator[np.ndarray]:
        for step in range(300):
            assert step < 10 or go_on.wait(WAIT_MS / 1e3)
            yield start * (1 + 0.1 * step)

    monkeypatch.setattr("voxview.gui.map.controller.neighbour_map", half_way)
    page.panel.layouts.setCurrentIndex(1)
    qtbot.waitUntil(lambda: not np.array_equal(page.panel.map.points, plane), timeout=WAIT_MS)
    window.qactions["cancel"].trigger()
    go_on.set()
    qtbot.waitUntil(lambda: not page.is_laying_out, timeout=WAIT_MS)
    assert np.array_equal(page.panel.map.points, plane) and page.panel.layouts.currentIndex() == 0
    assert "of the variance" in page.panel.share.text()
