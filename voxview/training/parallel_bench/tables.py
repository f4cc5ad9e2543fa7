"""The results as tables and sentences."""

from __future__ import annotations

from voxview.counts import counted
from voxview.engine.machine import machine_heading
from voxview.table import Column, Report, Table
from voxview.training.parallel.step_parts import CONVOLUTIONS, FULLY_CONNECTED, UPDATE, WAIT
from voxview.training.parallel_bench.break_even import break_even_sentences
from voxview.training.parallel_bench.options import (
    ON_BATCH_AXIS,
    STRONG,
    Case,
    batch_cases,
    strong_cases,
    weak_cases,
)
from voxview.training.parallel_bench.paper import PAPER
from voxview.training.parallel_bench.prediction import predict
from voxview.training.parallel_bench.record import ParallelBenchmark, Row

_ABSENT = "–"
_MEGABYTE = 1e6


def report(results: ParallelBenchmark) -> Report:
    """Return everything that there is to say of a run."""
    parts: list[Table | str | None] = [
        _heading(results),
        weak_table(results),
        strong_table(results),
        collectives_table(results) if results.processes > 1 else None,
        batch_table(results),
        "\n".join(break_even_sentences(results)),
        _paper_table(),
        prediction_table(results),
        "\n".join(notes(results)),
    ]
    return tuple(part for part in parts if part)


def _heading(results: ParallelBenchmark) -> str:
    options = results.options
    devices = sorted(set(results.devices))
    on = ", ".join(f"{results.devices.count(device)} × {device}" for device in devices)
    number = "1 process" if results.processes == 1 else f"{results.processes} processes"
    network = (
        f"AlexNet in one tower, {results.parameters:,} parameters, {options.outputs:,} outputs, pictures of "
        f"{options.side} pixels, {options.precision}; {number} "
        f"over {results.backend}: {on}"
    )
    return f"{machine_heading(results.machine)}\n{network}"


def weak_table(results: ParallelBenchmark) -> Table | None:
    """Return a row a case in which each process has the same batch; None where nothing was measured."""
    cases = weak_cases(results.options, results.processes)
    return _scaling_table(results, f"Weak scaling: {results.options.batch} pictures a process.", cases)


def strong_table(results: ParallelBenchmark) -> Table | None:
    """Return the same with the same batch in all; None where that was left out."""
    cases = strong_cases(results.options, results.processes)
    return _scaling_table(
        results, f"Strong scaling: {STRONG * results.options.batch:,} pictures in all.", cases
    )


def _scaling_table(results: ParallelBenchmark, title: str, cases: list[Case]) -> Table | None:
    """Return a row a case; None where nothing was measured."""
    one = results.find(cases[0]) if cases else None
    rows = [_scaling_row(row, one) for case in cases if (row := results.find(case))]
    headings = (
        "images/s", "× one", "ms a step", "convolutions", "fully connected", "update", "waits",
        "MB sent", "by formula",
    )  # fmt: skip
    columns = (Column("processes, scheme", "label"), *(Column(heading) for heading in headings))
    about = (
        f"{title} Parts of a step in ms, on rank 0; waits: for collectives that no work hid. MB sent by "
        "rank 0 in a step, as a ring sends them: counted, and by formula."
    )
    return Table(columns, tuple(rows), about) if rows else None


def _scaling_row(row: Row, one: Row | None) -> tuple[str, ...]:
    return (
        "1, alone" if row.case.processes == 1 else f"{row.case.processes}, {row.case.scheme}",
        f"{row.images_per_second:,.1f}",
        f"{row.images_per_second / one.images_per_second:.2f}" if one else _ABSENT,
        _figure(row.step_ms),
        *(_figure(row.parts_ms.get(name)) for name in (CONVOLUTIONS, FULLY_CONNECTED, UPDATE)),
        _figure(row.waits_ms),
        _megabytes(row.bytes),
        _megabytes(row.predicted),
    )


def collectives_table(results: ParallelBenchmark) -> Table:
    """Return each collective of the weak scaling on all processes: how long it was waited for, and alone."""
    rows = []
    for case in weak_cases(results.options, results.processes):
        row = results.find(case)
        if row is None or case.processes != results.processes:
            continue
        for name, alone in row.alone_ms.items():
            waited = row.parts_ms.get(WAIT + name, 0.0)
            rate = row.sent[name] / alone / 1e6 if alone else 0.0
            figures = _figure(waited), _figure(alone), _megabytes(row.sent[name]), f"{rate:,.2f}"
            rows.append((f"{case.scheme}: {name}", *figures))
    headings = Column("collective", "label"), *map(Column, ("waited, ms", "alone, ms", "MB sent", "GB/s"))
    title = (
        f"Each collective of a step, {results.processes} processes, {results.options.batch} pictures each: "
        "waited for in the step, and by itself."
    )
    return Table(headings, tuple(rows), title)


