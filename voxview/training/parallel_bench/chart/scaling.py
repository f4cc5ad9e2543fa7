"""Images a second, efficiency and bytes by the number of processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxview.training.parallel_bench.chart.look import Look
from voxview.training.parallel_bench.options import SCHEMES, Case, sizes, strong_cases, weak_cases
from voxview.training.parallel_bench.paper import PAPER, THE_PAPER
from voxview.training.parallel_bench.record import ParallelBenchmark, Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_rates(axes: Axes, results: ParallelBenchmark, look: Look, strong: bool) -> None:
    """Draw a line a scheme, and a dotted one of as many times one process as there are processes."""
    for scheme in SCHEMES:
        rows = rows_of(results, scheme, strong)
        if len(rows) > 1:
            numbers = [row.case.processes for row in rows]
            axes.plot(numbers, [row.images_per_second for row in rows], label=scheme, **look.line(scheme))
    one = results.find(_cases(results, strong)[0])
    if one is not None:
        numbers = sizes(results.processes)
        ideal = [n * one.images_per_second for n in numbers]
        axes.plot(numbers, ideal, ":", color=look.ground.quiet, linewidth=1.2, label="one process times N")
    axes.set_yscale("log")
    _name_processes(axes, results)
    axes.set_ylabel("images a second")


def draw_efficiency(axes: Axes, results: ParallelBenchmark, look: Look, strong: bool) -> None:
    """Draw the same as percent of the dotted line; beside the weak scaling, the paper's own."""
    highest = 100.0
    for scheme in SCHEMES:
        points = []
        for row in rows_of(results, scheme, strong):
            times = results.times_one(row, row.case.batch if strong else results.options.batch)
            if times is not None:
                points.append((row.case.processes, 100 * times / row.case.processes))
        if len(points) > 1:
            axes.plot(*zip(*points, strict=True), **look.line(scheme))
            highest = max(highest, *(percent for _, percent in points))
    if not strong:
        _draw_paper(axes, results, look)
    axes.set_ylim(0, 1.06 * highest)
    _name_processes(axes, results)
    axes.set_ylabel("efficiency, %")


def _draw_paper(axes: Axes, results: ParallelBenchmark, look: Look) -> None:
    rows = [
        row for row in PAPER if row.batches[0] == row.batches[1] and row.gpus <= max(results.processes, 8)
    ]
    axes.plot(
        [row.gpus for row in rows],
        [100 * row.times / row.gpus for row in rows],
        color=look.ground.published,
        linestyle="--",
        linewidth=1.2,
        marker="x",
        markersize=5,
        label=f"not measured here: {THE_PAPER}",
    )


def draw_bytes(axes: Axes, results: ParallelBenchmark, look: Look) -> None:
    """Draw a bar a scheme and number of processes, with a mark where the formula is."""
    found = [row for case in weak_cases(results.options, results.processes) if (row := results.find(case))]
    rows = [row for row in found if row.case.processes > 1][::-1]
    places = range(len(rows))
    megabytes = [row.bytes / 1e6 for row in rows]
    colours = [look.colour(row.case.scheme) for row in rows]
    axes.barh(places, megabytes, height=0.62, color=colours)
    formula = [(row.predicted / 1e6, place) for place, row in zip(places, rows, strict=True) if row.predicted]
    if formula:
        axes.plot(
            *zip(*formula, strict=True), linestyle="none", marker="|", markersize=13 if len(rows) < 8 else 8,
            markeredgewidth=2.2, color=look.ground.ink, label="by formula",
        )  # fmt: skip
    for place, row, sent in zip(places, rows, megabytes, strict=True):
        off = (
            f", {row.bytes / row.predicted - 1:+.1%}"
            if row.predicted
            else ""
            if look.narrow
            else ", no formula"
        )
        axes.annotate(
            f"{sent:,.1f}{off}", (sent, place), xytext=(7, 0), textcoords="offset points",
            va="center", fontsize=look.small, color=look.ground.quiet,
        )  # fmt: skip
    names = [f"{row.case.processes}, {row.case.scheme}" for row in rows]
    if look.legend_columns == 1:
        names = [name.replace(", each", ",\neach") for name in names]
    axes.set_yticks(places, names)
    axes.set_xlim(0, (1.9 if look.narrow else 1.3) * max(megabytes, default=1))
    axes.set_xlabel("MB sent in a step")


def rows_of(results: ParallelBenchmark, scheme: str, strong: bool) -> list[Row]:
    """Return a scheme's rows by the number of processes; they begin with one process."""
    cases = [case for case in _cases(results, strong) if case.processes == 1 or case.scheme == scheme]
    return [row for case in cases if (row := results.find(case))]


def _cases(results: ParallelBenchmark, strong: bool) -> list[Case]:
    return (strong_cases if strong else weak_cases)(results.options, results.processes)


def _name_processes(axes: Axes, results: ParallelBenchmark) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter, NullLocator

    from voxview.charts import format_tick

    axes.set_xscale("log", base=2)
    numbers = sorted({*sizes(results.processes), *(int(n) for n in (1, 2, 4, 8) if n <= axes.get_xlim()[1])})
    axes.set_xticks(numbers, [str(n) for n in numbers])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("processes")
    if axes.get_yscale() == "log":
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        axes.yaxis.set_major_formatter(FuncFormatter(format_tick))
        axes.yaxis.set_minor_formatter(NullFormatter())
