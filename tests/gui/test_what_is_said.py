"""What is said is what is shown: in every state, each figure and name is of what is drawn, or is gone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from gated_engine import GatedEngine
from looking import (
    WAIT_MS,
    change_weights,
    engine_kept_busy,
    is_running,
    map_page,
    mix_page,
    open_all_pairs,
    selection_of,
    shown_in,
    shown_vertices,
    timings,
    transport,
    view,
    wait_for_position,
)
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from safetensors import safe_open
from safetensors.torch import save_file
from saying import check_window

import voxview
from voxview.engine.engine import Engine
from voxview.engine.request import Position
from voxview.gui.blend.feature import BlendFeature
from voxview.gui.files.feature import FilesFeature
from voxview.gui.map.controller import MapController
from voxview.gui.mix.controller import MixController
from voxview.gui.window import MainWindow
from voxview.model.weights_card import find_weights
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.samples import sample_catalog

CHAIRS = sample_catalog()


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    """Return a window with a 3D view, small: in software each picture costs its pixels."""
    return open_window(size=(960, 640))


@pytest.fixture
def engine(new_engine: Callable[..., Engine]) -> Engine:
    """An engine of the test's own, which computes anew what the window shows."""
    return new_engine("study", anew=True)


@pytest.fixture
def other_weights(tmp_path: Path) -> str:
    """Return a file of other weights than the study's that decode as quickly."""
    with safe_open(find_weights("study"), "pt") as file:
        metadata, tensors = file.metadata(), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    changed = {name: 0.9 * one if one.is_floating_point() else one for name, one in tensors.items()}
    path = tmp_path / "other.safetensors"
    save_file(changed, path, metadata | {"name": "other"})
    return str(path)


def _settle(window: MainWindow, qtbot: QtBot) -> None:
    """Wait until the selected pair is shown with refined latents, and the blend on screen is scored."""
    shown, selection = shown_in(window), selection_of(window)

    def is_settled() -> bool:
        path = shown.path  # of refined latents: decoding ahead comes after refining
        return path is not None and path.is_known(selection.position.step) and not shown.is_waiting

    qtbot.waitUntil(is_settled, timeout=WAIT_MS)
    qtbot.wait(250)  # what is painted late


def _check_late(window: MainWindow, engine: Engine, qtbot: QtBot) -> None:
    """Check what is said, after a wait for what would be painted late; on a busy machine it may be later."""
    qtbot.waitUntil(lambda: check_window(window, engine), timeout=WAIT_MS)


def _hover(page: MapController, at: QPointF) -> None:
    chart, none = page.panel.map, Qt.MouseButton.NoButton
    kind, keys = QEvent.Type.MouseMove, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(chart, QMouseEvent(kind, at, chart.mapToGlobal(at), none, none, keys))


def _open_map(window: MainWindow, qtbot: QtBot) -> MapController:
    window.context.listing.add_catalog(Catalog("A few", "few", CHAIRS[:12]))
    window.qactions["show_map"].trigger()
    page = map_page(window)
    page.build()
    qtbot.waitUntil(
        lambda: page.index is not None and page.index.complete and not page.is_mapping, timeout=WAIT_MS
    )
    return page


def _open_mix(window: MainWindow, qtbot: QtBot, kind: int) -> MixController:
    window.qactions["show_mix"].trigger()
    page = mix_page(window)
    page.panel.switch.setCurrentIndex(kind)
    qtbot.waitUntil(lambda: shown_in(window).mix is not None, timeout=WAIT_MS)
    qtbot.wait(250)
    return page


def test_of_the_pairs_blend(window: MainWindow, engine: Engine, qtbot: QtBot) -> None:
    _settle(window, qtbot)
    _check_late(window, engine, qtbot)
    transport(window).slider.setValue(80)
    wait_for_position(qtbot, window, 0.8)
    check_window(window, engine)
    selection_of(window).move(Position(0.3217))
    wait_for_position(qtbot, window, 0.3217)
    qtbot.wait(100)
    _check_late(window, engine, qtbot)
    selection_of(window).choose(a=CHAIRS[14], b=CHAIRS[15])
    _settle(window, qtbot)
    _check_late(window, engine, qtbot)
    window.qactions["swap"].trigger()
    _settle(window, qtbot)
    _check_late(window, engine, qtbot)
    window.qactions["show_rebuilt"].trigger()
    window.qactions["remove_small_components"].trigger()
    qtbot.waitUntil(lambda: shown_in(window).blend.request.remove_small_components, timeout=WAIT_MS)  # type: ignore[union-attr]
    check_window(window, engine)


