"""The charts' legend: whose figures the lines show, group by group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voxview.experiment.chart.colours import Palette

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SIZE, _NARROW_SIZE = 9, 7
"""Points of the letters."""
_HANDLE, _PAD, _SPACING, _BORDER = 2.4, 0.8, 1.2, 0.6
"""Lengths in letters' sizes: a line's mark, from there to its text, between columns, around all."""


def draw_legend(figure: Figure, groups: list[tuple[str, list[Any]]], palette: Palette, narrow: bool) -> None:
    """Draw a block for each group (heading, lines): right of the axes, or in a narrow figure below them.

    There it has two columns, and what is longer than half of the figure is broken into several lines.
    """
    beside_text = _NARROW_SIZE * (_HANDLE + _PAD + _SPACING / 2 + _BORDER)
    room = figure.get_figwidth() * 72 / 2 - beside_text if narrow else None
    groups = [(_broken(title, room, bold=True), lines) for title, lines in groups]
    columns = _columns(groups, room)
    longest = max(len(column) for column in columns)
    entries = [entry for column in columns for entry in column + [_blank("")] * (longest - len(column))]
    legend = figure.legend(
        [handle for handle, _ in entries],
        [label for _, label in entries],
        loc="outside lower left" if narrow else "outside right upper",
        frameon=False,
        fontsize=_NARROW_SIZE if narrow else _SIZE,
        labelcolor=palette.ink,
        ncols=len(columns),
        handlelength=_HANDLE,
        handletextpad=_PAD,
        columnspacing=_SPACING,
        borderpad=0,
        borderaxespad=_BORDER,
    )
    headings = {title for title, _ in groups}
    for text in legend.get_texts():
        if text.get_text() in headings:
            text.set_fontweight("bold")
            text.set_color(palette.quiet)


def _columns(groups: list[tuple[str, list[Any]]], room: float | None) -> list[list[tuple[Any, str]]]:
    """Return the entries of one column, or of two with `room` for text: the last group is the second."""
    blocks = [
        [_blank(title), *((line, _broken(str(line.get_label()), room)) for line in lines)]
        for title, lines in groups
    ]
    if room is None:
        return [[entry for block in blocks for entry in block]]
    if len(blocks) == 1:
        half = (len(blocks[0]) + 1) // 2
        return [blocks[0][:half], blocks[0][half:]]
    return [[entry for block in blocks[:-1] for entry in block], blocks[-1]]


def _broken(text: str, room: float | None, *, bold: bool = False) -> str:
    """Return the text in lines of a narrow legend that are `room` points wide at most; in one, if None."""
    if room is None:
        return text
    first, *words = text.split()
    lines = [first]
    for word in words:
        longer = f"{lines[-1]} {word}"
        if _width(longer, bold) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)


def _width(text: str, bold: bool) -> float:
    """Return the points that a narrow legend's text is wide."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    font = FontProperties(weight="bold" if bold else "normal", size=_NARROW_SIZE)
    return float(TextPath((0, 0), text, prop=font).get_extents().width)


def _blank(label: str) -> tuple[Any, str]:
    from matplotlib.lines import Line2D

    return Line2D([], [], linestyle="none"), label
