"""The views of parallel training as charts: one for the window's panel, or all of them in a picture."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from textwrap import shorten
from typing import TYPE_CHECKING, Any, Literal

from voxview.charts import new_figure, style_axes
from voxview.training.parallel.schemes import DATA, HYBRID_C
from voxview.training.parallel_bench.chart.batches import draw_batch_bytes, draw_batch_rates
from voxview.training.parallel_bench.chart.look import Look
from voxview.training.parallel_bench.chart.scaling import draw_bytes, draw_efficiency, draw_rates
from voxview.training.parallel_bench.chart.timeline import (
    draw_timeline,
    overlap_sentence,
    rows_with_timeline,
)
from voxview.training.parallel_bench.options import batch_cases, strong_cases
from voxview.training.parallel_bench.record import ParallelBenchmark

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, FigureBase

View = Literal["weak", "strong", "batch", "bytes", "timeline"]
VIEWS: dict[View, str] = {
    "weak": "Weak scaling: the same batch a process",
    "strong": "Strong scaling: the same batch in all",
    "batch": "Break-even: the batch grows",
    "bytes": "Bytes: counted and by formula",
    "timeline": "What overlaps in one step",
}
_WIDTH, _HEIGHT = 1000, 400
"""Pixels of a view among all of them."""

Panel = tuple[str, Callable[["Axes"], None]]
"""A title, and what draws below it."""


def available_views(results: ParallelBenchmark) -> tuple[View, ...]:
    """Return the views that the run has figures for: a quick one has no strong scaling and no batch axis."""
    if results.processes == 1:
        return ()
    cases = {row.case for row in results.rows}
    has: dict[View, bool] = {
        "weak": True,
        "strong": bool(cases & set(strong_cases(results.options, results.processes))),
        "batch": bool(cases & set(batch_cases(results.options, results.processes))),
        "bytes": True,
        "timeline": bool(rows_with_timeline(results)),
    }
    return tuple(view for view in VIEWS if has[view])


def draw_view(results: ParallelBenchmark, view: View, *, dark: bool, size: tuple[int, int]) -> Figure:
    """Draw one view in a figure of `size` pixels: its panels below each other if it is narrow."""
    look = Look(dark, size[0])
    figure = new_figure(size, look.ground)
    _draw(figure, results, view, look, title="")
    return figure


def draw_whole_chart(results: ParallelBenchmark, *, dark: bool = False) -> Figure:
    """Draw all views that there are, below each other, and whose figures they are."""
    views, look = available_views(results), Look(dark, _WIDTH)
    figure = new_figure((_WIDTH, _HEIGHT * max(1, len(views)) + 40), look.ground)
    figure.suptitle(whose(results), color=look.ground.quiet, fontsize=10, x=0.01, ha="left")
    if not views:
        figure.text(0.5, 0.5, "One process: nothing is split", ha="center", color=look.ground.quiet)
        return figure
    parts = figure.subfigures(len(views), 1, squeeze=False)
    for part, view in zip(parts[:, 0], views, strict=True):
        part.set_facecolor(look.ground.paper)
        _draw(part, results, view, look, title=VIEWS[view])
    return figure


def whose(results: ParallelBenchmark) -> str:
    """Return the devices and the date; the names of processors are shortened."""
    device = shorten(results.machine.gpu or results.machine.cpu, 28, placeholder="…")
    slower = ", not directly from GPU to GPU" if results.has_slower_link else ""
    return f"{results.processes} × {device} over {results.backend}{slower}, {results.machine.date}"


def _draw(figure: FigureBase, results: ParallelBenchmark, view: View, look: Look, title: str) -> None:
    panels = _panels(results, view, look)
    shape = (len(panels), 1) if look.narrow else (1, len(panels))
    found: dict[str, Any] = {}
    for axes, (name, draw) in zip(figure.subplots(*shape, squeeze=False).flat, panels, strict=True):
        draw(axes)
        style_axes(axes, look.ground, look.narrow)
        if view in ("bytes", "timeline"):
            axes.grid(False, axis="y")
        axes.set_title(name, loc="left", color=look.ground.ink, fontsize=9 if look.narrow else 11)
        found |= {label: handle for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)}
    if title:
        figure.suptitle(title, color=look.ground.ink, fontsize=12, x=0.01, ha="left", fontweight="bold")
    if found:
        figure.legend(
            found.values(), found.keys(), loc="outside lower left", frameon=False, fontsize=look.small,
            labelcolor=look.ground.ink, ncols=look.legend_columns, columnspacing=1.2,
        )  # fmt: skip


def _panels(results: ParallelBenchmark, view: View, look: Look) -> list[Panel]:
    given: dict[str, Any] = {"results": results, "look": look}
    if view in ("weak", "strong"):
        given["strong"] = view == "strong"
        return [
            ("Images a second", partial(draw_rates, **given)),
            ("Share of the dotted line", partial(draw_efficiency, **given)),
        ]
    if view == "batch":
        return [
            ("By time, measured", partial(draw_batch_rates, **given)),
            ("By bytes: marks counted", partial(draw_batch_bytes, **given)),
        ]
    if view == "bytes":
        return [("Counted, and by formula", partial(draw_bytes, **given))]
    rows = {row.case.scheme: row for row in rows_with_timeline(results)}
    shown = [rows[scheme] for scheme in (DATA, HYBRID_C) if scheme in rows]
    gap = "\n" if look.legend_columns == 1 else " "
    longest = max((span.end for row in shown for span in row.timeline), default=1.0)
    return [
        (
            f"{row.case.scheme}:{gap}{overlap_sentence(row)}",
            partial(draw_timeline, row=row, longest=longest, look=look),
        )
        for row in shown
    ]
