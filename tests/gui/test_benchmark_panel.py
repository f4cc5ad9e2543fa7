"""The benchmark's page: live figures of this machine, recorded ones apart, and the study's beside them."""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from looking import WAIT_MS, is_running, transport, wait_for_position
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from voxview.engine.machine import Machine
from voxview.experiment import bench, study
from voxview.experiment.results import Benchmark, Measurement
from voxview.gui import theme
from voxview.gui.appearance.feature import AppearanceFeature
from voxview.gui.benchmark import controller as page_of_benchmarks
from voxview.gui.benchmark.controller import BenchmarkController
from voxview.gui.benchmark.feature import BenchmarkFeature
from voxview.gui.benchmark.panel import BenchmarkPanel
from voxview.gui.benchmark.tables import Table, table
from voxview.gui.window import MainWindow

if TYPE_CHECKING:
    from voxview.engine.engine import Engine

HERE = Machine("A processor", 2, 2, None, None, "Linux", {"voxview": "0.1.0"}, "abc1234", "2026-01-02")
ELSEWHERE = replace(HERE, cpu="A server's processor", gpu="NVIDIA H200", driver="580.1", date="2025-12-31")


@pytest.fixture
def window(flat: MainWindow) -> MainWindow:
    """Return a window with pictures instead of the 3D view, which nothing here looks at."""
    return flat


def _measured(machine: Machine, factor: float = 1.0) -> Benchmark:
    """Return a small run: two sizes on each axis, one stage."""
    subjects = {"numpy": 3.0, "torch.lerp cpu": 2.0}
    if machine.gpu:
        subjects |= {"cuda-shared": 0.5, "cuda-global": 1.0, "cupy": 1.5, "torch.add cuda": 1.2}
    found = [
        Measurement(axis, size, subject, part, factor * each * size, factor * each * size * 1.1, 40)
        for axis, sizes in (("inputs", (2, 50)), ("blends", (1, 100)))
        for size in sizes
        for subject, each in subjects.items()
        for part in ("interpolate", "total")
    ]
    found += [Measurement("stages", 2, subject, "decode", 7.0 * factor, 8.0, 9) for subject in subjects]
    for subject in set(subjects) & {"cuda-shared", "numpy"}:
        found.append(Measurement("moves", 1, subject, "field", subjects[subject] * factor, 9.0, 9))
    found.append(Measurement("surfaces", 32, "scikit-image", "total", 2.0 * factor, 3.0, 9))
    if machine.gpu:
        found.append(Measurement("surfaces", 32, "cuda", "total", 0.1 * factor, 0.2, 9))
    return Benchmark(machine, tuple(found), {"host copy": 10.0}, 5.0, complete=True)  # type: ignore[arg-type]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the real experiment with fewer sizes and runs, and one recorded run."""
    monkeypatch.setattr(bench, "benchmark", functools.partial(bench.benchmark, quick=True))
    monkeypatch.setattr(page_of_benchmarks, "recorded_benchmarks", lambda: (_measured(ELSEWHERE),))


