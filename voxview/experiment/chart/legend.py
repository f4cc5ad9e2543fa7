"""The charts' legend: whose figures the lines show, group by group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voxview.experiment.chart.colours import Palette

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_legend(figure: Figure, groups: list[tuple[str, list[Any]]], palette: Palette, narrow: bool) -> None:
    """Draw a block for each group (heading, lines): right of the axes, or in a narrow figure below them."""
    columns = _columns(groups, narrow)
    longest = max(len(column) for column in columns)
    entries = [entry for column in columns for entry in column + [_blank("")] * (longest - len(column))]
    legend = figure.legend(
        [handle for handle, _ in entries],
        [label for _, label in entries],
        loc="outside lower left" if narrow else "outside right upper",
        frameon=False,
        fontsize=7 if narrow else 9,
        labelcolor=palette.ink,
        ncols=len(columns),
        handlelength=2.4,
        columnspacing=1.2,
        borderaxespad=0.6,
    )
    headings = {title for title, _ in groups}
    for text in legend.get_texts():
        if text.get_text() in headings:
            text.set_fontweight("bold")
            text.set_color(palette.quiet)


def _columns(groups: list[tuple[str, list[Any]]], narrow: bool) -> list[list[tuple[Any, str]]]:
    """Return the legend's entries: one column, or in a narrow figure two, the last group being the second."""
    blocks = [[_blank(title), *((line, str(line.get_label())) for line in lines)] for title, lines in groups]
    if narrow and len(blocks) == 1:
        half = (len(blocks[0]) + 1) // 2
        return [blocks[0][:half], blocks[0][half:]]
    if narrow:
        return [[entry for block in blocks[:-1] for entry in block], blocks[-1]]
    return [[entry for block in blocks for entry in block]]


def _blank(label: str) -> tuple[Any, str]:
    from matplotlib.lines import Line2D

    return Line2D([], [], linestyle="none"), label
