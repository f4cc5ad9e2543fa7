"""What takes minutes: training, evaluation and the benchmark."""

from __future__ import annotations

import argparse
from collections.abc import Generator
from typing import TYPE_CHECKING

from voxview.cli.common import follow, open_data, say

if TYPE_CHECKING:
    from voxview.experiment.results import Benchmark


def train(options: argparse.Namespace) -> None:
    """Train, saying how it goes."""
    from dataclasses import fields

    from voxview.experiment.training import Order, training
    from voxview.model.config import TrainConfig
    from voxview.model.config_file import read_config

    given = read_config(options.config) if options.config else {}
    names = [option.name for option in fields(TrainConfig)]
    given |= {name: getattr(options, name) for name in names if hasattr(options, name)}
    order = Order(options.out, given, options.data, options.held_out_ids, options.resume)
    for line in training(order):
        say(line)


def evaluate(options: argparse.Namespace) -> None:
    """Measure weights, and write what was asked for."""
    from voxview.experiment.report_files import check_report_files, write_evaluation

    check_report_files(options.json, options.report)  # before minutes of work

    from voxview.cli.parser import command_line
    from voxview.experiment.report_text import terminal_report
    from voxview.model.evaluate import Plan
    from voxview.model.evaluate_catalog import evaluate_on_catalog

    plan = Plan(pairs=options.pairs, seed=options.seed, crumbs=options.crumbs)
    measured = follow(
        evaluate_on_catalog(
            options.weights,
            open_data(options.data),
            options.device,
            everything=options.all,
            baselines=options.baselines,
            plan=plan,
        ),
        "evaluating",
    )
    command = command_line("evaluate", options)
    record = write_evaluation(measured, command, json=options.json, report=options.report)
    say(terminal_report(record))


def bench(options: argparse.Namespace) -> int:
    """Run the study's experiment; what was measured is kept when somebody stops it."""
    from voxview.experiment.files import check_output, recorded_benchmarks, write_benchmark

    outputs = {options.json: (".json",), options.csv: (".csv",), options.chart: (".png", ".svg")}
    outputs.pop(None, None)
    for file, suffixes in outputs.items():
        check_output(file, suffixes)  # before a minute of work

    from voxview.engine.engine import Engine
    from voxview.experiment.bench import benchmark
    from voxview.experiment.tables import report

    engine = Engine(options.weights, device=options.device)
    say(engine.report.sentence() if options.device != "cpu" else f"CPU: {engine.report.cpu}, as asked for")
    results: Benchmark | None = None

    def steps() -> Generator[tuple[int, int], None, None]:
        nonlocal results
        for done, total, so_far in benchmark(engine, quick=options.quick):
            results = so_far
            yield done, total

    stopped = False
    try:
        follow(steps(), "measuring")
    except KeyboardInterrupt:
        stopped = True
    if results is None or not results.measurements:
        raise KeyboardInterrupt  # nothing to tell
    for file in outputs:
        write_benchmark(file, results)
    if results.machine.gpu is None and not options.quick and not stopped:
        for recorded in recorded_benchmarks():
            say(f"\n==== Recorded on another machine, {recorded.machine.date} ====\n\n{report(recorded)}")
        say("\n==== This machine ====")
    say(f"\n{report(results)}")
    if outputs:
        say(f"\nwritten: {', '.join(str(file) for file in outputs)}")
    return 130 if stopped else 0
