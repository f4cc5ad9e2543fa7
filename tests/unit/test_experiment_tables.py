"""The tables and the chart name whose figures they show, and who wins where."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import numpy as np
import pytest
from experiment_runs import a_run
from PIL import Image

from voxview.cli.tables import plain_text
from voxview.engine.machine import machine_heading
from voxview.experiment.chart.figure import chart_png, chart_svg, draw_chart
from voxview.experiment.crossover import crossover, crossover_sentences
from voxview.experiment.ratios import (
    control_sentences,
    faster_than,
    of_copy_rate,
    ratio_sentences,
    transfer_sentences,
)
from voxview.experiment.record import from_json, to_json
from voxview.experiment.results import Axis, Benchmark, Measurement
from voxview.experiment.tables import (
    inputs_table,
    milliseconds,
    moves_table,
    others_table,
    report,
    stage_table,
)
from voxview.gui.benchmark.tables import table as window_table
from voxview.table import Table

GPU, CPU = a_run(gpu=True), a_run(gpu=False)
EMPTY = Benchmark(CPU.machine)
AXES: tuple[Axis, ...] = ("inputs", "blends")


def cells(table: Table | None, first: str) -> tuple[str, ...]:
    assert table is not None
    return next(row for row in table.rows if row[0] == first)


def text(*parts: Table | str | None) -> str:
    return plain_text(tuple(part for part in parts if part is not None))


def test_table_3_shows_our_milliseconds_beside_the_studys_seconds() -> None:
    found = GPU.find("inputs", 50, "cuda-shared", "interpolate")
    assert found is not None
    texts = cells(inputs_table(GPU), "50")
    assert texts[1] == milliseconds(found.median) and texts[-2:] == ("0.09 s", "0.9 s")
    assert cells(inputs_table(GPU), "100")[-2:] == ("–", "–")
    assert "NVIDIA Titan V, 2018" in text(inputs_table(GPU))


def test_table_2_has_a_column_for_each_backend_that_ran() -> None:
    assert "cuda-shared" in text(stage_table(GPU)) and "cuda-global" in text(stage_table(GPU))
    assert "cuda-" not in text(stage_table(CPU))
    assert cells(stage_table(CPU), "interpolate")[-3:] == ("0.17 s", "0.24 s", "0.0017 s")


def test_a_projected_figure_is_marked_and_explained() -> None:
    assert "* numpy at 2,000: projected from a slice" in text(inputs_table(GPU))
    assert any(cell.endswith("*") for cell in cells(inputs_table(GPU), "2,000"))


def test_the_columns_of_a_table_stand_under_their_headings() -> None:
    lines = text(inputs_table(GPU)).splitlines()
    rows = [line for line in lines[2:] if not line.startswith("*")]
    assert len({len(line) for line in rows}) == 1


def test_a_report_names_the_machine_and_holds_without_any_figures() -> None:
    for run in (GPU, CPU, EMPTY):
        assert report(run)[0] == machine_heading(run.machine)
        assert "nan" not in plain_text(report(run))
    assert "Test GPU, driver 580.1" in text(*report(GPU)) and "no GPU" in text(*report(CPU))


def test_milliseconds_have_three_figures_that_count() -> None:
    values = [0.000213, 0.00213, 0.0213, 0.213, 2.13, 21.3, 213.4, 2134.0]
    expected = ["0.000213", "0.00213", "0.0213", "0.213", "2.13", "21.3", "213", "2,134"]
    assert [milliseconds(value) for value in values] == expected


def test_the_crossover_is_the_first_size_at_which_the_kernel_is_faster() -> None:
    whole_call = crossover(GPU, "inputs", "total")
    assert whole_call is not None and whole_call.size == 30 and whole_call.cpu_wins == (2, 10, 20)
    assert crossover(CPU, "inputs", "total") is None


def with_gpu_slower(run: Benchmark, sizes: tuple[int, ...]) -> Benchmark:
    def slower(m):  # type: ignore[no-untyped-def]
        ours = m.subject == "cuda-shared" and m.axis == "inputs" and m.size in sizes
        return replace(m, median=1e9, p95=1e9) if ours else m

    return replace(run, measurements=tuple(map(slower, run.measurements)))


def test_where_the_cpu_wins_it_is_reported() -> None:
    everywhere = with_gpu_slower(GPU, GPU.sizes("inputs"))
    assert "the CPU wins at every size, n = 2, 10," in crossover_sentences(everywhere)[0]
    late = with_gpu_slower(GPU, (500, 2_000))
    found = crossover(late, "inputs", "interpolate")
    assert found is not None and found.size is None and found.cpu_wins == (500, 2_000)
    assert "on;" not in crossover_sentences(late)[0]  # the GPU does not win from 2 on


def test_the_cpu_is_taken_at_its_best() -> None:
    numpy, best = (GPU.find("inputs", 2_000, s, "interpolate") for s in ("numpy", "torch.add cpu"))
    assert numpy and best and best.median < numpy.median
    assert GPU.best_on_cpu("inputs", 2_000, "interpolate") == best
    assert cells(inputs_table(GPU), "2,000")[-3] == milliseconds(best.median)
    # PyTorch's call takes the host's arrays as they are: against a GPU's whole call it counts, too.
    assert GPU.best_on_cpu("inputs", 20, "total") == GPU.find("inputs", 20, "torch.add cpu", "interpolate")
    named = ratio_sentences(GPU)[-1].partition("CPU, the best first: ")[2]
    assert re.match(r"\d+× torch.add of scaled ends, .* NumPy \(projected\)\.$", named)


def test_where_no_memory_is_faster_the_sentence_says_so() -> None:
    assert any("neither is faster by more than 3 %" in sentence for sentence in crossover_sentences(GPU))
    faster = [
        replace(m, median=m.median / 2) if (m.subject, m.size) == ("cuda-shared", 50) else m
        for m in GPU.measurements
    ]
    sentences = crossover_sentences(replace(GPU, measurements=tuple(faster)))
    assert any(sentence.endswith("by more than 3 %: shared at n = 50.") for sentence in sentences)


def test_every_baseline_stands_in_a_table_of_its_own() -> None:
    table = others_table(GPU, "inputs")
    assert table is not None
    assert [column.heading for column in table.columns[1:]] == [
        "cuda-elementwise", "torch.lerp cuda", "torch.compile cuda", "torch.add cuda", "cupy",
        "torch.lerp cpu", "torch.compile cpu", "torch.add cpu",
    ]  # fmt: skip
    assert others_table(EMPTY, "inputs") is None


def test_a_size_at_which_only_ours_was_measured_has_no_row_in_the_others_table() -> None:
    streamed = Measurement("inputs", 50_000, "cuda-shared", "interpolate", 1820.0, 1820.0, 1)
    run = replace(GPU, measurements=(*GPU.measurements, streamed))
    table = others_table(run, "inputs")
    assert table is not None and table.rows[-1][0] == "2,000" and cells(inputs_table(run), "50,000")


def test_in_an_older_record_cuda_global_is_the_plain_kernel() -> None:
    older = tuple(m for m in GPU.measurements if m.subject != "cuda-elementwise")
    assert "× the same kernel through the caches" in ratio_sentences(GPU)[-1]
    sentence = ratio_sentences(replace(GPU, measurements=older))[-1]
    assert "× one thread an element" in sentence and "the same kernel" not in sentence


def test_ratios_come_from_the_same_run() -> None:
    largest = GPU.find("inputs", 2_000, "cuda-shared", "interpolate")
    assert largest is not None and largest.bytes_written is not None
    rate = largest.bytes_written / largest.median / 1e6
    assert of_copy_rate(GPU, largest) == pytest.approx(rate / 4_300)
    assert of_copy_rate(replace(GPU, rates={}), largest) is None
    other = GPU.find("inputs", 2_000, "torch.lerp cuda", "interpolate")
    assert other is not None
    assert faster_than(GPU, 2_000)["torch.lerp cuda"] == pytest.approx(other.median / largest.median)
    assert faster_than(CPU, 2_000) == {}


def test_a_call_into_new_memory_stands_beside_one_into_kept_memory() -> None:
    said = transfer_sentences(GPU)
    assert len(said) == 2 and said[0].startswith("All pairs of 50,") and "2,000" in said[1]
    new, kept = (GPU.find("inputs", 50, "cuda-shared", part) for part in ("total", "kept total"))  # type: ignore[arg-type]
    assert new and kept and f"{new.median:.3g} ms into new memory, which is what a script" in said[0]
    assert f"{kept.median:.3g} ms through kept page-locked memory" in said[0]
    assert transfer_sentences(CPU) == []


def with_control(run: Benchmark, subject: str, factor: float) -> Benchmark:
    """Return the run with a second time of one subject at every size: its first, times a factor."""
    first = [m for m in run.measurements if m.subject == subject and m.part == "interpolate"]
    again = [replace(m, part="again", median=m.median * factor) for m in first if m.axis != "stages"]
    return replace(run, measurements=(*run.measurements, *again))


def test_what_was_timed_twice_says_which_differences_mean_something() -> None:
    run = with_control(with_control(GPU, "cuda-shared", 1.004), "numpy", 1.12)
    on_gpu, on_cpu = control_sentences(run)
    assert "cuda-shared took 1.004 to 1.004 times as long from 10 µs on and 1.004 to 1.004 times" in on_gpu
    assert "numpy took 1.120 to 1.120 times" in on_cpu and on_cpu.endswith("rows of the CPU says nothing.")
    (alone,) = control_sentences(with_control(CPU, "numpy", 0.9))
    assert "numpy took 0.900" in alone
    assert all(sentence in plain_text(report(run)) for sentence in (on_gpu, on_cpu))


def test_where_rows_of_the_cpu_have_no_control_it_is_said() -> None:
    assert control_sentences(CPU)[0].startswith("There is no control for numpy: ")
    on_gpu, missing = control_sentences(with_control(GPU, "cuda-shared", 1.0))
    assert on_gpu.startswith("Control: ") and missing.startswith("There is no control for numpy")
    assert control_sentences(EMPTY) == []


def test_a_control_is_in_no_row_and_no_ratio() -> None:
    run = with_control(GPU, "cuda-shared", 0.5)
    assert inputs_table(run) == inputs_table(GPU) and ratio_sentences(run) == ratio_sentences(GPU)
    assert from_json(to_json(run), "it") == run


def test_scores_in_tf32_and_on_all_gpus_have_rows_of_their_own_where_they_were_timed() -> None:
    full = Measurement("scores", 50, "cuda-shared", "total", 600.0, 610.0, 3, note="11,075 blends")
    in_tf32 = replace(full, subject="cuda-shared TF32", median=300.0)
    on_all = replace(full, subject="cuda-shared all GPUs", median=310.0, note="11,075 blends, 2 GPUs")
    run = replace(GPU, measurements=(*GPU.measurements, full, in_tf32, on_all))
    assert "50 chairs decoded and scored, cuda-shared TF32" in text(moves_table(run))
    assert "50 chairs decoded and scored, cuda-shared all GPUs" in text(moves_table(run))
    rows = [row[0].text for row in window_table(run, "moves", "total").rows]
    assert rows[-3:] == ["Score 50 chairs", "Same, in TF32", "Same, on all GPUs"]
    assert from_json(to_json(run), "it") == run
    assert "Same, in TF32" not in [row[0].text for row in window_table(GPU, "moves", "total").rows]


# --- the chart ---


def labels(run: Benchmark | None, axis: Axis, recorded: Benchmark | None = None) -> list[str]:
    figure = draw_chart(run, axis=axis, recorded=recorded)
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def test_every_subject_has_a_line_and_the_study_its_own() -> None:
    texts = labels(GPU, "inputs")
    assert {"cuda-shared", "cuda-shared, with transfers", "numpy", "torch.lerp cuda", "cupy"} <= set(texts)
    assert "Study: NVIDIA Titan V, 2018" in texts and "Test GPU, 2026-11-20" in texts
    assert not any("Study" in label for label in labels(GPU, "blends"))


def test_recorded_figures_are_labelled_with_machine_and_date_and_share_no_colour() -> None:
    texts = labels(CPU, "inputs", GPU)
    assert "This machine" in texts and "Recorded: Test GPU, 2026-11-20" in texts
    axes = draw_chart(CPU, axis="blends", recorded=GPU).axes[0]
    here = len(CPU.subjects("blends"))
    drawn = [line.get_color() for line in axes.get_lines() if np.size(line.get_xdata()) > 2]
    assert here == 4 and not set(drawn[:here]) & set(drawn[here:])


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("run", [GPU, CPU, EMPTY, None], ids=["gpu", "cpu", "empty", "none"])
def test_a_chart_can_be_drawn_of_whatever_there_is(run: Benchmark | None, axis: Axis) -> None:
    assert chart_svg(run, axis=axis, size=(440, 420), recorded=None).startswith(b"<?xml")


def test_the_chart_is_dark_on_request() -> None:
    for dark in (False, True):
        picture = np.asarray(
            Image.open(io.BytesIO(chart_png(GPU, axis="inputs", dark=dark, size=(400, 300))))
        )
        assert picture.shape[:2] == (600, 800)
        assert (picture[0, 0, :3].mean() < 80) == dark


def test_the_same_results_make_the_same_picture() -> None:
    assert chart_svg(GPU, axis="inputs") == chart_svg(GPU, axis="inputs")