def test_of_mixes_of_every_kind_and_of_a_map_beside_one(
    window: MainWindow, engine: Engine, qtbot: QtBot
) -> None:
    _settle(window, qtbot)
    for kind in range(3):
        _open_mix(window, qtbot, kind)
        _check_late(window, engine, qtbot)
    transport(window).slider.setValue(51)
    wait_for_position(qtbot, window, 0.51)
    qtbot.wait(200)
    _check_late(window, engine, qtbot)
    assert transport(window).quality_bar.scores is not None, "the bar has not come back with the blend"
    _open_mix(window, qtbot, 1)
    page = _open_map(window, qtbot)
    qtbot.waitUntil(lambda: page.panel.heading.text() == "Most like the mix", timeout=WAIT_MS)
    check_window(window, engine)


def test_of_a_reshaped_chair(window: MainWindow, engine: Engine, qtbot: QtBot) -> None:
    _settle(window, qtbot)
    page = _open_mix(window, qtbot, 3)
    qtbot.waitUntil(lambda: page.panel.attributes.directions is not None, timeout=WAIT_MS)
    for _ in engine.learn_directions():
        pass
    row = next(iter(page.panel.attributes.rows.values()))
    qtbot.waitUntil(row.slider.isEnabled, timeout=WAIT_MS)
    row.slider.setValue(row.slider.value() + 8)
    qtbot.waitUntil(
        lambda: shown_in(window).mix is not None and bool(shown_in(window).mix.request.shift),  # type: ignore[union-attr]
        timeout=WAIT_MS,
    )
    qtbot.wait(250)
    _check_late(window, engine, qtbot)


def test_of_places_on_the_map(window: MainWindow, engine: Engine, qtbot: QtBot) -> None:
    _settle(window, qtbot)
    transport(window).slider.setValue(60)
    wait_for_position(qtbot, window, 0.6)
    page = _open_map(window, qtbot)
    for place in (5, 9):
        _hover(page, page.panel.map.pixel_of(place))
        qtbot.waitUntil(
            lambda at=place: view(window).headings.blend.below == CHAIRS[at].name, timeout=WAIT_MS
        )
        qtbot.wait(400)
        _check_late(window, engine, qtbot)
    assert window.status.latency.text() == "", "the time of another picture"
    window.qactions["remove_small_components"].trigger()
    qtbot.wait(300)
    _check_late(window, engine, qtbot)
    QApplication.sendEvent(page.panel.map, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: shown_in(window).blend is not None, timeout=WAIT_MS)
    qtbot.wait(400)
    _check_late(window, engine, qtbot)


def test_of_parts_of_a_run_and_a_surprise(
    window: MainWindow, engine: Engine, qtbot: QtBot, lingering_pairs: None
) -> None:
    page = open_all_pairs(window, chairs=14, steps=5)
    page.compute()

    def some() -> bool:
        return page.panel.scores is not None and not np.isnan(page.panel.scores.whole[0, 1]).any()

    qtbot.waitUntil(some, timeout=WAIT_MS)
    page.compute()  # which cancels
    qtbot.waitUntil(lambda: not is_running(page), timeout=WAIT_MS)
    assert np.isnan(page.panel.scores.whole).any()
    _settle(window, qtbot)
    _check_late(window, engine, qtbot)
    page.panel.map.leaveEvent(QEvent(QEvent.Type.Leave))
    for _ in range(3):
        page.surprise()
        wait_for_position(qtbot, window, selection_of(window).position.t)
        _settle(window, qtbot)
        assert "which is shown" in page.panel.line.what.text()
        check_window(window, engine)
    transport(window).slider.setValue(33)
    wait_for_position(qtbot, window, 0.33)
    qtbot.wait(100)
    assert "which is shown" not in page.panel.line.what.text(), "t = 0.33 was not computed"
    check_window(window, engine)


def test_of_scores_that_are_of_other_weights_nothing_is_said_of_the_picture(
    flat: MainWindow, qtbot: QtBot, other_weights: str
) -> None:
    page = open_all_pairs(flat, chairs=3, steps=3)
    page.compute()
    qtbot.waitUntil(lambda: page.panel.scores is not None and not is_running(page), timeout=WAIT_MS)
    selection_of(flat).choose(a=CHAIRS[0], b=CHAIRS[1], position=Position(0.5))
    _settle(flat, qtbot)
    assert page.panel.line.what.text() == "t = 0.5, which is shown"
    change_weights(qtbot, flat, other_weights)
    _settle(flat, qtbot)
    assert "which is shown" not in page.panel.line.what.text()
    assert "with the weights before" in page.panel.line.what.text()


