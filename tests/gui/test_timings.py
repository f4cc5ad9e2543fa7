"""The timing panel: what was measured here, and why the rest is empty."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from looking import WAIT_MS, shown_in, timings, transport, view, wait_for_position
from PySide6.QtWidgets import QProgressBar
from pytestqt.qtbot import QtBot

from voxview.engine.device import DeviceReport
from voxview.engine.events import Measured
from voxview.engine.measuring import MEASURED_RUNS
from voxview.engine.timings import Stage
from voxview.gui.timings.history import TimingHistories, speed_up_text
from voxview.gui.timings.panel import TimingPanel
from voxview.gui.timings.table import ROWS
from voxview.gui.widgets.durations import milliseconds_text
from voxview.gui.window import MainWindow

CPU_ONLY = DeviceReport("A processor", 2, None, "no NVIDIA driver is loaded", "no NVIDIA driver is loaded")
BOTH = DeviceReport("A processor", 2, "A GPU", None, None)


@pytest.fixture
def drawn_window(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """Return a window that has drawn so often that the time of a picture is known."""
    while timings(window).figures.stage(Stage.RENDER, "cpu") is None:
        with qtbot.waitSignal(view(window).drawn, timeout=WAIT_MS):
            view(window).scene.update()
    return window


def test_a_total_waits_for_the_time_of_a_picture() -> None:
    figures = TimingHistories()
    figures.add_run("cpu", {Stage.INTERPOLATE: 1.0, Stage.DECODE: 2.0})
    assert figures.total("cpu") is None and figures.last_total("cpu") is None
    figures.add_render(4.0)
    assert figures.last_total("cpu") == 7.0


def test_surfaces_of_another_resolution_are_another_measurement() -> None:
    figures = TimingHistories()
    figures.add_run("cpu", {Stage.INTERPOLATE: 1.0, Stage.DECODE: 2.0, Stage.SURFACE: 30.0})
    figures.add_render(9.0)
    figures.forget_surfaces()
    assert figures.stage(Stage.SURFACE, "cpu") is None and figures.stage(Stage.RENDER, "cpu") is None
    assert figures.total("cpu") is None
    assert figures.last(Stage.DECODE, "cpu") == 2.0


def test_the_figure_of_a_surface_is_of_the_look_that_is_chosen(
    drawn_window: MainWindow, qtbot: QtBot
) -> None:
    figures = timings(drawn_window).figures
    choose = drawn_window.context.session.selection.set_surface_resolution
    qtbot.waitUntil(lambda: figures.last(Stage.SURFACE, "cpu") is not None, timeout=WAIT_MS)
    plain = figures.last(Stage.SURFACE, "cpu")
    choose(96)  # 27 times as many cells
    qtbot.waitUntil(lambda: (figures.last(Stage.SURFACE, "cpu") or 0) > 3 * plain, timeout=WAIT_MS)
    fine = figures.stage(Stage.SURFACE, "cpu").median
    choose(32)
    qtbot.waitUntil(lambda: (figures.last(Stage.SURFACE, "cpu") or fine) < fine / 2, timeout=WAIT_MS)
    assert figures.stage(Stage.SURFACE, "cpu").p95 < fine / 2


def test_after_opening_every_stage_of_the_cpu_has_a_figure(drawn_window: MainWindow, qtbot: QtBot) -> None:
    window = drawn_window

    def text(row: str) -> str:
        return timings(window).table.cells[row, "cpu"].text()

    for row in ("encode", "interpolate", "decode", "surface", "total"):
        qtbot.waitUntil(lambda row=row: "p95" in text(row), timeout=WAIT_MS)
    assert "—" in text("upload") and "—" in text("download")
    assert timings(window).table.cells["upload", "cpu"].toolTip()


def test_without_cuda_the_panel_says_why_and_shows_no_figure(qtbot: QtBot) -> None:
    panel = TimingPanel()
    qtbot.addWidget(panel)
    panel.show_report(CPU_ONLY)
    panel.add_measured(Measured("cpu", {Stage.INTERPOLATE: 0.1, Stage.DECODE: 2.0}))
    qtbot.waitUntil(lambda: "2.00" in panel.table.cells["decode", "cpu"].text(), timeout=WAIT_MS)
    assert "no NVIDIA driver is loaded" in panel.sentence.text()
    for row in ROWS:
        assert "—" in panel.table.cells[row, "cuda"].text()
        assert "no NVIDIA driver is loaded" in panel.table.cells[row, "cuda"].toolTip()
    for place in (1, 2):
        item = panel.backends.model().item(place)  # type: ignore[attr-defined]
        assert not item.isEnabled() and "no NVIDIA driver" in item.toolTip()
    assert panel.devices.isHidden()


def test_figures_of_both_devices_stand_side_by_side(qtbot: QtBot) -> None:
    panel = TimingPanel()
    qtbot.addWidget(panel)
    panel.show_report(BOTH)
    panel.add_measured(Measured("cpu", {Stage.INTERPOLATE: 0.1, Stage.DECODE: 4.0}))
    panel.add_measured(Measured("cuda", {Stage.INTERPOLATE: 0.2, Stage.DECODE: 0.5}))
    qtbot.waitUntil(lambda: panel.table.cells["decode", "cpu"].text().startswith("4.00"), timeout=WAIT_MS)
    assert panel.table.cells["decode", "cuda"].text().startswith("0.50")
    assert panel.table.cells["decode", "speed-up"].text() == "8.0×"
    assert panel.table.cells["interpolate", "speed-up"].text() == "0.5×"
    assert panel.backends.currentData() == "cuda-shared"
    assert panel.devices.count() == 2


def test_nothing_moves_before_a_blend_is_decoded_ahead_or_of_another_pair(qtbot: QtBot) -> None:
    panel = TimingPanel()
    qtbot.addWidget(panel)
    (bar,) = panel.findChildren(QProgressBar)
    panel.forget_ahead()  # the first pair has been chosen
    assert bar.maximum() > 0, "a bar from 0 to 0 is a busy one: it moves, and the window is drawn anew"
    panel.show_ahead(40, 101)
    panel.forget_ahead()
    assert (bar.value(), bar.maximum(), panel.ahead) == (0, 101, (0, 101))


def test_another_backend_is_chosen_by_the_person(qtbot: QtBot) -> None:
    panel = TimingPanel()
    qtbot.addWidget(panel)
    panel.show_report(BOTH)
    panel.add_measured(Measured("cuda", {Stage.INTERPOLATE: 0.2, Stage.DECODE: 0.5}))
    with qtbot.waitSignal(panel.backend_chosen) as chosen:
        panel.backends.activated.emit(1)
    assert chosen.args == ["cuda-global"]
    assert panel.figures.stage(Stage.INTERPOLATE, "cuda") is None, "figures of the other kernel remain"


def test_blends_that_were_decoded_ahead_leave_the_figures_of_decoder_and_surface_alone(
    drawn_window: MainWindow, qtbot: QtBot
) -> None:
    window = drawn_window
    qtbot.waitUntil(lambda: timings(window).ahead == (101, 101), timeout=WAIT_MS)
    figures = timings(window).figures
    qtbot.waitUntil(lambda: getattr(figures.total("cpu"), "count", 0) >= MEASURED_RUNS, timeout=WAIT_MS)
    before, surfaces = (figures.stage(stage, "cpu") for stage in (Stage.DECODE, Stage.SURFACE))
    for step in (10, 30, 60):
        transport(window).slider.setValue(step)
        wait_for_position(qtbot, window, step / 100)
    assert shown_in(window).blend is not None and shown_in(window).blend.decoded_ahead
    assert before is not None and surfaces is not None
    assert (figures.stage(Stage.DECODE, "cpu"), figures.stage(Stage.SURFACE, "cpu")) == (before, surfaces)


def test_measure_again_replaces_the_figures(drawn_window: MainWindow, qtbot: QtBot) -> None:
    window = drawn_window
    figures = timings(window).figures
    qtbot.waitUntil(lambda: getattr(figures.total("cpu"), "count", 0) >= MEASURED_RUNS, timeout=WAIT_MS)
    timings(window).measure.click()
    assert figures.total("cpu") is None
    qtbot.waitUntil(lambda: figures.total("cpu") is not None, timeout=WAIT_MS)


def test_a_move_appears_in_the_chart_and_the_status_bar(window: MainWindow, qtbot: QtBot) -> None:
    assert not timings(window).figures.latencies
    transport(window).slider.setValue(64)
    qtbot.waitUntil(lambda: len(timings(window).figures.latencies) == 1, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "ms" in window.status.latency.text(), timeout=WAIT_MS)


def test_the_seconds_of_a_start_are_of_no_move(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = open_window(flat=True, wait=False)
    session, measured = window.context.session, list[float]()
    session.latency.measured.connect(measured.append)
    session.latency.start("a mix that came back")
    with qtbot.waitSignal(session.engine.ready, timeout=WAIT_MS):
        pass
    session.latency.stop("a mix that came back", object())
    session.latency.start("a move")
    session.latency.stop("a move", object())
    assert len(measured) == 1


@pytest.mark.parametrize(
    ("value", "text"), [(0.0042, "0.004"), (3.123, "3.12"), (31.26, "31.3"), (312.4, "312")]
)
def test_milliseconds_have_three_digits_that_mean_something(value: float, text: str) -> None:
    assert milliseconds_text(value) == text


def test_without_both_devices_there_is_no_speed_up() -> None:
    figures = TimingHistories()
    figures.add_run("cpu", {Stage.DECODE: 1.0})
    assert speed_up_text(figures.stage(Stage.DECODE, "cpu"), figures.stage(Stage.DECODE, "cuda")) == "—"


def test_an_engine_that_cannot_start_is_reported_in_one_line(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    from voxview.errors import VoxViewError

    def broken() -> None:
        raise VoxViewError("no weights are there: install VoxView again")

    window = open_window(wait=False, build_engine=broken)
    qtbot.waitUntil(lambda: "No weights are there" in window.messages.text, timeout=WAIT_MS)
    assert window.isVisible()
