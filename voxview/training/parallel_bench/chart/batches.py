"""From which batch on data parallel is as good as the hybrid: by time, and by bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voxview.charts import format_tick
from voxview.training.parallel.schemes import DATA, HYBRID_C
from voxview.training.parallel_bench.break_even import time_break_even
from voxview.training.parallel_bench.chart.look import Look
from voxview.training.parallel_bench.formulas import break_even, predicted_bytes, sizes_of
from voxview.training.parallel_bench.options import ON_BATCH_AXIS, batch_cases
from voxview.training.parallel_bench.record import ParallelBenchmark, Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS = 40
"""Of a curve by formula."""


def draw_batch_rates(axes: Axes, results: ParallelBenchmark, look: Look) -> None:
    """Draw images a second over the batch, and where data parallel and hybrid-c meet."""
    from matplotlib.ticker import FuncFormatter

    for scheme in ON_BATCH_AXIS:
        rows = _rows(results, scheme)
        if rows:
            rates = [row.images_per_second for row in rows]
            axes.plot([row.case.batch for row in rows], rates, label=scheme, **look.line(scheme))
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(FuncFormatter(format_tick))
    axes.set_ylabel("images a second")
    _name_batches(axes, results)
    met = time_break_even(results)
    if met is not None:
        _mark(axes, met, f"meet at {met:,.0f}", look)


def draw_batch_bytes(axes: Axes, results: ParallelBenchmark, look: Look) -> None:
    """Draw the bytes that were counted as marks, those of the formula as lines, and where these cross."""
    network = sizes_of(results.options, results.backend == "nccl")
    met, batches = break_even(network), _batches(results)
    last = max(batches[-1], 1.25 * met if met < 4 * batches[-1] else 0)
    curve = [batches[0] * (last / batches[0]) ** (i / _POINTS) for i in range(_POINTS + 1)]
    for scheme in (DATA, HYBRID_C):
        sent = [predicted_bytes(network, scheme, results.processes, batch) for batch in curve]
        axes.plot(
            curve,
            [(one or 0) / 1e6 for one in sent],
            color=look.colour(scheme),
            linewidth=1.2,
            linestyle="--",
        )
    for scheme in ON_BATCH_AXIS:
        rows, style = _rows(results, scheme), look.line(scheme)
        axes.plot(
            [row.case.batch for row in rows], [row.bytes / 1e6 for row in rows], **style | _HOLLOW[scheme]
        )
    axes.plot([], [], "--", color=look.ground.quiet, linewidth=1.2, label="by formula")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("MB that a process sends in a step")
    _name_batches(axes, results)
    if met <= last:
        _mark(axes, met, f"equal at {met:,.0f}", look)


_HOLLOW: dict[str, dict[str, Any]] = {
    scheme: {"linestyle": "none"}
    | ({"markerfacecolor": "none", "markersize": 8} if scheme == "hybrid-a" else {})
    for scheme in ON_BATCH_AXIS
}
"""Marks without lines; scheme (a) sends what (c) does, and is a ring around its mark."""


def _rows(results: ParallelBenchmark, scheme: str) -> list[Row]:
    cases = [case for case in batch_cases(results.options, results.processes) if case.scheme == scheme]
    return [row for case in cases if (row := results.find(case))]


def _batches(results: ParallelBenchmark) -> list[int]:
    return [row.case.batch for row in _rows(results, DATA)] or [1]


def _name_batches(axes: Axes, results: ParallelBenchmark) -> None:
    from matplotlib.ticker import NullLocator

    axes.set_xscale("log", base=2)
    batches = _batches(results)
    axes.set_xticks(batches, [format_tick(batch) for batch in batches])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel(f"pictures in all, {results.processes} processes")


def _mark(axes: Axes, batch: float, text: str, look: Look) -> None:
    """Draw a dotted line at a batch, and say what it is."""
    axes.axvline(batch, color=look.ground.quiet, linewidth=1, linestyle=":")
    axes.annotate(
        text, (batch, 0.04), xycoords=("data", "axes fraction"), xytext=(-4, 0), textcoords="offset points",
        ha="right", fontsize=look.small, color=look.ground.ink,
    )  # fmt: skip
