"""A parallel training's figures as rows and columns, for each view of its chart. Plain Python, without Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from voxview.gui.benchmark.tables import Entry, Table
from voxview.training.parallel.step_parts import CONVOLUTIONS, FULLY_CONNECTED, UPDATE, WAIT
from voxview.training.parallel_bench.chart.figure import View
from voxview.training.parallel_bench.chart.timeline import rows_with_timeline
from voxview.training.parallel_bench.options import ON_BATCH_AXIS, Case, batch_cases, strong_cases, weak_cases
from voxview.training.parallel_bench.paper import PAPER, THE_PAPER
from voxview.training.parallel_bench.record import ParallelBenchmark, Row

_ABSENT = Entry("—", "Not measured")
_TIPS = {
    "N, scheme": "Processes, each with a GPU of its own, and how the training is split over them",
    "images/s": "Pictures of all processes together in a second",
    "× one": "As many times as fast as one process",
    "effi-\nciency": "The same as a share of as many times as there are processes",
    "waits,\nms": "Milliseconds of a step in which nothing was done but to wait for other processes",
    "pictures": "The batch of all processes together",
    "data": "Images a second with data parallel training",
    "hybrid-a": "Images a second with the hybrid that gathers features at once",
    "hybrid-c": "Images a second with the hybrid that gathers features in rounds",
    "MB sent": "Megabytes that a process sends in a step, counted where collectives are started",
    "formula": "Megabytes by formula",
    "off": "The counted figure over the formula's",
    "ms": "Milliseconds of a step on rank 0",
}


def parallel_table(results: ParallelBenchmark, view: View) -> Table:
    """Return the figures that belong to a view of the chart."""
    if view == "batch":
        return _batches(results)
    if view == "bytes":
        return _bytes(results)
    return _parts(results) if view == "timeline" else _scaling(results, strong=view == "strong")


def _scaling(results: ParallelBenchmark, strong: bool) -> Table:
    rows = []
    for case in (strong_cases if strong else weak_cases)(results.options, results.processes):
        row = results.find(case)
        if row is None:
            continue
        times = results.times_one(row, case.batch if strong else results.options.batch)
        tip = f"{case.batch:,} pictures in all, {row.step_ms:,.2f} ms a step"
        figures = (f"{row.images_per_second:,.0f}", *_times(times, case.processes), f"{row.waits_ms:,.2f}")
        rows.append((_name(case), *(Entry(figure, tip) for figure in figures)))
    rows = _best_of_each_number(rows)
    if not strong:
        rows += _paper_rows()
    return _made(("N, scheme", "images/s", "× one", "effi-\nciency", "waits,\nms"), rows)


def _paper_rows() -> list[tuple[Entry, ...]]:
    rows = []
    for row in PAPER[1:]:
        layers = "" if row.batches[0] == row.batches[1] else f", {row.batches[1]}"
        tip = f"Not measured here: {THE_PAPER}; batches of {row.batches[0]:,} and {row.batches[1]:,} pictures"
        figures = ("", f"{row.times:.2f}", f"{row.times / row.gpus:.0%}", "")
        cells = (Entry(figure, tip, is_study=True) for figure in figures)
        rows.append((Entry(f"paper: {row.gpus}{layers}", tip, is_study=True), *cells))
    return rows


def _best_of_each_number(rows: list[tuple[Entry, ...]]) -> list[tuple[Entry, ...]]:
    """Mark the fastest scheme of each number of processes."""
    rates = [float(row[1].text.replace(",", "")) for row in rows]
    numbers = [row[0].text.split(",")[0] for row in rows]
    best = {n: max(r for r, m in zip(rates, numbers, strict=True) if m == n) for n in numbers}
    return [
        (row[0], replace(row[1], best=rate == best[n] and numbers.count(n) > 1), *row[2:])
        for row, rate, n in zip(rows, rates, numbers, strict=True)
    ]


def _batches(results: ParallelBenchmark) -> Table:
    rows = []
    cases = batch_cases(results.options, results.processes)
    for batch in dict.fromkeys(case.batch for case in cases):
        found = [results.find(Case(scheme, results.processes, batch)) for scheme in ON_BATCH_AXIS]
        fastest = max((row.images_per_second for row in found if row), default=0.0)
        rows.append((Entry(f"{batch:,}"), *(_rate(row, fastest) for row in found)))
    return _made(("pictures", *ON_BATCH_AXIS), rows)


def _rate(row: Row | None, fastest: float) -> Entry:
    if row is None:
        return _ABSENT
    tip = f"{row.case.scheme}: {row.step_ms:,.2f} ms a step, {row.bytes / 1e6:,.1f} MB sent"
    return Entry(f"{row.images_per_second:,.0f}", tip, best=row.images_per_second == fastest)


def _bytes(results: ParallelBenchmark) -> Table:
    rows = []
    for case in weak_cases(results.options, results.processes):
        row = results.find(case)
        if row is None or case.processes == 1:
            continue
        tip = "; ".join(f"{name} {sent / 1e6:,.2f} MB" for name, sent in row.sent.items())
        formula, off = Entry("—", "There is no short formula"), Entry("—", "There is no short formula")
        if row.predicted:
            formula = Entry(f"{row.predicted / 1e6:,.2f}", tip)
            off = Entry(f"{row.bytes / row.predicted - 1:+.2%}", tip)
        rows.append((_name(case), Entry(f"{row.bytes / 1e6:,.2f}", tip), formula, off))
    return _made(("N, scheme", "MB sent", "formula", "off"), rows)


def _parts(results: ParallelBenchmark) -> Table:
    """Return each part of a step, and each collective's waits, a column a scheme that has a timeline."""
    shown = [row for row in rows_with_timeline(results) if row.case.scheme in ON_BATCH_AXIS]
    names = (CONVOLUTIONS, FULLY_CONNECTED, UPDATE)
    waits = dict.fromkeys(n for row in shown for n in row.parts_ms if n.startswith(WAIT))
    rows = [
        (Entry(name.capitalize()), *(_part(row.parts_ms.get(name), row, name) for row in shown))
        for name in (*names, *waits)
    ]
    rows.append(
        (Entry("Step"), *(Entry(f"{row.step_ms:,.2f}", "A step without a clock in it") for row in shown))
    )
    return _made(("ms", *(row.case.scheme for row in shown)), rows)


def _part(ms: float | None, row: Row, name: str) -> Entry:
    alone = row.alone_ms.get(name.removeprefix(WAIT))
    tip = f"The collectives by themselves take {alone:,.2f} ms" if alone is not None else "Mean of some steps"
    return Entry("—", "There is none") if ms is None else Entry(f"{ms:,.2f}", tip)


def _name(case: Case) -> Entry:
    return Entry(
        "1" if case.processes == 1 else f"{case.processes}, {case.scheme}", f"{case.batch:,} pictures"
    )


def _times(times: float | None, processes: int) -> tuple[str, str]:
    return ("—", "—") if times is None else (f"{times:.2f}", f"{times / processes:.0%}")


def _made(headings: tuple[str, ...], rows: Sequence[tuple[Entry, ...]]) -> Table:
    return Table(headings, tuple(rows), _TIPS)