def batch_table(results: ParallelBenchmark) -> Table | None:
    """Return a row a batch of all processes; None where the axis was left out."""
    cases = batch_cases(results.options, results.processes)
    rows = []
    for batch in dict.fromkeys(case.batch for case in cases):
        found = [results.find(Case(scheme, results.processes, batch)) for scheme in ON_BATCH_AXIS]
        if not any(found):
            continue
        rates = (_ABSENT if row is None else f"{row.images_per_second:,.1f}" for row in found)
        rows.append((f"{batch:,}", *rates, *(_megabytes(row.bytes if row else None) for row in found)))
    headings = [*(f"{scheme}, images/s" for scheme in ON_BATCH_AXIS), *(f"{s}, MB" for s in ON_BATCH_AXIS)]
    columns = (Column("pictures in all", "label"), *map(Column, headings))
    return Table(columns, tuple(rows), f"The batch, {results.processes} processes.") if rows else None


def _paper_table() -> Table:
    """Return what the paper reports."""
    columns = (Column("GPUs; batches", "label"), Column("hours"), Column("× one"), Column("efficiency"))
    rows = [
        (
            f"{row.gpus}; {row.batches[0]:,}, {row.batches[1]:,}",
            f"{row.hours:.2f}",
            f"{row.times:.2f}",
            f"{row.times / row.gpus:.0%}",
        )
        for row in PAPER
    ]
    title = (
        "Not measured here: the paper's own table (Krizhevsky 2014, K20), batches of the convolutions and of "
        "the fully connected layers; 90 epochs of ImageNet."
    )
    return Table(columns, tuple(rows), title)


def prediction_table(results: ParallelBenchmark) -> Table | None:
    """Return the prediction for more processes; None without several to go by."""
    rows = [
        (
            f"{p.processes}, {p.scheme}",
            f"{p.least:,.0f} – {p.most:,.0f}",
            f"{p.efficiency[0]:.0%} – {p.efficiency[1]:.0%}",
        )
        for p in predict(results)
    ]
    title = (
        "Prediction, not measured: from the parts above, with the same links; no collective hidden – all "
        "of them hidden."
    )
    columns = (Column("processes, scheme", "label"), Column("images/s"), Column("efficiency"))
    return Table(columns, tuple(rows), title) if rows else None


def notes(results: ParallelBenchmark) -> list[str]:
    """Return a sentence each on parity, devices, bytes, and what else bears on the figures."""
    lines = []
    for p in results.parity:
        lines.append(
            f"{p.scheme} on {p.processes} processes: weights after a step differ from one process's by "
            f"{p.largest_difference:.1e} at most; the step moved them by up to {p.largest_change:.1e}."
        )
    if results.processes == 1:
        lines.append(
            "One process: nothing is split. Start several with torchrun --nproc-per-node=N -m voxview bench …"
        )
    if len(set(results.devices)) > 1:
        lines.append("The devices differ: the slowest one sets the pace.")
    if results.backend == "gloo":
        lines.append(
            "Over gloo, on the CPU: parts are by the host's clock, and processes share its cores, so that "
            "several are not several times as fast. The bytes are those of a GPU in fp32."
        )
    if results.environment:
        lines.append("Set: " + ", ".join(f"{k}={v}" for k, v in results.environment.items()) + ".")
    wrong = [row.case for row in results.rows if row.predicted and abs(row.bytes / row.predicted - 1) > 0.02]
    if any(row.predicted for row in results.rows):
        lines.append(
            f"Bytes differ from the formula by more than 2 % in {counted(len(wrong), 'case')}: {wrong}."
            if wrong
            else "Bytes are those of the formula within 2 % in all cases that have one."
        )
    lines.append(f"The run took {results.seconds:.0f} s.")
    return lines


def _figure(ms: float | None) -> str:
    return _ABSENT if ms is None else f"{ms:,.2f}"


def _megabytes(sent: int | None) -> str:
    return _ABSENT if sent is None else f"{sent / _MEGABYTE:,.2f}"
