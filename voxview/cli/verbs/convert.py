"""`voxview convert`: any readable shape to any writable one."""

from __future__ import annotations

import argparse
from pathlib import Path

from voxview.cli.verb import Verb


def run(options: argparse.Namespace) -> None:
    """Read one file and write the other."""
    from voxview.shapes.io.read import read_shape
    from voxview.surface.write import write_shape

    write_shape(options.target, read_shape(options.source, up=options.up, turn=options.turn))


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="IN", type=Path)
    parser.add_argument("target", metavar="OUT", type=Path)
    parser.add_argument(
        "--up", choices=("x", "y", "z", "-x", "-y", "-z"), default="y", help="IN's upward axis"
    )
    parser.add_argument(
        "--turn",
        type=int,
        choices=(0, 90, 180, 270),
        default=0,
        help="then degrees about the upward axis, counter-clockwise seen from above: "
        "the seat's front should end at −z",
    )


VERB = Verb("convert", "Turn any readable shape into any writable one, as a 32³ chair.", _add_options, run)
