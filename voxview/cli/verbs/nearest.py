"""`voxview nearest`: the catalog's chairs that are most like a shape."""

from __future__ import annotations

import argparse
import json
import sys

from voxview.cli.catalog import find_chair, open_data
from voxview.cli.options import add_data
from voxview.cli.orientation import add_orientation, oriented
from voxview.cli.pictures import add_picture_weights
from voxview.cli.points import add_points_weights
from voxview.cli.tables import print_report
from voxview.cli.terminal import print_output, printable, run_with_progress
from voxview.cli.verb import Verb
from voxview.errors import InputError
from voxview.table import Column, Table


def run(options: argparse.Namespace) -> None:
    """Print the `-k` nearest chairs with their IoU, the nearest first; unreadable chairs go to stderr."""
    from voxview.shapes.retrieval import count_voxels, nearest, pack_catalog

    if options.k < 1:
        raise InputError(f"-k is 1 or more, but {options.k} was given")
    catalog = open_data(options.data)
    grid = oriented(find_chair(options.shape, catalog, options), options, quiet=options.json).read()
    chairs, words, left_out = run_with_progress(pack_catalog(catalog), "reading")
    for line in left_out:
        print(f"voxview: left out: {printable(line)}", file=sys.stderr)
    indices, ious = nearest(grid, words, count_voxels(words), options.k)
    neighbours = [(chairs[index], float(iou)) for index, iou in zip(indices, ious, strict=True)]
    if options.json:
        rows = [
            {"id": c.id, "name": c.name, "source": c.source, "iou": round(iou, 6)} for c, iou in neighbours
        ]
        print_output(json.dumps(rows, indent=1))
        return
    if not neighbours:
        raise InputError(f"no chair of {catalog.name} can be read: open another folder")
    columns = (Column("IoU"), Column("id", "label"), Column("name", "text"))
    table_rows = tuple((f"{iou:6.1%}", c.id, c.name) for c, iou in neighbours)
    print_report((Table(columns, table_rows, headings_in_plain_text=False),))


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "shape", metavar="SHAPE", help="a catalog id, the start of one, a shape file or a picture"
    )
    parser.add_argument("-k", type=int, default=8, metavar="K", help="how many (default 8)")
    parser.add_argument("--json", action="store_true", help="as JSON: id, name, source and IoU of each")
    add_orientation(parser, "SHAPE where it is read from a file")
    add_data(parser)
    add_picture_weights(parser)
    add_points_weights(parser)


VERB = Verb("nearest", "The catalog's chairs that are most like a shape, with their IoU.", _add_options, run)
