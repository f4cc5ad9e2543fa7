"""Records of parallel training are read back, refused in one line, and written as tables and charts."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from parallel_runs import made_up_run

from voxview.charts import format_tick
from voxview.errors import InputError
from voxview.training.parallel.step_clock import StepClock
from voxview.training.parallel.step_parts import CONVOLUTIONS, WAIT, Span
from voxview.training.parallel_bench import read
from voxview.training.parallel_bench.chart.figure import VIEWS, View, available_views, draw_view
from voxview.training.parallel_bench.chart.timeline import link_spans, overlap_sentence, shared_ms
from voxview.training.parallel_bench.files import to_csv, write_parallel_benchmark
from voxview.training.parallel_bench.options import Case
from voxview.training.parallel_bench.read import (
    from_json,
    read_parallel_benchmark,
    recorded_parallel_benchmarks,
)
from voxview.training.parallel_bench.record import to_json

SLOWED = {"NCCL_P2P_DISABLE": "1"}


def test_a_record_comes_back_as_it_was_and_older_ones_without_timelines_do_too() -> None:
    run = made_up_run(2)
    assert from_json(to_json(run), "run.json") == run
    data = json.loads(to_json(run))
    for row in data["rows"]:
        del row["timeline"]
    assert not any(row.timeline for row in from_json(json.dumps(data), "old.json").rows)


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("format",), "other", "its format is not voxview-parallel-benchmark-1"),
        (("processes",), "2", "processes of the file is no whole number"),
        (("processes",), True, "processes of the file is no whole number"),
        (("rows", 0, "step_ms"), -1, "step_ms of rows of the file, number 1 is -1"),
        (("rows", 0, "case", "scheme"), 3, "is no text"),
        (("rows",), {}, "rows of the file is no list"),
        (("machine",), [], "machine of the file is no object"),
        (("environment",), [], "environment of the file is no object"),
        (("rows", 0, "more"), 1, "has an unknown field 'more'"),
        (("options", "quick"), 0, "quick of options of the file is no truth value"),
    ],
)
def test_what_is_no_record_is_refused_in_one_line(place: tuple[Any, ...], value: Any, said: str) -> None:
    data = inner = json.loads(to_json(made_up_run(2, quick=True)))
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    with pytest.raises(InputError, match="is no record of parallel training") as caught:
        from_json(json.dumps(data), "bad.json")
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_files_that_cannot_be_read_are_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "run.json"
    with pytest.raises(InputError, match="No such file"):
        read_parallel_benchmark(file)
    with pytest.raises(InputError, match="not a regular file"):
        read_parallel_benchmark(tmp_path)
    for content, said in ((b"\xff\xfe", "no text"), (b"{", "no JSON"), (b"[]", "its format")):
        file.write_bytes(content)
        with pytest.raises(InputError, match=said):
            read_parallel_benchmark(file)
    file.write_text('{"format": "voxview-parallel-benchmark-1"}')
    with pytest.raises(InputError, match="the file has no machine"):
        read_parallel_benchmark(file)
    monkeypatch.setattr(read, "LARGEST_FILE", 3)
    with pytest.raises(InputError, match="too large"):
        read_parallel_benchmark(file)


def test_recorded_runs_come_newest_first_and_those_of_a_slower_link_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "asset", lambda _: tmp_path)
    assert recorded_parallel_benchmarks() == ()
    run, slowed = made_up_run(2, quick=True), made_up_run(4, quick=True, environment=SLOWED)
    newer = replace(run, machine=replace(run.machine, date="2026-03-01"))
    for name, one in (("a", run), ("b", slowed), ("c", newer)):
        write_parallel_benchmark(tmp_path / f"parallel-{name}.json", one)
    assert recorded_parallel_benchmarks() == (newer, run, slowed)


def test_a_row_a_case_stands_in_the_csv_with_its_machine_and_both_efficiencies() -> None:
    run = made_up_run(2)
    rows = list(csv.DictReader(io.StringIO(to_csv(run))))
    assert len(rows) == len(run.rows)
    wanted = {"scheme": "hybrid-c", "processes": "2", "batch": "1024"}
    row = next(row for row in rows if wanted.items() <= row.items())
    measured = run.find(Case("hybrid-c", 2, 1024))
    one = run.find(Case("data", 1, 1024))
    assert measured is not None and one is not None
    times = measured.images_per_second / one.images_per_second
    assert float(row["times_one_with_the_whole_batch"]) == times
    assert row["gpu"] == "Made-up GPU" and int(row["bytes_sent"]) == measured.bytes
    model = next(row for row in rows if row["scheme"] == "model")
    assert model["bytes_by_formula"] == "", "there is none"


def test_every_format_is_written_and_others_are_refused(tmp_path: Path) -> None:
    for suffix in (".json", ".csv", ".svg"):
        write_parallel_benchmark(tmp_path / f"run{suffix}", made_up_run(2))
        assert (tmp_path / f"run{suffix}").stat().st_size > 500
    write_parallel_benchmark(tmp_path / "one.png", made_up_run(1), dark=True)
    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(InputError):
        write_parallel_benchmark(tmp_path / "run.txt", made_up_run(2))


# ---- the chart --------------------------------------------------------------------------------------


def test_a_run_has_the_views_that_it_has_figures_for() -> None:
    assert available_views(made_up_run(4)) == tuple(VIEWS)
    assert available_views(made_up_run(2, quick=True)) == ("weak", "bytes", "timeline")
    assert available_views(made_up_run(1)) == ()


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(("width", "dark"), [(288, True), (440, False), (960, False)])
def test_axes_have_room_and_nothing_of_a_view_is_cut(view: View, width: int, dark: bool) -> None:
    height = min(width, 440) + 210
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = draw_view(made_up_run(8), view, dark=dark, size=(width, height))
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    for axes in figure.axes:
        box = axes.get_window_extent()
        assert box.width > 110 and box.height > 75, (box.width, box.height)
    legend = figure.legends[0].get_window_extent()
    assert legend.x0 >= 0 and legend.x1 <= width and legend.y0 >= 0
    cut = [
        text.get_text()
        for axes in figure.axes
        for text in (axes.title, axes._left_title, axes.xaxis.label, *axes.texts)  # type: ignore[attr-defined]
        if text.get_text() and text.get_window_extent().x1 > width + 1
    ]
    assert not cut


def test_the_papers_figures_are_marked_as_not_measured_here_and_stand_beside_weak_scaling_alone() -> None:
    def legend(view: View) -> list[str]:
        figure = draw_view(made_up_run(2), view, dark=False, size=(960, 600))
        return [text.get_text() for text in figure.legends[0].get_texts()]

    assert any("not measured here: Krizhevsky 2014" in text for text in legend("weak"))
    assert not any("Krizhevsky" in text for text in legend("strong"))


def test_ticks_are_short() -> None:
    assert [format_tick(v) for v in (0, 0.01, 5, 1_000, 20_000, 3e6)] == [
        "0",
        "0.01",
        "5",
        "1,000",
        "20k",
        "3M",
    ]


# ---- the timeline -----------------------------------------------------------------------------------


def test_links_are_busy_with_one_collective_after_the_other() -> None:
    some = (
        Span("a", True, 0, 4),
        Span("b", True, 1, 3),
        Span("c", True, 2, 6),
        Span(CONVOLUTIONS, False, 0, 9),
    )
    assert link_spans(some) == [Span("a", True, 0, 4), Span("c", True, 4, 6)]


def test_what_work_hides_is_what_no_wait_was_for() -> None:
    timeline = (
        Span(CONVOLUTIONS, False, 0, 6),
        Span(f"{WAIT}gradients", False, 6, 8),
        Span("gradients", True, 3, 8),
    )
    assert shared_ms([timeline[2]], [timeline[1]]) == 2
    row = replace(made_up_run(2).rows[1], timeline=timeline)
    assert overlap_sentence(row) == "links 5.00 ms, 60% behind work"
    assert overlap_sentence(replace(row, timeline=timeline[:1])) == "nothing is sent"


class _Work:
    """A collective whose future is done by another thread; without one, only `wait` says so."""

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds

    def get_future(self) -> _Work:
        if self._seconds is None:
            raise RuntimeError("Work::getFuture not implemented.")
        return self

    def add_done_callback(self, done: Any) -> None:
        threading.Timer(cast(float, self._seconds), done, [None]).start()


def test_a_collective_ends_when_it_says_so_or_else_when_it_was_waited_for() -> None:
    clock = StepClock("cpu", watches_collectives=True)
    clock.begin("work")
    said, silent = clock.watch("said", _Work(0.01)), clock.watch("silent", _Work(None))  # type: ignore[arg-type]
    lost = clock.watch("lost", _Work(None))  # type: ignore[arg-type]
    time.sleep(0.05)
    clock.end(said)
    clock.end(silent)
    spans = {span.name: span for span in clock.timeline()}
    assert spans["said"].end < 45 <= spans["silent"].end and spans["said"].is_collective
    assert "lost" not in spans and lost == 2, "no end is known"
    assert not spans["work"].is_collective and spans["work"].end >= spans["silent"].end
