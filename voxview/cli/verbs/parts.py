"""`voxview parts`: seat, back, legs and arms of a chair."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from voxview.cli.catalog import find_chair, open_data
from voxview.cli.exchange import add_parts_weights
from voxview.cli.options import add_data
from voxview.cli.orientation import add_orientation, oriented
from voxview.cli.pictures import add_picture_weights
from voxview.cli.points import add_points_weights
from voxview.cli.tables import print_report
from voxview.cli.terminal import print_output, printable
from voxview.cli.verb import Verb
from voxview.table import Column, Table


def run(options: argparse.Namespace) -> None:
    """Label a chair's parts, print how much of it each is, and write it with them."""
    if options.out is not None:
        from voxview.shapes.io.output import check_output
        from voxview.surface.write import PART_SUFFIXES

        check_output(options.out, PART_SUFFIXES)  # before networks are loaded
    chair = find_chair(options.chair, open_data(options.data), options)
    grid = oriented(chair, options, quiet=options.json).read()

    from voxview.engine.parts import PartsReader
    from voxview.shapes.parts import part_shares

    reader = PartsReader(weights=options.parts_weights)
    labels = reader.read(grid)
    if options.out is not None:
        from voxview.surface.write import write_shape

        write_shape(options.out, grid, parts=labels)
    shares = part_shares(labels)
    if options.json:
        print_output(json.dumps({"chair": chair.id, "parts": shares}, indent=1))
        return
    rows = tuple((part, f"{share:.1%}") for part, share in shares.items())
    print_report((Table((Column("part", "text"), Column("of its voxels")), rows),))
    if options.out is not None:
        print_output(f"wrote {printable(str(options.out))}")


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("chair", metavar="CHAIR", help="a catalog's id, or a file")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="obj with groups, ply or glb with colours, npz with labels"
    )
    parser.add_argument("--json", action="store_true", help="the shares as JSON")
    add_data(parser)
    add_orientation(parser, "CHAIR")
    add_picture_weights(parser)
    add_points_weights(parser)
    add_parts_weights(parser)


VERB = Verb("parts", "Label a chair's seat, back, legs and arms.", _add_options, run)
