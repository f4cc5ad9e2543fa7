"""Figure 5 and the batch axis as charts: milliseconds against size, both logarithmic, a line a subject.

`voxview/charts.py` has what it shares with other charts.
"""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING, Any

from voxview.charts import NARROW, format_tick, new_figure, style_axes, to_png, to_svg
from voxview.experiment import study
from voxview.experiment.chart.colours import DARK, LIGHT, MARKERS, Palette
from voxview.experiment.chart.legend import draw_legend
from voxview.experiment.crossover import ComparedPart, crossover
from voxview.experiment.problem import BLENDS, INPUTS
from voxview.experiment.results import Axis, Benchmark

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COMPARED: dict[ComparedPart, str] = {"interpolate": "kernel alone", "total": "with transfers"}
_TITLES: dict[Axis, tuple[str, str]] = {
    "inputs": (f"All pairs of n chairs at {study.STEPS} t's", "n, chairs"),
    "blends": ("One pair of chairs at k t's", "k, blends in one call"),
}


def draw_chart(
    results: Benchmark | None,
    *,
    axis: Axis,
    dark: bool = False,
    size: tuple[int, int] = (960, 600),
    recorded: Benchmark | None = None,
) -> Figure:
    """Draw the chart of one axis, "inputs" or "blends"; `size` in pixels.

    `results` are this machine's; `recorded` ones get colours of their own, their machine and their date.
    Either may be None. Without anything to draw there are axes and a line that says so.
    """
    palette = DARK if dark else LIGHT
    narrow = size[0] < NARROW  # the legend goes under the axes then
    figure = new_figure(size, palette)
    axes = figure.add_subplot()
    _style_axes(axes, axis, palette, narrow)
    groups = []
    if results is not None:
        title = "This machine" if recorded is not None else _label(results)
        groups.append((title, _draw_results(axes, results, axis, palette, palette.here)))
    if axis == "inputs":
        groups.append((f"Study: {study.MACHINE}", _draw_study(axes, palette)))
    if recorded is not None:
        title = f"Recorded: {_label(recorded)}"
        groups.append((title, _draw_results(axes, recorded, axis, palette, palette.recorded)))
    runs = ((results, palette.here), (recorded, palette.recorded))
    crossovers = [
        (_crossover_line(run, axis, narrow), colours["cuda-shared"])
        for run, colours in runs
        if run is not None
    ]
    _title(axes, _TITLES[axis][0], [line for line in crossovers if line[0]], palette, narrow)
    groups = [(title, lines) for title, lines in groups if lines]
    if groups:
        draw_legend(figure, groups, palette, narrow)
    else:
        axes.text(
            0.5, 0.5, "nothing measured yet", transform=axes.transAxes, ha="center", color=palette.quiet
        )
    return figure


def chart_svg(
    results: Benchmark | None,
    *,
    axis: Axis,
    dark: bool = False,
    size: tuple[int, int] = (960, 600),
    recorded: Benchmark | None = None,
) -> bytes:
    """Return `draw_chart` as SVG, its text as outlines; the same results make the same bytes."""
    return to_svg(draw_chart(results, axis=axis, dark=dark, size=size, recorded=recorded))


def chart_png(
    results: Benchmark | None,
    *,
    axis: Axis,
    dark: bool = False,
    size: tuple[int, int] = (960, 600),
    recorded: Benchmark | None = None,
) -> bytes:
    """Return `draw_chart` as PNG, with twice as many pixels each way as `size`."""
    return to_png(draw_chart(results, axis=axis, dark=dark, size=size, recorded=recorded))


# ---- the parts -----------------------------------------------------------------------------------


def _style_axes(axes: Axes, axis: Axis, palette: Palette, narrow: bool) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel(_TITLES[axis][1])
    axes.set_ylabel("milliseconds, median")
    style_axes(axes, palette, narrow)
    for scale in (axes.xaxis, axes.yaxis):
        scale.set_major_locator(LogLocator(numticks=12))
        scale.set_major_formatter(FuncFormatter(format_tick))
        scale.set_minor_formatter(NullFormatter())