def test_of_other_weights(window: MainWindow, new_engine: Callable[..., Engine], qtbot: QtBot) -> None:
    _settle(window, qtbot)
    iou = window.status.iou.text()
    change_weights(qtbot, window, "chairs-free")
    assert window.status.iou.text() == "" and transport(window).quality_bar.scores is None
    _settle(window, qtbot)
    assert window.status.iou.text() != iou
    check_window(window, new_engine("chairs-free", anew=True))


def test_headings_change_with_the_pictures_and_say_meanwhile_that_something_comes(
    open_window: Callable[..., MainWindow], engine: Engine, qtbot: QtBot
) -> None:
    built: list[GatedEngine] = []

    def build() -> GatedEngine:
        built.append(GatedEngine(lambda request: CHAIRS[7] in (getattr(request, "a", None),)))
        return built[0]

    window = open_window(build_engine=build)
    headings, before = view(window).headings, [shown_vertices(window, place) for place in range(3)]
    names, size = (headings.a.below, headings.blend.below, headings.b.below), window.status.size_text.text()
    selection_of(window).choose(a=CHAIRS[7], position=Position(0.2))
    qtbot.waitUntil(lambda: "loading" in headings.a.title, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: built[0].is_waiting, timeout=WAIT_MS)  # both chairs are encoded by now
    qtbot.wait(100)
    assert (headings.a.below, headings.blend.below, headings.b.below) == names
    assert "loading" in headings.blend.title and "loading" not in headings.b.title
    assert window.status.size_text.text() == size
    for place in range(3):
        assert np.array_equal(shown_vertices(window, place), before[place]), "pictures of two pairs are mixed"
    built[0].gate.set()
    qtbot.waitUntil(lambda: headings.a.below == CHAIRS[7].name, timeout=WAIT_MS)
    assert headings.blend.below == "t = 0.20" and not np.array_equal(shown_vertices(window, 1), before[1])
    qtbot.waitUntil(lambda: "loading" not in headings.a.title, timeout=WAIT_MS)


def test_the_latency_is_of_the_picture_on_screen_or_gone(
    flat: MainWindow, qtbot: QtBot, other_weights: str
) -> None:
    transport(flat).slider.setValue(70)
    qtbot.waitUntil(lambda: flat.status.latency.text().endswith(" ms"), timeout=WAIT_MS)
    selection_of(flat).choose(a=CHAIRS[3])
    qtbot.waitUntil(lambda: flat.status.latency.text() == "", timeout=WAIT_MS)
    _settle(flat, qtbot)
    transport(flat).slider.setValue(20)
    qtbot.waitUntil(lambda: flat.status.latency.text().endswith(" ms"), timeout=WAIT_MS)
    change_weights(qtbot, flat, other_weights)
    qtbot.waitUntil(lambda: flat.status.latency.text() == "", timeout=WAIT_MS)


def test_what_is_cancelled_before_there_is_anything_says_that_nothing_is_kept(
    flat: MainWindow, qtbot: QtBot
) -> None:
    page = open_all_pairs(flat, chairs=40, steps=11)
    with engine_kept_busy(flat):
        page.compute()
        page.compute()  # which cancels
    qtbot.waitUntil(lambda: "cancelled" in flat.messages.text, timeout=WAIT_MS)
    assert page.panel.scores is None and "nothing was scored yet" in flat.messages.text
    flat.qactions["show_map"].trigger()
    mapping = map_page(flat)
    with engine_kept_busy(flat):
        mapping.build()
        mapping.build()  # which stops
    qtbot.waitUntil(lambda: "Mapping" in flat.messages.text, timeout=WAIT_MS)
    assert mapping.index is None and "no chair was on the map yet" in flat.messages.text


def test_measures_of_attributes_go_with_the_weights(flat: MainWindow, qtbot: QtBot) -> None:
    page = _open_mix(flat, qtbot, 3)
    qtbot.waitUntil(lambda: page.panel.attributes.directions is not None, timeout=WAIT_MS)
    rows = page.panel.attributes.rows.values()
    qtbot.waitUntil(lambda: any(row.measured.text() not in ("–", "none") for row in rows), timeout=WAIT_MS)
    page.panel.attributes.learnt(None)
    assert {row.measured.text() for row in rows} == {"–"} == {row.target.text() for row in rows}


