"""`voxview evaluate`: how good weights are."""

from __future__ import annotations

import argparse
from pathlib import Path

from voxview.cli.catalog import open_data
from voxview.cli.options import add_data, add_option, add_weights
from voxview.cli.tables import print_report
from voxview.cli.terminal import run_with_progress
from voxview.cli.verb import Verb, command_line


def run(options: argparse.Namespace) -> None:
    """Evaluate weights, write the requested files and print a summary."""
    from voxview.evaluation.report.files import check_report_files, write_evaluation

    check_report_files(options.json, options.report)  # before minutes of work

    from voxview.evaluation.catalog import evaluate_on_catalog
    from voxview.evaluation.report.text import summary
    from voxview.evaluation.results import Plan

    plan = Plan(
        pairs=options.pairs,
        morphs=options.morphs,
        seed=options.seed,
        small_components=options.small_components,
    )
    result = run_with_progress(
        evaluate_on_catalog(
            options.weights,
            open_data(options.data),
            options.device,
            everything=options.all,
            split=options.split,
            baselines=options.baselines,
            two_sample=options.two_sample,
            plan=plan,
        ),
        "evaluating",
    )
    command = command_line(VERB, options)
    record = write_evaluation(result, command, json=options.json, report=options.report)
    print_report(summary(record))


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_data(parser)
    add_weights(parser)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write a page with pictures, .html")
    parser.add_argument("--pairs", type=int, default=300, help="random pairs to blend (default 300)")
    parser.add_argument(
        "--morphs", type=int, default=50, help="of these pairs, how many to morph in 11 steps (default 50)"
    )
    parser.add_argument("--seed", type=int, default=0, help="that draws the pairs (default 0)")
    add_option(
        parser,
        "--small-components",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="remove connected components below this share of a decoded shape's voxels first "
        "(default 0: none)",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--all", action="store_true", help="also the chairs that these weights were trained on"
    )
    which.add_argument(
        "--split",
        choices=("test", "validation"),
        default="test",
        help="validation: the chairs that the run measured as it went, to choose options by (default test)",
    )
    parser.add_argument(
        "--no-baselines",
        dest="baselines",
        action="store_false",
        help="without PCA, nearest neighbours, distance blends and the study's network: quicker",
    )
    parser.add_argument(
        "--two-sample",
        action=argparse.BooleanOptionalAction,
        help="train small networks to tell blends from chairs (default: on a GPU only)",
    )
    parser.add_argument("--device", choices=("cpu", "cuda"))


VERB = Verb("evaluate", "Measure weights on chairs they were not trained on.", _add_options, run)
