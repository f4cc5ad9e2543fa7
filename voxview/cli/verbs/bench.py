"""`voxview bench`: the study's experiment on this machine; with `--parallel`, training over processes."""

from __future__ import annotations

import argparse
from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.cli.options import add_weights
from voxview.cli.parallel_bench import add_parallel_options, check_not_parallel, run_parallel_bench
from voxview.cli.tables import print_report
from voxview.cli.terminal import print_output, run_with_progress
from voxview.cli.verb import Verb

if TYPE_CHECKING:
    from voxview.engine.step import Step
    from voxview.experiment.results import Benchmark
    from voxview.table import Report


def run(options: argparse.Namespace) -> int:
    """Run the experiment, and return the exit status; what was measured is kept when a person stops it."""
    outputs = {options.json: (".json",), options.csv: (".csv",), options.chart: (".png", ".svg")}
    outputs.pop(None, None)
    if options.parallel:
        return run_parallel_bench(options, outputs)
    check_not_parallel(options)
    from voxview.experiment.files import write_benchmark
    from voxview.shapes.io.output import check_output, write_each

    for file, suffixes in outputs.items():
        check_output(file, suffixes)  # before a minute of work

    from voxview.engine.engine import Engine
    from voxview.experiment.bench import benchmark

    engine = Engine(options.weights, device=options.device)
    device = (
        engine.report.sentence() if options.device != "cpu" else f"CPU: {engine.report.cpu}, as requested"
    )
    print_report((device,))
    results, stopped = _measure(benchmark(engine, quick=options.quick))
    if results is None or not results.measurements:
        raise KeyboardInterrupt  # nothing to report
    try:
        write_each(partial(write_benchmark, file, results) for file in outputs)
    finally:  # what was measured is not lost where a file cannot be written
        with_recorded = results.machine.gpu is None and not options.quick and not stopped
        _print_tables(results, with_recorded=with_recorded)
    if outputs:
        print_output(f"\nwritten: {', '.join(str(file) for file in outputs)}")
    return 130 if stopped else 0


def _measure(run: Generator[Step, None, Benchmark]) -> tuple[Benchmark | None, bool]:
    """Return the run's results, and whether a person stopped it: then they are those so far."""
    from voxview.experiment.results import Benchmark

    results: Benchmark | None = None

    def steps() -> Generator[Step, None, None]:
        nonlocal results
        for step in run:
            results = step.value if isinstance(step.value, Benchmark) else results
            yield step

    try:
        run_with_progress(steps(), "measuring")
    except KeyboardInterrupt:
        return results, True
    return results, False


def _print_tables(results: Benchmark, *, with_recorded: bool) -> None:
    """Print the results, if wanted below those that were recorded on other machines."""
    from voxview.experiment.files import recorded_benchmarks
    from voxview.experiment.tables import report

    if with_recorded:
        for recorded in recorded_benchmarks():
            heading = f"==== Recorded on another machine, {recorded.machine.date} ===="
            _print_below((heading, *report(recorded)))
        _print_below(("==== This machine ====",))
    _print_below(report(results))


def _print_below(report: Report) -> None:
    print_output("")
    print_report(report)


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write a row a measurement there")
    parser.add_argument(
        "--chart",
        type=Path,
        metavar="FILE",
        help="draw Figure 5 there, or with --parallel all of it, as .png or .svg",
    )
    parser.add_argument("--quick", action="store_true", help="fewer sizes and runs: some seconds")
    parser.add_argument("--device", choices=("cpu", "cuda"), help="cpu leaves a GPU alone")
    add_weights(parser)
    add_parallel_options(parser)


VERB = Verb(
    "bench",
    "Run the study's experiment on this machine: its tables, and its figure; or measure parallel training.",
    _add_options,
    run,
)
