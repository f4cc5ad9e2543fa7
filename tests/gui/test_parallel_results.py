"""A recorded parallel training on the benchmark's page: chosen, read, drawn, saved; without one, nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from looking import WAIT_MS
from parallel_runs import made_up_run
from pytestqt.qtbot import QtBot

from voxview.gui.benchmark import controller as page_of_benchmarks
from voxview.gui.benchmark.controller import BenchmarkController
from voxview.gui.benchmark.feature import BenchmarkFeature
from voxview.gui.benchmark.panel import BenchmarkPanel
from voxview.gui.benchmark.parallel_tables import parallel_table
from voxview.gui.window import MainWindow
from voxview.training.parallel_bench.chart.figure import VIEWS, View

SLOWED = {"NCCL_P2P_DISABLE": "1"}


def test_without_a_recorded_parallel_run_the_page_has_nothing_of_it(qtbot: QtBot) -> None:
    panel = BenchmarkPanel()
    qtbot.addWidget(panel)
    panel.show()
    panel.offer_recorded(())
    assert panel.source.count() == 1 and not panel.parallel.isVisible()
    assert panel.shown_parallel is None and panel.empty.isVisible()


def test_a_parallel_run_is_chosen_like_the_others_and_shown_view_by_view(qtbot: QtBot) -> None:
    panel = BenchmarkPanel()
    qtbot.addWidget(panel)
    panel.resize(400, 900)
    panel.show()
    panel.offer_recorded((), (made_up_run(2), made_up_run(2, quick=True, environment=SLOWED)))
    assert panel.source.itemText(1).startswith("Recorded: Parallel training: 2 × Made-up GPU over nccl")
    panel.source.setCurrentIndex(1)
    parallel = panel.parallel
    assert parallel.isVisible() and not panel.empty.isVisible() and panel.save_button.isEnabled()
    assert panel.banner.isVisible() and "not of this machine" in panel.banner.text()
    assert "2026-01-02" in parallel.machine.text() and "7,658 pictures" in parallel.found.text()
    for place, view in enumerate(VIEWS):
        parallel.view.setCurrentIndex(place)
        drawing = parallel.drawing()
        assert parallel.shown_view == view and drawing is not None and drawing.view == view
        assert parallel.table.rowCount() > 3 and parallel.note.text()
        if view == "strong":
            panel.source.setCurrentIndex(2)  # the quick one of the slower link has no strong scaling
            assert parallel.shown_view == "weak" and "not directly" in panel.banner.text()
            panel.source.setCurrentIndex(1)
    item = parallel.table.item(0, 1)
    parallel.table.setCurrentItem(item)
    assert "Mean of some steps" in parallel.detail.text()
    panel.source.setCurrentIndex(0)
    assert not parallel.isVisible() and panel.empty.isVisible()


@pytest.mark.parametrize("view", VIEWS)
def test_every_heading_says_what_it_is(view: View) -> None:
    shown = parallel_table(made_up_run(4), view)
    assert all(len(row) == len(shown.headings) for row in shown.rows)
    schemes = {"data", "hybrid-a", "hybrid-c"}
    assert all(tip for heading, tip in zip(shown.headings, shown.tips, strict=True) if heading not in schemes)


def test_the_papers_rows_are_marked_and_the_fastest_scheme_is_shaded() -> None:
    rows = {row[0].text: row for row in parallel_table(made_up_run(2), "weak").rows}
    assert rows["paper: 8"][2].text == "6.25" and all(entry.is_study for entry in rows["paper: 8"])
    assert "Not measured here" in rows["paper: 8"][2].tip
    assert rows["2, hybrid-c"][1].best and not rows["2, data"][1].best and not rows["1"][1].best


def test_its_chart_is_drawn_and_the_run_is_saved_in_every_format(
    unstarted: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(page_of_benchmarks, "recorded_benchmarks", tuple)
    monkeypatch.setattr(page_of_benchmarks, "recorded_parallel_benchmarks", lambda: (made_up_run(2),))
    unstarted.qactions["show_benchmark"].trigger()
    page = unstarted.feature(BenchmarkFeature).controller
    assert isinstance(page, BenchmarkController)
    page.panel.source.setCurrentIndex(1)
    qtbot.waitUntil(lambda: page.panel.parallel.chart.drawn, timeout=WAIT_MS)
    page.panel.parallel.view.setCurrentIndex(4)
    assert not page.panel.parallel.chart.drawn, (
        "the chart of another view would stand under this one's figures"
    )
    qtbot.waitUntil(lambda: page.panel.parallel.chart.drawn, timeout=WAIT_MS)
    for suffix in (".csv", ".svg"):
        path = tmp_path / f"run{suffix}"
        page.save_to(path)
        qtbot.waitUntil(lambda path=path: path.name in unstarted.messages.text, timeout=WAIT_MS)
        assert path.stat().st_size > 500
