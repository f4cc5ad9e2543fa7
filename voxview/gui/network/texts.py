"""What the page says of networks and their layers. Free of Qt and torch."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from voxview.model.layers.arithmetic import MULTIPLY_ADD, Convolution, Working
from voxview.model.layers.rows import LayerRow, NetworkRows
from voxview.model.layers.texts import share
from voxview.model.layers.what_if import Outcome

if TYPE_CHECKING:
    from voxview.model.layers.times import LayerTimes

COUNTING = "Counting layers…"
HINT = "Click a block, or a row's arrow, for the arithmetic of its figures."
TIMES = (
    "One example at a time with random weights, each layer by itself, the median of ten runs. The program is "
    "faster than the sum: there norms are part of the convolutions, and a GPU runs a blend as one graph."
)
_LONG = 60
"""Letters of a line that a narrow page has room for; a longer one is two."""
_INDENTED = 6 * "\N{NO-BREAK SPACE}"
_SPLIT = (
    "Why AlexNet is split: its convolutions have {conv_p} of the parameters and {conv_w} of the work, its "
    "fully connected layers {full_p} of the parameters and {full_w} of the work. Over several GPUs the "
    "convolutions are split by pictures: their parameters are few to exchange. The fully connected layers "
    "are split by neurons: their outputs are few to exchange, their parameters are not (Krizhevsky 2014)."
)


def memory_text(row: LayerRow) -> str:
    """Return the bytes of a layer's output: `512 KiB`."""
    return bytes_text(row.activation_bytes)


def bytes_text(count: int) -> str:
    """Return bytes in the unit that suits them."""
    for unit, size in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if count >= size:
            return f"{count / size:.3g} {unit}" if count < 999.5 * size else f"{count / size:,.0f} {unit}"
    return f"{count} B"


def time_text(milliseconds: float | None) -> str:
    """Return milliseconds, and nothing for what is no single operation."""
    return "" if milliseconds is None else f"{milliseconds:.3g}"


def arithmetic_lines(row: LayerRow) -> list[str]:
    """Return what a row unfolds into: what it does, and the way to each figure in a line or two."""
    after = f", then {', '.join(row.then)}" if row.then else ""
    note = f": {row.note}" if row.note else ""
    lines = [f"{row.kind}{note}{after}", f"{row.input.text} → {row.output.text}"]
    for working in row.workings:
        line = working_line(working)
        if len(line) <= _LONG:
            lines.append(line)
        else:
            lines.append(f"{working.figure}: {working.formula}")
            lines.append(f"{_INDENTED}= {working.numbers} = {working.result:,}")
    return lines


def working_line(working: Working) -> str:
    """Return a figure with its formula in words, with the numbers in it, and its result."""
    return f"{working.figure}: {working.text}"


def row_tip(row: LayerRow) -> str:
    """Return what a row says when it is pointed at."""
    return "\n".join(arithmetic_lines(row)[:2])


def totals_html(network: NetworkRows, times: Sequence[LayerTimes] = ()) -> str:
    """Return totals, shares, and what a multiply-add is, a paragraph each, in Qt's rich text."""
    in_use = (
        ""
        if network.stored == network.expanded
        else f" ({network.expanded:,} in use, as two mirrored halves)"
    )
    paragraphs = [
        f"{network.stored:,} parameters{in_use}, {network.multiply_adds:,} multiply-adds, "
        f"{bytes_text(network.activation_bytes)} of activations for one example.",
        f"{_part('Convolutions', network, network.convolutions)}. "
        f"{_part('Fully connected', network, network.fully_connected)}.",
    ]
    paragraphs += [f"{one.device}: {one.whole:.3g} ms for the whole network." for one in times]
    if network.name.startswith("alexnet"):
        paragraphs.append(split_text(network))
    return "".join(
        f"<p style='margin: 0 0 5px 0'>{html.escape(one)}</p>" for one in (*paragraphs, MULTIPLY_ADD)
    )


def split_text(network: NetworkRows) -> str:
    """Return why the two kinds of AlexNet's layers are split over GPUs in different ways."""
    shares = {}
    for key, rows in (("conv", network.convolutions), ("full", network.fully_connected)):
        shares[f"{key}_p"] = share(sum(row.stored for row in rows), network.stored)
        shares[f"{key}_w"] = share(sum(row.multiply_adds for row in rows), network.multiply_adds)
    return _SPLIT.format(**shares)


def _part(what: str, network: NetworkRows, rows: Sequence[LayerRow]) -> str:
    stored, work = sum(row.stored for row in rows), sum(row.multiply_adds for row in rows)
    return (
        f"{what}: {stored:,} parameters ({share(stored, network.stored)}), {work:,} multiply-adds "
        f"({share(work, network.multiply_adds)})"
    )


def outcome_html(outcome: Outcome) -> str:
    """Return what a convolution gives, each figure with its arithmetic, and the mistakes it invites."""
    layer = outcome.layer
    power = {1: "", 2: "²", 3: "³"}[layer.dimensions]
    sizes = (
        f"{layer.size}{power} × {layer.channels} → {outcome.output_size}{power} × {layer.filters}: "
        f"{outcome.parameters:,} numbers to store, {outcome.numbers_per_filter:,} a filter"
    )
    figures = "".join(f"<li>{html.escape(working_line(one))}</li>" for one in outcome.workings)
    remarks = "".join(f"<li>{html.escape(one)}</li>" for one in outcome.remarks)
    style = "style='margin: 2px 0 6px 0; -qt-list-indent: 0; margin-left: 14px'"
    return (
        f"<p style='margin: 0 0 4px 0'><b>{html.escape(sizes)}</b></p><ul {style}>{figures}</ul>"
        f"<p style='margin: 0 0 2px 0'>Usual mistakes with these numbers:</p><ul {style}>{remarks}</ul>"
    )


def convolution_of(row: LayerRow) -> Convolution | None:
    """Return a row's convolution, for the calculator; None where it is none."""
    if row.kernel is None or row.filters is None or not row.input.size:
        return None
    transposed = row.kind == "transposed convolution"
    plain = Convolution(
        row.input.size[0],
        row.input.channels,
        row.filters,
        row.kernel,
        row.stride or 1,
        row.padding or 0,
        row.groups,
        len(row.input.size),
        any("+ 1" in one.formula for one in row.workings if one.figure == "numbers a filter"),
        transposed,
    )
    missing = row.output.size[0] - plain.output_size
    return replace(plain, output_padding=missing) if transposed and missing > 0 else plain
