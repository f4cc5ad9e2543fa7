"""`voxview chairs`: what the catalog holds."""

from __future__ import annotations

import argparse
import json
import sys

from voxview.cli.catalog import open_data
from voxview.cli.options import add_data
from voxview.cli.tables import print_report
from voxview.cli.terminal import print_output, printable
from voxview.cli.verb import Verb
from voxview.counts import counted
from voxview.table import Column, Table


def run(options: argparse.Namespace) -> None:
    """Print a line for each chair of the catalog, or JSON."""
    catalog = open_data(options.data)
    if options.json:
        chairs = [
            {"id": c.id, "name": c.name, "source": c.source, "details": dict(c.details)} for c in catalog
        ]
        print_output(json.dumps(chairs, indent=1, default=str))
        return
    columns = (Column("id", "label"), Column("name", "text"))
    rows = tuple((chair.id, chair.name) for chair in catalog)
    print_report((Table(columns, rows, headings_in_plain_text=False),))
    print(f"{counted(len(catalog), 'chair')} in {printable(catalog.name)}", file=sys.stderr)


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_data(parser)
    parser.add_argument("--json", action="store_true", help="as JSON: id, name, source and details of each")


VERB = Verb("chairs", "List what the catalog holds.", _add_options, run)