@pytest.fixture
def endless(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the experiment stay where it has its first figures: it is not over before it is cancelled."""
    run = bench.benchmark

    def stay(engine: Engine) -> Iterator[tuple[int, int, Benchmark]]:
        for step in run(engine):
            yield step
            while step[2].measurements:
                time.sleep(0.002)
                yield step

    monkeypatch.setattr(bench, "benchmark", stay)


def _open(window: MainWindow) -> BenchmarkController:
    window.qactions["show_benchmark"].trigger()
    page = window.feature(BenchmarkFeature).controller
    assert isinstance(page, BenchmarkController)
    return page


@pytest.fixture
def panel(qtbot: QtBot) -> BenchmarkPanel:
    """Return the page alone, with one recorded run to offer."""
    panel = BenchmarkPanel()
    qtbot.addWidget(panel)
    panel.resize(480, 800)
    panel.show()
    panel.offer_recorded((_measured(ELSEWHERE, factor=10.0),))
    return panel


def _texts(panel: BenchmarkPanel) -> set[str]:
    """Return every text in the table."""
    rows, columns = panel.table.rowCount(), panel.table.columnCount()
    return {panel.table.item(row, column).text() for row in range(rows) for column in range(columns)}  # type: ignore[union-attr]


def _column(shown: Table, heading: str) -> list[str]:
    place = shown.headings.index(heading)
    return [row[place].text for row in shown.rows]


def test_before_the_first_run_the_page_says_what_it_will_do(unstarted: MainWindow, quick: None) -> None:
    page = _open(unstarted)
    assert page.panel.empty.isVisible() and "Press Run" in page.panel.empty.text()
    assert not page.panel.table.isVisible() and not page.panel.save_button.isEnabled()


def test_without_a_cuda_device_a_recorded_run_is_offered(window: MainWindow, quick: None) -> None:
    page = _open(window)
    assert window.context.session.engine.report is not None
    if window.context.session.engine.report.cuda is not None:
        pytest.skip("there is a CUDA device here")
    assert "no CUDA device here" in page.panel.empty.text()
    assert "NVIDIA H200, 2025-12-31" in page.panel.offer.text()
    page.panel.offer.click()
    assert page.panel.is_recorded and page.panel.banner.isVisible()


def test_with_a_cuda_device_recorded_runs_are_listed_but_not_offered(panel: BenchmarkPanel) -> None:
    panel.show_no_gpu("this PyTorch was built without CUDA")
    assert panel.offer.isVisible()
    panel.show_no_gpu(None)
    assert not panel.offer.isVisible() and panel.source.count() == 2


def test_a_run_fills_the_tables_and_draws_the_chart(window: MainWindow, qtbot: QtBot, quick: None) -> None:
    page = _open(window)
    page.panel.axis.setCurrentIndex(1)
    rows_at_each_step: list[int] = []
    window.context.session.tasks.step.connect(
        lambda *_: rows_at_each_step.append(page.panel.table.rowCount())
    )
    qtbot.mouseClick(page.panel.button, Qt.MouseButton.LeftButton)
    assert page.panel.button.text() == "Cancel" and window.progress.busy
    qtbot.waitUntil(lambda: not is_running(page), timeout=2 * WAIT_MS)
    assert max(rows_at_each_step) > 0, "the table was filled only at the end"
    mine = page.panel.shown
    assert mine is not None and mine.complete
    numpy = mine.find("inputs", 50, "numpy", "interpolate")
    assert numpy is not None and numpy.median > 0
    qtbot.waitUntil(lambda: page.panel.chart.drawn, timeout=WAIT_MS)
    assert mine.machine.cpu in page.panel.machine.text() and mine.machine.date in page.panel.machine.text()


def test_cancelling_a_run_leaves_what_was_measured_and_the_slider_answers(
    window: MainWindow, qtbot: QtBot, endless: None
) -> None:
    page = _open(window)
    qtbot.mouseClick(page.panel.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: page.panel.shown is not None and bool(page.panel.shown.measurements), timeout=WAIT_MS
    )
    transport(window).slider.setValue(70)
    wait_for_position(qtbot, window, 0.7)
    assert is_running(page), "the slider waited for the run's end"
    window.qactions["cancel"].trigger()
    qtbot.waitUntil(lambda: not is_running(page), timeout=WAIT_MS)
    assert page.panel.button.text() == "Run"
    assert page.panel.shown is not None and not page.panel.shown.complete
    assert page.panel.table.isVisible() and "stopped" in page.panel.found.text().lower()


def test_recorded_figures_carry_machine_and_date_and_are_never_mixed_with_ours(panel: BenchmarkPanel) -> None:
    panel.show_mine(_measured(HERE))
    panel.axis.setCurrentIndex(1)
    mine = _texts(panel)
    assert "150" in mine and "1,500" not in mine  # 50 chairs, NumPy
    assert not panel.banner.isVisible()
    panel.source.setCurrentIndex(1)
    recorded = _texts(panel)
    assert "1,500" in recorded and "150" not in recorded
    assert panel.banner.isVisible() and "NVIDIA H200, 2025-12-31" in panel.banner.text()
    assert "NVIDIA H200" in panel.machine.text() and "driver 580.1" in panel.machine.text()


def test_recorded_figures_have_a_colour_of_their_own(panel: BenchmarkPanel) -> None:
    panel.show_mine(_measured(HERE))
    panel.axis.setCurrentIndex(1)
    assert panel.table.item(0, 1).foreground().color().name() == theme.palette().text.lower()  # type: ignore[union-attr]
    panel.source.setCurrentIndex(1)
    assert panel.table.item(0, 1).foreground().color().name() == theme.palette().recorded.lower()  # type: ignore[union-attr]


def test_while_it_runs_this_machine_is_shown(panel: BenchmarkPanel) -> None:
    panel.source.setCurrentIndex(1)
    panel.show_running(True)
    assert not panel.is_recorded


def test_the_study_s_figures_stand_beside_ours(panel: BenchmarkPanel) -> None:
    shown = table(_measured(ELSEWHERE), "inputs", "interpolate")
    assert _column(shown, "n, ms") == ["2", "50"]
    assert _column(shown, "CUDA\nshared") == ["1.00", "25.0"]
    assert _column(shown, "study\nGPU") == ["170", "90"]
    assert _column(shown, "study\nCPU") == ["1.7", "900"]
    stages = table(_measured(ELSEWHERE), "stages", "interpolate")
    row = [one[0].text for one in stages.rows].index("Interpolate")
    printed = [entry.text for entry in stages.rows[row] if entry.is_study]
    assert printed == [f"{1000 * study.TABLE_2[one]:g}" for one in ("cuda-shared", "cuda-global", "numpy")]


def test_where_the_study_s_figures_stand_their_caveat_does(panel: BenchmarkPanel) -> None:
    panel.source.setCurrentIndex(1)
    for axis, stands in enumerate((True, True, False, False)):
        panel.axis.setCurrentIndex(axis)
        assert panel.caveat.isVisible() == stands
    assert panel.caveat.text() == study.CAVEAT
    entries = [one for row in table(_measured(ELSEWHERE), "inputs", "total").rows for one in row]
    assert all(study.CAVEAT in one.tip for one in entries if one.is_study and one.text)


def test_the_fastest_of_a_row_is_marked_even_if_it_is_the_cpu() -> None:
    results = _measured(ELSEWHERE)
    slow = tuple(
        replace(m, median=1000.0) if m.subject not in ("numpy", "torch.lerp cpu") and m.size == 2 else m
        for m in results.measurements
    )
    rows = table(replace(results, measurements=slow), "inputs", "interpolate").rows
    headings = table(results, "inputs", "interpolate").headings
    best = [headings[[entry.best for entry in row].index(True)] for row in rows]
    assert best == ["Best\nCPU", "CUDA\nshared"]


def test_the_best_of_the_others_stands_beside_ours_and_its_tip_names_it() -> None:
    shown = table(_measured(ELSEWHERE), "inputs", "interpolate")
    assert _column(shown, "Others\nGPU") == ["2.40", "60.0"]
    at = shown.headings.index("Best\nCPU")
    assert shown.rows[0][at].text == "4.00" and "torch.lerp cpu" in shown.rows[0][at].tip


def test_a_projected_figure_has_a_star_and_its_note_is_shown(panel: BenchmarkPanel) -> None:
    note = "projected from 20 rows"
    projected = Measurement("inputs", 2000, "numpy", "interpolate", 3434.0, 3500.0, 5, note=note)
    panel.show_mine(Benchmark(HERE, (projected,)))
    panel.axis.setCurrentIndex(1)
    item = panel.table.item(0, 1)
    assert item is not None and item.text() == "3,434*"
    panel.table.setCurrentItem(item)
    assert note in panel.detail.text() and "95th percentile 3,500" in panel.detail.text()


def test_every_figure_of_a_table_is_in_milliseconds_with_all_its_digits(panel: BenchmarkPanel) -> None:
    slow = Measurement("blends", 1_000_000, "numpy", "interpolate", 570_000.0, 580_000.0, 5, note="projected")
    for axis in ("stages", "inputs", "blends", "moves"):
        shown = table(_measured(ELSEWHERE), axis, "interpolate")  # type: ignore[arg-type]
        assert [one for one in shown.headings if ", s" in one] == []
        assert all(shown.tips), f"a heading of {axis} says nothing"
    assert table(Benchmark(HERE, (slow,)), "blends", "interpolate").rows[0][1].text == "570,000*"


def test_the_winner_and_the_crossover_are_said_in_words(panel: BenchmarkPanel) -> None:
    panel.source.setCurrentIndex(1)
    assert "the GPU wins" in panel.found.text()
    panel.source.setCurrentIndex(0)
    panel.show_mine(_measured(HERE))
    assert "nothing to compare the CPU with" in panel.found.text()


def test_the_run_that_is_shown_is_saved_in_every_format(
    unstarted: MainWindow, qtbot: QtBot, quick: None, tmp_path: Path
) -> None:
    page = _open(unstarted)
    page.panel.source.setCurrentIndex(1)
    for suffix in (".json", ".csv", ".svg", ".png"):
        path = tmp_path / f"run{suffix}"
        page.save_to(path)
        qtbot.waitUntil(lambda path=path: path.name in unstarted.messages.text, timeout=WAIT_MS)
        assert path.stat().st_size > 500, suffix
    assert json.loads((tmp_path / "run.json").read_text())["machine"]["gpu"] == "NVIDIA H200"


def test_the_chart_takes_the_theme_s_colours(unstarted: MainWindow, qtbot: QtBot, quick: None) -> None:
    window = unstarted
    page = _open(window)
    page.panel.source.setCurrentIndex(1)
    page.panel.axis.setCurrentIndex(2)

    def corner() -> str:
        return page.panel.chart.grab().toImage().pixelColor(3, 3).name()

    qtbot.waitUntil(lambda: page.panel.chart.drawn, timeout=WAIT_MS)
    light = corner()
    window.feature(AppearanceFeature).set_theme("dark")
    qtbot.waitUntil(lambda: page.panel.chart.drawn and corner() != light, timeout=WAIT_MS)


@pytest.mark.parametrize("size", [(640, 480), (800, 600), (1600, 1000)])
def test_nothing_of_the_page_is_clipped(
    open_window: Callable[..., MainWindow], qtbot: QtBot, quick: None, size: tuple[int, int]
) -> None:
    window = open_window(size=size, start=False)
    page = _open(window)
    page.panel.source.setCurrentIndex(1)
    for axis in range(page.panel.axis.count()):
        page.panel.axis.setCurrentIndex(axis)
        body, viewport = page.panel.widget(), page.panel.viewport()
        assert body is not None
        # A scroll bar that has just appeared takes its width a layout pass later.
        qtbot.waitUntil(lambda body=body, viewport=viewport: body.width() <= viewport.width())
        shown = (page.panel.button, page.panel.save_button, page.panel.table, page.panel.part)
        for part in (part for part in shown if part.isVisible()):
            assert part.mapTo(body, part.rect().topRight()).x() < viewport.width(), part


def test_a_move_and_a_surface_stand_beside_the_cpus_with_their_ratio() -> None:
    moves = table(_measured(ELSEWHERE), "moves", "total")
    assert moves.headings == ("ms", "CUDA", "CPU", "Faster")
    rows = {row[0].text: [entry.text for entry in row[1:]] for row in moves.rows}
    assert rows["Move to field"] == ["0.500", "3.00", "6×"]
    assert rows["Surface, 32³"] == ["0.100", "2.00", "20×"]
    assert rows["Move to surface"] == ["—", "—", "—"]
    assert all(row[3].text == "—" for row in table(_measured(HERE), "moves", "total").rows)
