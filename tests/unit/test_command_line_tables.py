"""Tables fit a terminal's width with every figure whole; as plain text they have a line a row."""

from __future__ import annotations

import io
import re

import pytest
from experiment_runs import a_run
from rich.console import Console

from voxview.cli.tables import plain_text, show_report
from voxview.experiment.files import recorded_benchmarks
from voxview.experiment.tables import report
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.table import Column, Report, Table

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
CHAIRS = Table(
    (Column("IoU"), Column("id", "label"), Column("name", "text")),
    tuple(("41.2%", chair.id, chair.name) for chair in sample_catalog()),
    headings_in_plain_text=False,
)
ODD = "a [bold]b[/bold] :smile: [1] 12 'c'"
"""What rich would take for markup, an emoji, and things to highlight."""


def shown(report: Report, width: int) -> str:
    file = io.StringIO()
    show_report(Console(file=file, width=width, force_terminal=True, color_system="truecolor"), report)
    return file.getvalue()


def lines(report: Report, width: int) -> list[str]:
    return ESCAPE.sub("", shown(report, width)).splitlines()


def figures(report: Report) -> set[str]:
    """The cells of all columns of figures."""
    tables = [part for part in report if isinstance(part, Table)]
    found = {
        cell
        for table in tables
        for row in table.rows
        for cell, column in zip(row, table.columns, strict=True)
        if column.kind == "figure" and cell
    }
    assert len(found) > 5
    return found


BENCHES = {"gpu": report(a_run(gpu=True)), "cpu": report(a_run(gpu=False))} | {
    run.machine.date: report(run) for run in recorded_benchmarks()
}


@pytest.mark.parametrize("width", [50, 80, 140])
@pytest.mark.parametrize("name", BENCHES)
def test_a_benchmarks_tables_fit_and_no_figure_is_cut(name: str, width: int) -> None:
    printed = lines(BENCHES[name], width)
    assert max(map(len, printed)) <= width
    text = "\n".join(printed)
    for figure in figures(BENCHES[name]):
        written = re.escape(figure).replace(r"\ /\ ", " ?/ ?")
        assert re.search(rf"(?<![\d.,]){written}(?![\d.,*])", text), figure
    assert "…" not in text


def test_at_80_columns_a_benchmarks_table_is_one_table() -> None:
    """The columns of the largest run stand beside each other, under headings of two lines."""
    for name, bench in BENCHES.items():
        rules = sum(line.startswith("───") for line in lines(bench, 80))
        assert rules == sum(isinstance(part, Table) for part in bench), name


def test_where_columns_do_not_fit_they_go_on_below_with_the_rows_names() -> None:
    columns = (Column("n", "label"), *(Column(f"subject {i}") for i in range(4)))
    rows = tuple((f"row {r}", *(f"{r}{i}00.25" for i in range(4))) for r in range(2))
    printed = lines((Table(columns, rows, "A title", ("A footnote",)),), 30)
    assert printed == [
        "A title",
        "",
        "n      subject 0  subject 1",
        "───────────────────────────",
        "row 0    0000.25    0100.25",
        "row 1    1000.25    1100.25",
        "",
        "n      subject 2  subject 3",
        "───────────────────────────",
        "row 0    0200.25    0300.25",
        "row 1    1200.25    1300.25",
        "A footnote",
    ]


def test_a_figure_that_is_wider_than_the_terminal_is_printed_whole() -> None:
    table = Table((Column("n", "label"), Column("ms")), (("a", "1,234,567,890.123"),))
    assert "1,234,567,890.123" in "".join(lines((table,), 10))


def test_a_long_label_folds_and_loses_nothing() -> None:
    label = "office/2019/3f8d" * 8
    printed = lines((Table((Column("id", "label"), Column("ms")), ((label, "1.25"),)),), 40)
    assert max(map(len, printed)) <= 40
    assert "".join(line.split(" ")[0] for line in printed[2:]) == label


def test_a_chair_has_one_line_with_its_whole_id_and_a_name_that_may_be_cut() -> None:
    printed = lines((CHAIRS,), 80)
    assert len(printed) == len(CHAIRS.rows) + 2 and max(map(len, printed)) <= 80
    assert printed[0].split() == ["IoU", "id", "name"]
    for line, (iou, chair, name) in zip(printed[2:], CHAIRS.rows, strict=True):
        assert line.split()[:2] == [iou, chair]
        rest = line.rstrip().split(maxsplit=2)[2]
        assert rest == name or (rest.endswith("…") and name.startswith(rest[:-1]))
    assert any("…" in line for line in printed)


def test_headings_are_bold_on_a_terminal() -> None:
    assert "\x1b[1mname" in shown((CHAIRS,), 80)


def test_names_from_outside_are_printed_as_they_are() -> None:
    table = Table((Column(ODD, "label"), Column(ODD, "text")), ((ODD, ODD),), ODD, (ODD,))
    for text in ("\n".join(lines((table, ODD), 100)), plain_text((table, ODD))):
        assert text.count(ODD) == 7
    # Only headings have a style.
    styled = [line for line in shown((table, ODD), 100).splitlines() if ESCAPE.search(line)]
    assert len(styled) == 1


def test_unprintable_characters_are_escaped_everywhere() -> None:
    bad = "a\x1b[31m\r\x07\u202eb"
    table = Table((Column("id", "label"), Column("name", "text")), ((bad, bad),), bad, (bad,))
    for text in (plain_text((table, bad)), "\n".join(lines((table, bad), 200))):
        assert text.count(r"a\x1b[31m\r\x07\u202eb") == 5
        assert all(line.isprintable() for line in text.splitlines())


def test_plain_text_has_a_line_a_row_and_nothing_but_characters() -> None:
    for bench in BENCHES.values():
        text = plain_text(bench)
        assert "\x1b" not in text and "─" not in text
    table = Table((Column("n", "label"), Column("ms")), (("a", "1.25"), ("long", "10.5")), "T", ("F",))
    expected = ["T", "", "n       ms", "----  ----", "a     1.25", "long  10.5", "F", "", "x" * 200]
    assert plain_text((table, "x" * 200)).split("\n") == expected


def test_a_list_in_plain_text_has_no_headings_and_no_spaces_at_the_end() -> None:
    text = plain_text((CHAIRS,)).split("\n")
    assert len(text) == len(CHAIRS.rows)
    assert all(line == line.rstrip() for line in text)


def test_the_later_lines_of_one_sentence_among_several_are_indented() -> None:
    assert lines(("one two three\nfour",), 9) == ["one two", "  three", "four"]
    assert lines(("one two three",), 9) == ["one two ", "three"]