def _draw_results(
    axes: Axes, results: Benchmark, axis: Axis, palette: Palette, colours: dict[str, str]
) -> list[Any]:
    lines = []
    for subject in results.subjects(axis):
        colour, marker = colours.get(subject, palette.ink), MARKERS.get(subject, "x")
        lines += _line(axes, results, axis, subject, "interpolate", subject, colour, marker)
        if subject == "cuda-shared":
            lines += _line(
                axes, results, axis, subject, "total", f"{subject}, with transfers", colour, marker
            )
    _mark_crossovers(axes, results, axis, colours["cuda-shared"])
    return lines


def _line(
    axes: Axes, results: Benchmark, axis: Axis, subject: str, part: Any, label: str, colour: str, marker: str
) -> list[Any]:
    points = [m for size in results.sizes(axis) if (m := results.find(axis, size, subject, part))]
    points = [m for m in points if m.size <= max(BLENDS if axis == "blends" else INPUTS)]
    if not points:
        return []
    hollow = part == "total"
    style: dict[str, Any] = {
        "color": colour,
        "marker": marker,
        "markersize": 5.5,
        "linewidth": 1.3 if hollow else 1.8,
    }
    measured = [m for m in points if not m.projected]
    if len(measured) < len(points):  # a dotted line, and hollow marks, to what is not measured
        projected = [*measured[-1:], *(m for m in points if m.projected)]
        sizes, times = [m.size for m in projected], [m.median for m in projected]
        axes.plot(sizes, times, linestyle=":", markerfacecolor="none", **style)
    return axes.plot(
        [m.size for m in measured],
        [m.median for m in measured],
        label=label,
        markerfacecolor="none" if hollow else colour,
        linestyle=(0, (4, 1.5, 1, 1.5)) if hollow else "-",
        **style,
    )


def _draw_study(axes: Axes, palette: Palette) -> list[Any]:
    lines = []
    for subject, label in (("cuda-shared", "GPU"), ("numpy", "CPU")):
        lines += axes.plot(
            study.INPUTS,
            [1e3 * seconds for seconds in study.TABLE_3[subject]],
            label=label,
            color=palette.published,
            linestyle="--",
            linewidth=1.2,
            marker=MARKERS[subject],
            markersize=4,
        )
    return lines


def _mark_crossovers(axes: Axes, results: Benchmark, axis: Axis, colour: str) -> None:
    """Draw a dotted line at each first size from which on the GPU is faster."""
    for part in _COMPARED:
        found = crossover(results, axis, part)
        if found is not None and found.size is not None:
            axes.axvline(found.size, color=colour, linewidth=0.9, linestyle=":")


def _crossover_line(results: Benchmark, axis: Axis, narrow: bool) -> str:
    """Return what the run's dotted lines mark; empty where there are none."""
    sizes = []
    for part, how in _COMPARED.items():
        found = crossover(results, axis, part)
        if found is not None and found.size is not None:
            sizes.append(f"{'n' if axis == 'inputs' else 'k'} = {found.size:,} ({how})")
    if not sizes:
        return ""
    return f"{'GPU ahead from' if narrow else 'Dotted: GPU ahead of the CPU from'} {', '.join(sizes)}"


def _title(axes: Axes, text: str, lines: list[tuple[str, str]], palette: Palette, narrow: bool) -> None:
    """Set the title, and under it a line in its colour for each run with a crossover: no curve runs there."""
    small = 7 if narrow else 9
    axes.set_title(
        text, loc="left", color=palette.ink, fontsize=10 if narrow else 12, pad=7 + 1.5 * small * len(lines)
    )
    for row, (line, colour) in enumerate(reversed(lines)):
        note = axes.annotate(
            line,
            (0, 1),
            xycoords="axes fraction",
            xytext=(0, 5 + 1.5 * small * row),
            textcoords="offset points",
            fontsize=small,
            color=colour,
        )
        note.set_in_layout(False)  # a long line may pass the axes' end without making them smaller


def _label(results: Benchmark) -> str:
    """Return the machine and the date; the names of processors are shortened."""
    return (
        f"{shorten(results.machine.gpu or results.machine.cpu, 28, placeholder='…')}, {results.machine.date}"
    )
