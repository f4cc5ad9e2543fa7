"""The side panel: its pages open and close by key and by tab, and get their room."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from looking import browser, made_up_scores, timings, view
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from voxview.gui.all_pairs.controller import AllPairsController
from voxview.gui.all_pairs.feature import AllPairsFeature
from voxview.gui.benchmark.controller import BenchmarkController
from voxview.gui.benchmark.feature import BenchmarkFeature
from voxview.gui.side import ROOM_FOR_BOTH
from voxview.gui.window import MainWindow


@pytest.fixture
def window(unstarted: MainWindow) -> MainWindow:
    """Return a window without an engine."""
    return unstarted


def test_a_page_s_key_opens_it_and_leaves_it_again(window: MainWindow) -> None:
    for name, page in (("show_all_pairs", "all_pairs"), ("show_benchmark", "benchmark")):
        window.qactions[name].trigger()
        assert window.side.page == page and window.qactions[name].isChecked()
        assert not window.qactions["show_timings"].isChecked()
        window.qactions[name].trigger()
        assert window.side.page == "timings" and timings(window).isVisible()


def test_the_tabs_switch_by_keyboard(window: MainWindow) -> None:
    window.side.panel.tabs.setFocus()
    QTest.keyClick(window.side.panel.tabs, Qt.Key.Key_Right)
    assert window.side.page == "all_pairs" and window.qactions["show_all_pairs"].isChecked()
    QTest.keyClick(window.side.panel.tabs, Qt.Key.Key_Left)
    assert window.side.page == "timings"


def test_the_tab_key_goes_through_the_wide_pages_and_everything_there_has_a_name(window: MainWindow) -> None:
    window.qactions["show_all_pairs"].trigger()
    page = window.feature(AllPairsFeature).controller
    assert isinstance(page, AllPairsController)
    page.show_scores(made_up_scores())
    panel = page.panel
    wanted = [
        window.side.panel.tabs,
        panel.choice.source,
        panel.choice.count,
        panel.choice.steps,
        panel.button,
        panel.surprise,
        panel.score,
        panel.step,
        panel.map,
        panel.save_button,
    ]
    order, widget = [], window.side.panel.tabs.nextInFocusChain()
    while widget is not window.side.panel.tabs:
        order.append(widget)
        widget = widget.nextInFocusChain()
    places = [order.index(one) for one in wanted[1:]]
    assert places == sorted(places)
    window.qactions["show_benchmark"].trigger()
    benchmark = window.feature(BenchmarkFeature).controller
    assert isinstance(benchmark, BenchmarkController)
    boxes = benchmark.panel.findChildren(QComboBox)
    for widget in (*wanted, *boxes, benchmark.panel.table):
        assert widget.accessibleName() or widget.text(), f"{widget} says nothing to a screen reader"


def test_a_wide_page_gets_its_room_and_gives_it_back(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window(start=False)
    before = window.splitter.sizes()
    window.qactions["show_all_pairs"].trigger()
    qtbot.waitUntil(lambda: window.side.panel.width() >= 440)
    assert view(window).width() >= 300 and browser(window).isVisible()
    window.qactions["show_all_pairs"].trigger()
    qtbot.waitUntil(lambda: window.splitter.sizes() == before)


def test_in_a_narrow_window_a_wide_page_takes_the_list_s_room(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window(size=(800, 600), start=False)
    window.qactions["show_benchmark"].trigger()
    qtbot.waitUntil(lambda: window.side.panel.width() >= 440)
    assert window.width() == 800
    assert not browser(window).isVisible() and view(window).width() >= 300
    panel = window.side.panel
    assert panel.mapTo(window, panel.rect().bottomRight()).x() < 800, "the panel is clipped"
    window.resize(ROOM_FOR_BOTH + 20, 600)
    qtbot.waitUntil(browser(window).isVisible)
    assert window.side.page == "benchmark"
    window.resize(800, 600)
    qtbot.waitUntil(lambda: not browser(window).isVisible())
    window.qactions["show_benchmark"].trigger()
    assert browser(window).isVisible() and not panel.isVisible()


@pytest.mark.parametrize("size", [(800, 600), (1024, 700), (1600, 1000)])
def test_the_list_is_as_wide_after_any_pages_as_it_was_before(
    open_window: Callable[..., MainWindow], size: tuple[int, int]
) -> None:
    window = open_window(size=size, start=False)
    before = window.splitter.sizes()[0]
    for name in ("latent", "timings", "all_pairs", "mix", "map"):
        window.qactions[f"show_{name}"].trigger()
        QApplication.processEvents()
    window.qactions["show_chairs"].setChecked(False)
    window.qactions["show_chairs"].setChecked(True)
    QApplication.processEvents()
    assert browser(window).isVisible() and window.splitter.sizes()[0] == before
    window.qactions["show_map"].setChecked(True)
    window.qactions["show_map"].trigger()
    window.qactions["show_chairs"].setChecked(True)
    QApplication.processEvents()
    assert window.splitter.sizes()[0] == before


def test_what_a_window_remembers_is_its_layout_without_a_wide_page(
    open_window: Callable[..., MainWindow],
) -> None:
    window = open_window(start=False)
    before = window.splitter.sizes()
    window.qactions["show_all_pairs"].trigger()
    window.close()
    assert open_window(start=False).splitter.sizes() == before
