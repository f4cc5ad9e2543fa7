"""The command line's parsers: one for the window, one with all verbs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from voxview import __version__
from voxview.cli.options import add_data, add_weights
from voxview.cli.verbs import (
    bench,
    chairs,
    convert,
    decode,
    doctor,
    evaluate,
    info,
    latent,
    mix,
    morph,
    nearest,
    network,
    parts,
    picture,
    points,
    train,
)
from voxview.cli.window import open_window
from voxview.errors import InputError

VERBS = {
    verb.name: verb
    for verb in (
        chairs.VERB,
        nearest.VERB,
        morph.VERB,
        mix.VERB,
        picture.VERB,
        points.VERB,
        parts.VERB,
        latent.VERB,
        decode.VERB,
        network.VERB,
        convert.VERB,
        train.VERB,
        evaluate.VERB,
        bench.VERB,
        info.VERB,
        doctor.VERB,
    )
}
"""Every verb by its name, in the order of `--help`."""


class OneLineParser(argparse.ArgumentParser):
    """An `ArgumentParser` whose errors are our own, one line each."""

    def error(self, message: str) -> NoReturn:
        """Raise `InputError`."""
        raise InputError(f"{message}; '{self.prog} --help' shows how it is called")


def parser_for(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Return the verbs' parser if the first word is a verb, else the window's.

    A file that is called like a verb can therefore be opened only by a path such as `./morph`.
    """
    return verbs_parser(arguments[0]) if arguments and arguments[0] in VERBS else window_parser()


def window_parser() -> argparse.ArgumentParser:
    """Return the parser of `voxview [FILE …]`."""
    parser = OneLineParser(
        prog="voxview",
        description="Slide from one 3D chair to another. Without a verb: the window.",
        epilog="verbs: " + ", ".join(VERBS) + "; 'voxview VERB --help' tells more",
    )
    parser.add_argument("--version", action="version", version=f"voxview {__version__}")
    parser.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="up to two shapes: chairs A and B; or a session, .voxview",
    )
    add_data(parser)
    add_weights(parser)
    parser.set_defaults(run=open_window)
    return parser


def verbs_parser(only: str | None = None) -> argparse.ArgumentParser:
    """Return a parser with a subparser for each verb, with the options of all verbs or of `only` one.

    Those of `train` are read from the networks' sources, which takes longer than the start of most verbs.
    """
    parser = OneLineParser(prog="voxview")
    subparsers = parser.add_subparsers(parser_class=OneLineParser, required=True)
    for verb in VERBS.values():
        added = subparsers.add_parser(verb.name, help=verb.description, description=verb.description)
        if only in (None, verb.name):
            verb.add_options(added)
        added.set_defaults(run=verb.run)
    return parser
