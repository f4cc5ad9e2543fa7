"""A network's rows as a table, as Markdown, CSV and JSON. Free of torch."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from voxview.model.layers.arithmetic import MULTIPLY_ADD
from voxview.model.layers.rows import LayerRow, NetworkRows
from voxview.table import Column, Table

if TYPE_CHECKING:
    from voxview.model.layers.times import LayerTimes

COLUMNS = (
    ("layer", "layer"),
    ("kind", "kind"),
    ("output", "output"),
    ("F", "kernel"),
    ("S", "stride"),
    ("P", "padding"),
    ("filters", "filters"),
    ("groups", "groups"),
    ("parameters", "parameters"),
    ("in use", "parameters_in_use"),
    ("multiply-adds", "multiply_adds"),
    ("bytes", "activation_bytes"),
    ("sees", "receptive_field"),
)
"""Heading in a table, and name in CSV."""


def network_table(network: NetworkRows, times: Sequence[LayerTimes] = ()) -> Table:
    """Return the rows for a terminal: figures with thousands separated, and no column that says nothing."""
    columns = tuple(
        Column(heading, "label" if heading in ("layer", "kind") else "figure") for heading, _ in COLUMNS
    )
    columns += tuple(Column(f"ms, {one.device}") for one in times)
    rows = [
        (*map(_cell, _values(row)), *(_time_cell(one.rows[number]) for one in times))
        for number, row in enumerate(network.rows)
    ]
    kept = [
        i
        for i, column in enumerate(columns)
        if not (column.heading == "in use" and network.stored == network.expanded)
        and not (column.heading == "groups" and all(row.groups == 1 for row in network.rows))
    ]
    return Table(
        tuple(columns[i] for i in kept),
        tuple(tuple(row[i] for i in kept) for row in rows),
        f"{network.name}: {network.title}; input {network.input.text}",
    )


def totals_text(network: NetworkRows, times: Sequence[LayerTimes] = ()) -> str:
    """Return the totals and shares, a line each, and what a multiply-add is."""
    in_use = "" if network.stored == network.expanded else f" ({network.expanded:,} in use, mirrored halves)"
    lines = [
        f"{network.stored:,} parameters{in_use}, {network.multiply_adds:,} multiply-adds, "
        f"{network.activation_bytes:,} bytes of activations for one example in float32"
    ]
    for what, rows in (("convolutions", network.convolutions), ("fully connected", network.fully_connected)):
        stored, work = sum(row.stored for row in rows), sum(row.multiply_adds for row in rows)
        lines.append(
            f"{what}: {stored:,} parameters ({share(stored, network.stored)}), {work:,} multiply-adds "
            f"({share(work, network.multiply_adds)})"
        )
    lines += [f"{one.device}: {one.whole:.3g} ms for the whole network" for one in times]
    return "\n".join(
        [*lines, MULTIPLY_ADD, "sees: how many of the input's numbers along each axis, or points"]
    )


def share(part: int, whole: int) -> str:
    """Return a share in per cent with one decimal, and `0 %` of nothing."""
    return f"{100 * part / whole:.1f} %" if whole else "0 %"


def layer_text(row: LayerRow) -> str:
    """Return one layer and the arithmetic of each of its figures, a line each."""
    after = f", then {', '.join(row.then)}" if row.then else ""
    note = f": {row.note}" if row.note else ""
    lines = [f"{row.name}: {row.kind}{note}{after}", f"{row.input.text} → {row.output.text}"]
    return "\n".join([*lines, *(f"{working.figure}: {working.text}" for working in row.workings)])


def markdown(network: NetworkRows, times: Sequence[LayerTimes] = ()) -> str:
    """Return the rows as a table in Markdown, without a title."""
    table = network_table(network, times)
    lines = [
        [column.heading for column in table.columns],
        ["---:" if column.kind == "figure" else "---" for column in table.columns],
        *table.rows,
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def comma_separated(network: NetworkRows, times: Sequence[LayerTimes] = ()) -> str:
    """Return the rows as CSV with a line of headings, numbers as they are."""
    into = io.StringIO()
    writer = csv.writer(into, lineterminator="\n")
    writer.writerow([*(name for _, name in COLUMNS), *(f"milliseconds ({one.device})" for one in times)])
    for number, row in enumerate(network.rows):
        measured = [one.rows[number] for one in times]
        writer.writerow([*_values(row), *("" if ms is None else f"{ms:.4g}" for ms in measured)])
    return into.getvalue().rstrip("\n")


def as_json(network: NetworkRows, times: Sequence[LayerTimes] = ()) -> dict[str, object]:
    """Return the network as a value for JSON: totals, and each layer with its arithmetic."""
    return {
        "name": network.name,
        "title": network.title,
        "input": {"channels": network.input.channels, "size": list(network.input.size), "unit": network.unit},
        "parameters": network.stored,
        "parameters_in_use": network.expanded,
        "multiply_adds": network.multiply_adds,
        "activation_bytes": network.activation_bytes,
        "convolutions": _totals(network.convolutions),
        "fully_connected": _totals(network.fully_connected),
        "multiply_add": MULTIPLY_ADD,
        "milliseconds": {one.device: round(one.whole, 4) for one in times},
        "layers": [_layer_json(row, number, times) for number, row in enumerate(network.rows)],
    }


def _totals(rows: Sequence[LayerRow]) -> dict[str, int]:
    return {
        "parameters": sum(row.stored for row in rows),
        "multiply_adds": sum(row.multiply_adds for row in rows),
    }


def _layer_json(row: LayerRow, number: int, times: Sequence[LayerTimes]) -> dict[str, object]:
    return {
        "name": row.name,
        "kind": row.kind,
        "input": {"channels": row.input.channels, "size": list(row.input.size)},
        "output": {"channels": row.output.channels, "size": list(row.output.size)},
        "kernel": row.kernel,
        "stride": row.stride,
        "padding": row.padding,
        "filters": row.filters,
        "groups": row.groups,
        "parameters": row.stored,
        "parameters_in_use": row.expanded,
        "multiply_adds": row.multiply_adds,
        "activation_bytes": row.activation_bytes,
        "receptive_field": row.receptive_field,
        "sees": row.receptive_text,
        "then": list(row.then),
        "note": row.note,
        "milliseconds": {one.device: one.rows[number] for one in times},
        "arithmetic": {working.figure: working.text for working in row.workings},
    }


def _values(row: LayerRow) -> tuple[str | int | None, ...]:
    """Return a row's values in the order of `COLUMNS`."""
    return (
        row.name,
        row.kind,
        row.output.text,
        row.kernel,
        row.stride,
        row.padding,
        row.filters,
        row.groups if row.filters else None,
        row.stored,
        row.expanded,
        row.multiply_adds,
        row.activation_bytes,
        row.receptive_text,
    )


def _cell(value: str | int | None) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else value


def _time_cell(milliseconds: float | None) -> str:
    return "" if milliseconds is None else f"{milliseconds:.3g}"
