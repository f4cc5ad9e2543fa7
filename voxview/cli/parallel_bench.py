"""`voxview bench --parallel`, in every process that `torchrun` started: rank 0 prints and writes."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from voxview.cli.tables import print_report
from voxview.cli.terminal import print_output, run_with_progress
from voxview.errors import InputError

NUMBERS = {
    "batch": "pictures a process, where the batch grows with the processes (default 128)",
    "outputs": "classes (default 1000)",
    "hidden": "numbers in each of the two hidden layers (default 4096)",
    "side": "pixels along each side of the pictures (default 224)",
    "steps": "timed steps of each row (default 20)",
}
"""Options that are `parallel_bench.options.Options`' fields, and their help."""
OTHERS = ("precision", "graph", "timeline")
"""Further ones that are no numbers."""


def run_parallel_bench(options: argparse.Namespace, outputs: dict[Path, tuple[str, ...]]) -> int:
    """Measure, write the outputs, each with one of its suffixes, and return the exit status."""
    from voxview.shapes.io.output import check_output, write_each
    from voxview.to_end import run_to_end
    from voxview.training.parallel_bench.files import write_parallel_benchmark
    from voxview.training.parallel_bench.options import Options
    from voxview.training.parallel_bench.run import parallel_benchmark
    from voxview.training.parallel_bench.tables import report
    from voxview.training.process_group import join_process_group

    given = {name: getattr(options, name) for name in (*NUMBERS, *OTHERS) if hasattr(options, name)}
    with join_process_group(options.device or "") as group:
        with group.failing_once():
            for file, suffixes in outputs.items():
                check_output(file, suffixes)  # before minutes of work
        steps = parallel_benchmark(Options(**given, quick=options.quick), group)
        if not group.is_rank_zero:
            run_to_end(steps)
            return 0
        results = run_with_progress(steps, "measuring")
    try:
        write_each(partial(write_parallel_benchmark, file, results) for file in outputs)
    finally:  # what was measured is not lost where a file cannot be written
        print_report(report(results))
    if outputs:
        print_output(f"\nwritten: {', '.join(str(file) for file in outputs)}")
    return 0


def add_parallel_options(parser: argparse.ArgumentParser) -> None:
    """Add `--parallel`, and what belongs to it."""
    group = parser.add_argument_group(
        "AlexNet's training over several processes, instead (torchrun -m voxview bench --parallel)"
    )
    group.add_argument("--parallel", action="store_true", help="measure data, model and hybrid parallelism")
    for name, text in NUMBERS.items():
        group.add_argument(f"--{name}", type=int, default=argparse.SUPPRESS, help=text)
    group.add_argument(
        "--precision",
        choices=("bf16", "fp32"),
        default=argparse.SUPPRESS,
        help="of a GPU's arithmetic (default bf16)",
    )
    group.add_argument(
        "--graph",
        action=argparse.BooleanOptionalAction,
        default=argparse.SUPPRESS,
        help="on a GPU, record each step as a CUDA graph, collectives included, and replay it (default on)",
    )
    group.add_argument(
        "--timeline",
        action=argparse.BooleanOptionalAction,
        default=argparse.SUPPRESS,
        help="record the begin and the end of each collective of a step (default on)",
    )


def check_not_parallel(options: argparse.Namespace) -> None:
    """Raise `InputError` for an option that is for `--parallel` alone."""
    for name in (*NUMBERS, *OTHERS):
        if hasattr(options, name):
            raise InputError(f"--{name} is for bench --parallel, and not for the study's experiment")
