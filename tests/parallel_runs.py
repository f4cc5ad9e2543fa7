"""Made-up runs of `voxview bench --parallel`, as large as real ones: no figure in them was measured."""

from __future__ import annotations

from voxview.engine.machine import Machine
from voxview.training.parallel.step_parts import CONVOLUTIONS, FULLY_CONNECTED, UPDATE, WAIT, Span
from voxview.training.parallel_bench.formulas import predicted_bytes, sizes_of
from voxview.training.parallel_bench.options import Case, Options, batch_cases, strong_cases, weak_cases
from voxview.training.parallel_bench.record import ParallelBenchmark, Parity, Row

MACHINE = Machine(
    "Made-up CPU", 8, 8, "Made-up GPU", "1.2", "Linux", {"voxview": "0"}, "0000000", "2026-01-02"
)
LINK = 20e6
"""Bytes a millisecond."""


def made_up_run(
    processes: int, *, quick: bool = False, environment: dict[str, str] | None = None
) -> ParallelBenchmark:
    """Return a run whose times come from simple rules: data parallel is slower where batches are small."""
    options = Options(quick=quick)
    cases = [c for make in (weak_cases, strong_cases, batch_cases) for c in make(options, processes)]
    rows = tuple(
        _row(options, case, case == Case(case.scheme, processes, options.batch * processes))
        for case in dict.fromkeys(cases)
    )
    parity = tuple(Parity(s, processes, 2e-8, 1e-2) for s in ("data", "hybrid-c")) if processes > 1 else ()
    devices = ("Made-up GPU",) * processes
    parameters = sizes_of(options, True).parameters
    return ParallelBenchmark(
        MACHINE, processes, devices, "nccl", options, parameters, rows, parity, 12.0, environment or {}
    )


def _row(options: Options, case: Case, with_timeline: bool) -> Row:
    own, n = case.batch / case.processes, case.processes
    convolutions, layers, update = 0.03 * own, 0.004 * own + 0.4, 0.6 if case.scheme == "data" else 0.6 / n
    predicted = predicted_bytes(sizes_of(options, True), case.scheme, n, case.batch)
    sent = round(predicted or 3e8)
    link = sent / LINK if n > 1 else 0.0
    waits = 0.5 * link if case.scheme == "hybrid-c" else 0.75 * link
    step = convolutions + layers + update + waits
    name = "gradients" if case.scheme == "data" else "features"
    parts = {CONVOLUTIONS: convolutions, FULLY_CONNECTED: layers, UPDATE: update}
    if n == 1:
        return Row(case, case.batch / step * 1e3, step, parts, {}, {}, 0)
    timeline = (
        Span(CONVOLUTIONS, False, 0.0, convolutions),
        Span(FULLY_CONNECTED, False, convolutions, convolutions + layers),
        Span(WAIT + name, False, convolutions + layers, step - update),
        Span(UPDATE, False, step - update, step),
        Span(name, True, max(0.0, step - update - link), step - update - 0.2 * link),
        Span("outputs", True, step - update - 0.4 * link, step - update),
    )
    return Row(
        case, case.batch / step * 1e3, step, parts | {WAIT + name: waits}, {name: link}, {name: sent},
        None if predicted is None else sent, timeline if with_timeline else (),
    )  # fmt: skip
