"""Tables and paragraphs on a terminal, where they have to fit its width, and as plain text everywhere else.

On a terminal a row has as many lines as its longest label needs, and none of them wraps. Plain text has one
line a row and one line a paragraph, however long: programs read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voxview.cli.terminal import output_console, print_output, printable, writing_output
from voxview.table import Column, Kind, Report, Table

if TYPE_CHECKING:
    from rich.console import Console, OverflowMethod
    from rich.table import Table as RichTable

_LEAST_LABEL = 12
_LEAST_TEXT = 20
"""Characters of a label and of a text that are left where there is little room."""


_OVERFLOW: dict[Kind, OverflowMethod] = {"label": "fold", "figure": "crop", "text": "ellipsis"}


def print_report(report: Report) -> None:
    """Print a report to stdout, for a terminal or as plain text."""
    console = output_console()
    if console is None:
        print_output(plain_text(report))
    else:
        with writing_output():
            show_report(console, report)


# ---- plain text -------------------------------------------------------------------------------------


def plain_text(report: Report) -> str:
    """Return a report without colour and box characters, a paragraph on a line of its own."""
    parts = (_plain_lines(part) if isinstance(part, Table) else _paragraphs(part) for part in report)
    return "\n\n".join("\n".join(lines) for lines in parts)


def _paragraphs(text: str) -> list[str]:
    return [printable(line) for line in text.split("\n")]


def _plain_lines(table: Table) -> list[str]:
    rows = [tuple(map(printable, row)) for row in table.rows]
    headings = tuple(printable(column.heading) for column in table.columns)
    with_headings = table.headings_in_plain_text
    if with_headings:
        rows.insert(0, headings)
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    if with_headings:
        rows.insert(1, tuple("-" * width for width in widths))
    lines = [printable(table.title), ""] if table.title else []
    lines += [_plain_row(row, widths, table.columns) for row in rows]
    return [*lines, *map(printable, table.footnotes)]


def _plain_row(row: tuple[str, ...], widths: list[int], columns: tuple[Column, ...]) -> str:
    cells = [
        cell.rjust(width) if column.kind == "figure" else cell.ljust(width)
        for cell, width, column in zip(row, widths, columns, strict=True)
    ]
    if columns[-1].kind == "text":
        cells[-1] = row[-1]  # nothing stands behind it
    return "  ".join(cells)


# ---- a terminal -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Layout:
    """How much a table has to give up to fit: nothing, …, folded labels."""

    narrow: bool
    """Short headings, and `1.2/3.4` in place of `1.2 / 3.4`."""
    gap: int
    folded_labels: bool


_LAYOUTS = (
    _Layout(narrow=False, gap=2, folded_labels=False),
    _Layout(narrow=True, gap=2, folded_labels=False),
    _Layout(narrow=True, gap=1, folded_labels=False),
    _Layout(narrow=True, gap=1, folded_labels=True),
)


def show_report(console: Console, report: Report) -> None:
    """Print a report on a terminal, within its width."""
    for number, part in enumerate(report):
        if number:
            console.print()
        if isinstance(part, Table):
            _show_table(console, part)
        else:
            _show_paragraphs(console, part.split("\n"))


def _show_paragraphs(console: Console, paragraphs: Sequence[str]) -> None:
    """Print paragraphs; the later lines of one are indented where there are several."""
    from rich.text import Text

    indent = "  " if len(paragraphs) > 1 else ""
    for paragraph in paragraphs:
        first, *others = Text(printable(paragraph)).wrap(console, console.width - len(indent)) or [Text()]
        console.print(first)
        for line in others:
            console.print(Text(indent) + line)


def _show_table(console: Console, table: Table) -> None:
    if table.title:
        _show_paragraphs(console, [table.title])
        console.print()
    for number, (part, layout) in enumerate(_fitting_parts(table, console.width)):
        if number:
            console.print()
        # Where not even one figure fits, the terminal wraps it: nothing may be cropped.
        console.print(_rich_table(part, layout, console.width), crop=False, no_wrap=True, overflow="ignore")
    _show_paragraphs(console, table.footnotes)


def _fitting_parts(table: Table, width: int) -> Iterator[tuple[Table, _Layout]]:
    """Yield the table; or, where it does not fit, parts of it with the first column and some others each."""
    start = 1
    while start < len(table.columns):
        stop = len(table.columns)
        part, layout = table, _layout_that_fits(table, width) if start == 1 else None
        while layout is None:
            part = _with_columns(table, (0, *range(start, stop)))
            layout = _layout_that_fits(part, width) or (_LAYOUTS[-1] if stop == start + 1 else None)
            stop -= layout is None
        yield part, layout
        start = stop


def _layout_that_fits(table: Table, width: int) -> _Layout | None:
    return next((layout for layout in _LAYOUTS if _least_width(table, layout) <= width), None)


def _with_columns(table: Table, places: tuple[int, ...]) -> Table:
    return replace(
        table,
        columns=tuple(table.columns[i] for i in places),
        rows=tuple(tuple(row[i] for i in places) for row in table.rows),
    )


def _least_width(table: Table, layout: _Layout) -> int:
    least = (
        min(width, _LEAST_TEXT if column.kind == "text" else _LEAST_LABEL)
        if column.kind == "text" or (column.kind == "label" and layout.folded_labels)
        else width
        for width, column in zip(_natural_widths(table, layout), table.columns, strict=True)
    )
    return sum(least) + layout.gap * (len(table.columns) - 1)


def _natural_widths(table: Table, layout: _Layout) -> list[int]:
    from rich.cells import cell_len

    columns = zip(table.columns, *table.rows, strict=True)
    return [
        max(
            map(cell_len, (*_heading(column, layout).split("\n"), *(_cell(c, column, layout) for c in cells)))
        )
        for column, *cells in columns
    ]


def _heading(column: Column, layout: _Layout) -> str:
    return (layout.narrow and column.narrow) or column.heading


def _cell(text: str, column: Column, layout: _Layout) -> str:
    tight = layout.narrow and column.kind == "figure"
    return printable(text.replace(" / ", "/") if tight else text)


def _fitted_widths(table: Table, layout: _Layout, width: int) -> list[int]:
    """Return the columns' widths: texts give way first, then labels; figures have what they need."""
    widths = _natural_widths(table, layout)
    excess = sum(widths) + layout.gap * (len(widths) - 1) - width
    for kind, least in (("text", _LEAST_TEXT), ("label", _LEAST_LABEL)):
        for i, column in enumerate(table.columns):
            if column.kind == kind and excess > 0:
                given = max(0, min(excess, widths[i] - least))
                widths[i] -= given
                excess -= given
    return widths


def _rich_table(table: Table, layout: _Layout, width: int) -> RichTable:
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    widths = _fitted_widths(table, layout, width)
    rich_table = RichTable(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, layout.gap - 1, 0, 0),  # the box adds one
        header_style="bold",
        width=sum(widths) + layout.gap * (len(widths) - 1),
    )
    for column, column_width in zip(table.columns, widths, strict=True):
        rich_table.add_column(
            Text(_heading(column, layout)),
            justify="right" if column.kind == "figure" else "left",
            vertical="bottom",
            width=column_width,
            no_wrap=column.kind != "label",
            overflow=_OVERFLOW[column.kind],
        )
    for row in table.rows:
        cells = (_cell(text, column, layout) for text, column in zip(row, table.columns, strict=True))
        rich_table.add_row(*map(Text, cells))
    return rich_table
