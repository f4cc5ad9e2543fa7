"""`voxview evaluate`: how good weights are."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from voxview.cli.catalog import open_data
from voxview.cli.options import add_data, add_option, add_weights, decimal
from voxview.cli.tables import print_report
from voxview.cli.terminal import run_with_progress
from voxview.cli.verb import Verb, command_line
from voxview.errors import InputError

if TYPE_CHECKING:
    from voxview.engine.machine import Machine
    from voxview.evaluation.report.record import Record
    from voxview.table import Report

E = TypeVar("E")

AUTOENCODER, PICTURE, POINTS, PARTS = "autoencoder", "picture", "points", "parts"

OWN_OPTIONS = {
    AUTOENCODER: ("pairs", "morphs", "small_components", "all", "split", "baselines", "two_sample"),
    PICTURE: ("photos", "pictures"),
    POINTS: ("pictures",),
    PARTS: ("clouds",),
}
"""Options that a network's evaluation has, and not every other one's."""


def run(options: argparse.Namespace) -> None:
    """Evaluate weights, write the requested files and print a summary."""
    from voxview.evaluation.report.files import check_report_files

    _check_options(options)
    check_report_files(options.json, options.report)  # before minutes of work
    runs = {AUTOENCODER: _run_autoencoder, PICTURE: _run_pictures, POINTS: _run_points, PARTS: _run_parts}
    from voxview.engine.gpu_failures import gpu_failures_in_one_line

    with gpu_failures_in_one_line("close other programs that use it, or use --device cpu"):
        runs[options.network](options)


def _check_options(options: argparse.Namespace) -> None:
    """Raise `InputError` for an option of another network."""
    parser = argparse.ArgumentParser()
    _add_options(parser)
    defaults = vars(parser.parse_args([]))
    for network, names in OWN_OPTIONS.items():
        for name in names:
            foreign = name not in OWN_OPTIONS[options.network]
            if foreign and getattr(options, name) != defaults[name]:
                flag = f"--{'no-' if name == 'baselines' else ''}{name.replace('_', '-')}"
                raise InputError(f"{flag} is an option of --network {network}, and not of {options.network}")


def _run_pictures(options: argparse.Namespace) -> None:
    """Evaluate picture weights; the renderer is training's, which evaluation does not know."""
    from voxview.evaluation.pictures.evaluate import evaluate_pictures
    from voxview.evaluation.pictures.page import write_page
    from voxview.evaluation.pictures.record import picture_record, picture_summary
    from voxview.training.pictures.held_out import renderers

    result = run_with_progress(
        evaluate_pictures(
            options.weights,
            open_data(options.data),
            renderers(),
            options.device,
            photos=options.photos,
            most=options.pictures,
            seed=options.seed,
        ),
        "evaluating",
    )
    _report(result, options, picture_record, write_page, picture_summary)


def _run_points(options: argparse.Namespace) -> None:
    """Evaluate points weights; virtual scans are training's, which evaluation does not know."""
    from voxview.evaluation.points.evaluate import evaluate_points
    from voxview.evaluation.points.page import write_page
    from voxview.evaluation.points.record import points_record, points_summary
    from voxview.training.points.held_out import held_out_scanners

    result = run_with_progress(
        evaluate_points(
            options.weights,
            open_data(options.data),
            held_out_scanners(),
            options.device,
            most=options.pictures,
        ),
        "evaluating",
    )
    _report(result, options, points_record, write_page, points_summary)


def _run_parts(options: argparse.Namespace) -> None:
    from voxview.evaluation.parts.evaluate import evaluate_parts
    from voxview.evaluation.parts.page import write_page
    from voxview.evaluation.parts.record import parts_record, parts_summary
    from voxview.shapes.part_rules import label_points_by_rules

    result = run_with_progress(
        evaluate_parts(
            options.weights,
            open_data(options.data),
            options.device,
            clouds=options.clouds,
            beside={"rules by height and place": label_points_by_rules},
            seed=options.seed,
        ),
        "evaluating",
    )
    _report(result, options, parts_record, write_page, parts_summary)


def _run_autoencoder(options: argparse.Namespace) -> None:
    from voxview.evaluation.catalog import evaluate_on_catalog
    from voxview.evaluation.report.page import write_page
    from voxview.evaluation.report.record import record
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
    _report(result, options, record, write_page, summary)


def _report(
    result: E,
    options: argparse.Namespace,
    make_record: Callable[[E, Machine, str], Record],
    write_page: Callable[[Path, Record, E], None],
    summary: Callable[[Record], Report],
) -> None:
    """Write the requested files of an evaluation, and print its summary."""
    from voxview.evaluation.report.files import write_evaluation

    write_evaluation(
        result,
        command_line(VERB, options),
        make_record,
        write_page,
        json=options.json,
        report=options.report,
        show=lambda made: print_report(summary(made)),
    )


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_data(parser)
    parser.add_argument(
        "--network",
        choices=tuple(OWN_OPTIONS),
        default=AUTOENCODER,
        help="picture, points, parts: --weights are a picture encoder's, a points encoder's or a parts "
        "network's, by default the shipped ones (default autoencoder)",
    )
    add_weights(parser)
    _add_encoder_options(parser)
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
        type=decimal,
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


def _add_encoder_options(parser: argparse.ArgumentParser) -> None:
    """Add what is of pictures, points and parts alone."""
    parser.add_argument(
        "--photos",
        type=Path,
        metavar="FOLDER",
        help="of pictures: photos.tsv, photo-grids.npy, and the files",
    )
    parser.add_argument(
        "--pictures",
        type=int,
        default=0,
        metavar="N",
        help="of pictures and points: render or scan N chairs at most, from all over the catalog "
        "(default 0: all)",
    )
    parser.add_argument(
        "--clouds",
        type=Path,
        metavar="FILE",
        help="of parts: labelled clouds, a .npz file with ids, points and labels",
    )


VERB = Verb("evaluate", "Measure weights on chairs they were not trained on.", _add_options, run)
