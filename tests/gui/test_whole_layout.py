"""Nothing in the window is cut or outside of it, at every size, scale and with every page."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from looking import browser, transport
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from pyvirtualdisplay import Display
from screenshots import FAMILY
from whole_layout import LEAST_SLIDER, PAGES, alexnet, faults, kinds_of, say_everything, show_page

from voxview.gui.window import MainWindow

HERE = Path(__file__).parent


def test_nothing_is_cut_or_outside(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(size=(640, 480), start=False)
    say_everything(window)
    window.setUpdatesEnabled(False)  # where things are is known without painting, which takes longest
    for size in ((640, 480), (800, 600), (1024, 700), (1600, 1000)):
        show_page(window, None)
        window.resize(*size)
        for page in PAGES:
            show_page(window, page)
            for kind in kinds_of(window, page):
                assert faults(window) == [], f"{size} {page} {kind}"
                assert (window.width(), window.height()) == size


def test_nothing_is_cut_where_the_system_has_letters_half_as_large_again(
    open_window: Callable[..., MainWindow], qapp: QApplication
) -> None:
    before = qapp.font()
    larger = QFont(before)
    larger.setPointSizeF(1.5 * before.pointSizeF())
    qapp.setFont(larger)
    try:
        window = open_window(size=(1000, 700), start=False)
        say_everything(window)
        window.setUpdatesEnabled(False)
        for page in PAGES:
            show_page(window, page)
            assert faults(window) == [], page
        assert (window.width(), window.height()) == (1000, 700)
    finally:
        qapp.setFont(before)


def test_what_is_cut_would_be_found(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(size=(800, 600), start=False)
    say_everything(window)
    window.setUpdatesEnabled(False)  # as where nothing is found
    show_page(window, "timings")
    window.side.panel.tabs.setFixedWidth(200)
    transport(window).slider.setFixedWidth(LEAST_SLIDER - 1)
    window.status.size_text.setFixedWidth(60)
    show_page(window, "timings")
    found = "\n".join(faults(window))
    assert "tab Benchmark" in found and "the slider is 239" in found and "12,345 voxels" in found


@pytest.mark.slow
def test_the_first_window_is_whole_on_a_scaled_screen(tmp_path: Path) -> None:
    described = tmp_path / "alexnet.pickle"
    described.write_bytes(pickle.dumps(alexnet()))
    # Both windows are of one process that has the imports behind it.
    with Display(visible=False, size=(1400, 900)) as one, Display(visible=False, size=(1024, 768)) as other:
        screens = f"light,{one.new_display_var},1.5", f"dark,{other.new_display_var},2"
        done = subprocess.run(
            [sys.executable, str(HERE / "whole_layout.py"), str(tmp_path), str(described), *screens],
            capture_output=True,
            text=True,
            timeout=200,
        )
    assert done.returncode == 0, done.stderr
    windows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [window["theme"] for window in windows] == ["light", "dark"]
    for seen in windows:
        for what in ("first", "least"):
            assert seen[what][0] < seen["screen"][0] and seen[what][1] < seen["screen"][1], (
                what,
                seen["theme"],
            )
        assert seen["listed"] == 240
        assert seen["faults"] == {}
        if seen["family"] == FAMILY:
            assert seen["looks otherwise"] == {}


def test_the_slider_gets_a_row_of_its_own_where_there_is_no_room(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window(size=(1600, 1000), start=False)
    bar = transport(window)
    assert bar.slider.y() < bar.speed.geometry().bottom() < bar.quality_bar.y()
    window.resize(800, 600)
    show_page(window, "mix")
    assert bar.slider.y() > bar.speed.geometry().bottom()
    assert bar.slider.width() > bar.width() - 24
    window.resize(1600, 1000)
    show_page(window, None)
    assert bar.slider.y() < bar.speed.geometry().bottom()


def test_where_not_all_fit_the_list_waits_until_the_page_is_left(
    open_window: Callable[..., MainWindow],
) -> None:
    window = open_window(size=(640, 480), start=False)
    assert browser(window).isVisible()
    show_page(window, "mix")
    assert not browser(window).isVisible()
    show_page(window, None)
    assert browser(window).isVisible()
    show_page(window, "mix")
    window.qactions["show_chairs"].setChecked(True)  # the person wants it
    assert browser(window).isVisible() and window.side.page is None


def test_the_list_that_was_shown_beside_a_wide_page_stays(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(size=(900, 600), start=False)
    show_page(window, "map")
    assert not browser(window).isVisible()
    window.qactions["show_chairs"].setChecked(True)
    window.resize(880, 600)
    assert browser(window).isVisible() and window.side.page == "map"