def test_of_what_is_pointed_at_on_the_map(flat: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    page = _open_map(flat, qtbot)
    _check_it_is_exported(page, flat, qtbot, tmp_path / "pointed.binvox")
    _check_it_is_said_no_more_when_the_blend_is_back_until_the_mouse_moves(page, flat, qtbot)
    _check_a_slider_key_at_the_same_position_ends_pointing(page, flat, qtbot)
    _check_the_map_that_is_opened_again_is_of_what_is_shown_now(page, flat, qtbot)


def _point_at(page: MapController, window: MainWindow, qtbot: QtBot, place: int) -> None:
    _hover(page, page.panel.map.pixel_of(place))
    qtbot.waitUntil(lambda: view(window).headings.blend.below == CHAIRS[place].name, timeout=WAIT_MS)


def _check_it_is_exported(page: MapController, window: MainWindow, qtbot: QtBot, path: Path) -> None:
    _point_at(page, window, qtbot, 5)
    grid = shown_in(window).result.grid  # type: ignore[union-attr]
    window.feature(FilesFeature).export_to(path)
    qtbot.waitUntil(path.exists, timeout=WAIT_MS)
    assert np.array_equal(voxview.read_shape(path), grid)
    qtbot.waitUntil(lambda: CHAIRS[5].name in window.messages.text, timeout=WAIT_MS)


def _check_it_is_said_no_more_when_the_blend_is_back_until_the_mouse_moves(
    page: MapController, window: MainWindow, qtbot: QtBot
) -> None:
    assert CHAIRS[5].name in page.panel.line.toolTip()
    window.feature(BlendFeature).nudge(0.01)
    qtbot.waitUntil(lambda: shown_in(window).blend is not None, timeout=WAIT_MS)
    assert CHAIRS[5].name not in page.panel.line.toolTip()
    _point_at(page, window, qtbot, 5)  # which may have moved: the chart is laid out late


def _check_a_slider_key_at_the_same_position_ends_pointing(
    page: MapController, window: MainWindow, qtbot: QtBot
) -> None:
    transport(window).slider.setValue(100)
    wait_for_position(qtbot, window, 1.0)
    _hover(page, page.panel.map.pixel_of(6))
    qtbot.waitUntil(lambda: shown_in(window).blend is None, timeout=WAIT_MS)
    window.feature(BlendFeature).go_to(1.0)
    qtbot.waitUntil(lambda: shown_in(window).blend is not None, timeout=WAIT_MS)
    assert not transport(window).quality_bar.accessibleDescription().startswith("No blend of A and B")


def _check_the_map_that_is_opened_again_is_of_what_is_shown_now(
    page: MapController, window: MainWindow, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: len(page.panel.nearest.found) == 8, timeout=WAIT_MS)
    window.qactions["show_timings"].trigger()
    selection_of(window).choose(a=CHAIRS[8], b=CHAIRS[8], position=Position(1.0))
    qtbot.waitUntil(lambda: shown_in(window).chairs == (CHAIRS[8], CHAIRS[8]), timeout=WAIT_MS)
    wait_for_position(qtbot, window, 1.0)
    assert timings(window).isVisible() and page.panel.nearest.found[0][0] != CHAIRS[8]
    window.qactions["show_map"].trigger()
    qtbot.waitUntil(
        lambda: bool(page.panel.nearest.found) and page.panel.nearest.found[0][0] == CHAIRS[8],
        timeout=WAIT_MS,
    )


def test_a_map_that_grows_forgets_a_place_between_chairs_that_was_pointed_at(
    flat: MainWindow, qtbot: QtBot
) -> None:
    page = _open_map(flat, qtbot)
    chart = page.panel.map
    pixels = chart.frame.pixels(chart.points)
    tried = np.array([(x, y) for x in range(20, chart.width() - 20, 9) for y in range(20, chart.height(), 9)])
    clear = np.linalg.norm(tried[:, None] - pixels, axis=2).min(axis=1)
    _hover(page, QPointF(*tried[clear.argmax()].tolist()))
    assert chart.spot is not None and len(chart.parts) == 3
    chart.show_points(chart.points[:2])
    assert chart.spot is None and chart.parts == []
    chart.grab()  # painted without an error
