"""`voxview network`: every layer of a network, with what it costs and why."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from voxview.cli.tables import print_report
from voxview.cli.terminal import print_output, run_with_progress
from voxview.cli.verb import Verb
from voxview.errors import InputError
from voxview.model.layers.names import NETWORKS
from voxview.table import Column, Table

if TYPE_CHECKING:
    from voxview.model.layers.times import LayerTimes


def run(options: argparse.Namespace) -> None:
    """Print a network's layers, one layer's arithmetic, or the names of all networks."""
    if options.name is None:
        _list(options)
        return
    from voxview.model.layers.describe import describe_network
    from voxview.model.layers.texts import (
        as_json,
        comma_separated,
        layer_text,
        markdown,
        network_table,
        totals_text,
    )

    network = describe_network(options.name)
    if options.layer is not None:
        found = [row for row in network.rows if row.name == options.layer]
        if not found:
            raise InputError(
                f"no layer '{options.layer}' in {network.name}: 'voxview network {network.name}' lists them"
            )
        print_output(layer_text(found[0]))
        return
    times = _measure(options.name) if options.time else ()
    if options.json:
        print_output(json.dumps(as_json(network, times), indent=1, ensure_ascii=False))
    elif options.table is not None:
        print_output((markdown if options.table == "md" else comma_separated)(network, times))
    else:
        print_report((network_table(network, times), totals_text(network, times)))


def _list(options: argparse.Namespace) -> None:
    """Print the names of all networks."""
    if options.layer is not None or options.table is not None or options.time:
        raise InputError(f"name a network: {', '.join(NETWORKS)}, or a weights file")
    if options.json:
        print_output(json.dumps(dict(NETWORKS), indent=1))
        return
    columns = (Column("name", "label"), Column("what it is", "text"))
    print_report((Table(columns, tuple(NETWORKS.items()), headings_in_plain_text=False),))


def _measure(name: str) -> tuple[LayerTimes, ...]:
    """Return the times on the CPU, and on a GPU where one can be used."""
    from voxview.model.layers.times import time_layers_in_steps, timed_devices

    return tuple(
        run_with_progress(time_layers_in_steps(name, device), f"timing, {device}")
        for device in timed_devices()
    )


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name",
        metavar="NAME",
        nargs="?",
        help=f"{', '.join(NETWORKS)}, or a .safetensors file of VoxView (default: the list of all)",
    )
    parser.add_argument(
        "--layer", metavar="LAYER", help="only this layer, with the arithmetic of its figures"
    )
    parser.add_argument("--json", action="store_true", help="as JSON, with the arithmetic of every layer")
    parser.add_argument("--table", choices=("md", "csv"), help="the layers as Markdown or CSV")
    parser.add_argument(
        "--time",
        action="store_true",
        help="measure each layer on this machine's CPU, and GPU if there is one",
    )


VERB = Verb(
    "network",
    "Every layer of a network: sizes, parameters, multiply-adds, memory, and their arithmetic.",
    _add_options,
    run,
)
