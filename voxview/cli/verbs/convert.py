"""`voxview convert`: any readable shape to any writable one."""

from __future__ import annotations

import argparse
from pathlib import Path

from voxview.cli.orientation import add_orientation, oriented
from voxview.cli.verb import Verb
from voxview.errors import InputError


def run(options: argparse.Namespace) -> None:
    """Read one file and write the other."""
    from voxview.pictures.read import is_picture_name
    from voxview.shapes.io.output import check_output
    from voxview.shapes.io.read import chair_from_file
    from voxview.surface.write import WRITABLE_SUFFIXES, write_shape

    if is_picture_name(options.source):
        raise InputError(
            f"{options.source} is a picture: 'voxview picture {options.source} --out {options.target}' makes "
            "a chair of it"
        )
    chair = chair_from_file(options.source, axis_order=options.axis_order)
    check_output(options.target, WRITABLE_SUFFIXES)  # before an orientation is searched
    write_shape(options.target, oriented(chair, options).read())


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="IN", type=Path)
    parser.add_argument("target", metavar="OUT", type=Path)
    add_orientation(parser, "IN")


VERB = Verb("convert", "Turn any readable shape into any writable one, as a 32³ chair.", _add_options, run)
