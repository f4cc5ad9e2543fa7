"""`voxview train`: weights of one's own."""

from __future__ import annotations

import argparse
from pathlib import Path

from voxview.cli.options import add_data
from voxview.cli.terminal import print_output
from voxview.cli.verb import Verb


def run(options: argparse.Namespace) -> None:
    """Train, printing the progress."""
    from dataclasses import fields

    from voxview.training.config import TrainConfig
    from voxview.training.config_file import read_config
    from voxview.training.run import RunOptions, run_training

    given = read_config(options.config) if options.config else {}
    names = [option.name for option in fields(TrainConfig)]
    given |= {name: getattr(options, name) for name in names if hasattr(options, name)}
    run_options = RunOptions(options.out, given, options.data, options.held_out_ids, options.resume)
    for line in run_training(run_options):
        print_output(line)


def _add_options(parser: argparse.ArgumentParser) -> None:
    """Add the files, and an option for each field of `TrainConfig`."""
    from dataclasses import fields

    from voxview.training.config import TrainConfig, explanations
    from voxview.training.former_names import FORMER_FIELDS

    add_data(parser, otherwise="procedural chairs alone")
    parser.add_argument("--out", type=Path, required=True, help="the .safetensors file to write")
    parser.add_argument("--config", type=Path, metavar="FILE", help="a .toml file with the options below")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint beside OUT")
    parser.add_argument(
        "--held-out-ids",
        type=Path,
        metavar="FILE",
        help="ids of --data that are never trained on, one a line (default: a tenth, by a hash of the id)",
    )
    comments = explanations()
    for option in fields(TrainConfig):
        kind = type(option.default)
        default = ("on" if option.default else "off") if kind is bool else repr(option.default)
        parser.add_argument(
            f"--{option.name.replace('_', '-')}",
            default=argparse.SUPPRESS,  # what is not given must not override a file's or a checkpoint's
            help=f"{comments.get(option.name, '').replace('%', '%%')} (default {default})".strip(),
            **({"action": argparse.BooleanOptionalAction} if kind is bool else {"type": kind}),
        )
    for former, current in FORMER_FIELDS.items():  # commands of older versions keep working
        kind = type(getattr(TrainConfig, current))
        parser.add_argument(
            f"--{former}", dest=current, type=kind, default=argparse.SUPPRESS, help=argparse.SUPPRESS
        )


VERB = Verb(
    "train", "Train an autoencoder on procedural chairs, and on real ones if given.", _add_options, run
)
