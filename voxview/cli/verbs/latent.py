"""`voxview latent`: the 64 numbers of a chair, as text, JSON or a NumPy array."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from voxview.cli.catalog import find_chair, open_data
from voxview.cli.options import add_data, add_weights
from voxview.cli.orientation import add_orientation, oriented
from voxview.cli.pictures import add_picture_weights
from voxview.cli.points import add_points_weights
from voxview.cli.terminal import print_output, printable
from voxview.cli.verb import Verb


def run(options: argparse.Namespace) -> None:
    """Encode a chair and print its latent, or write it."""
    from voxview.shapes.io.latents import latent_comments, latent_numbers, latent_text, write_latent
    from voxview.shapes.io.output import check_output

    if options.npy is not None:
        check_output(options.npy, (".npy",))  # before networks are loaded
    chair = find_chair(options.chair, open_data(options.data), options)
    chair = oriented(chair, options, options.weights, quiet=options.npy is None)
    grid = chair.read()

    from voxview.engine.engine import Engine
    from voxview.model.symmetric import odd_numbers_of
    from voxview.to_end import run_to_end

    engine = Engine(options.weights, "cpu")  # one chair: a GPU would take longer to start
    latent = engine.known_latent(chair)
    if options.unrefined:
        latent = engine.encode_unrefined(grid[None], "cpu")[0]
    elif latent is None:
        latent = run_to_end(engine.encode_in_steps(grid[None], "cpu"))[0]
    if options.npy is not None:
        write_latent(options.npy, latent)
        print_output(f"wrote {printable(str(options.npy))}")
    elif options.json:
        entry = {
            "chair": chair.id,
            "name": chair.name,
            "weights": engine.weights,
            "odd_numbers": odd_numbers_of(engine.card.architecture),
            "latent": latent_numbers(latent),
        }
        print_output(json.dumps(entry, indent=1))
    else:
        print_output(latent_text(latent, latent_comments(printable(chair.id), printable(engine.weights))))


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "chair", metavar="CHAIR", help="a catalog id, the start of one, a shape file, a picture or points"
    )
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="as JSON, with the weights' name")
    output.add_argument("--npy", type=Path, metavar="FILE", help="as a NumPy array, float32 (8, 8)")
    parser.add_argument(
        "--unrefined", action="store_true", help="the encoder's numbers, without test-time optimisation"
    )
    add_data(parser)
    add_weights(parser)
    add_orientation(parser, "CHAIR where it is read from a file")
    add_picture_weights(parser)
    add_points_weights(parser)


VERB = Verb("latent", "The 64 numbers of a chair, 8×8: as text, JSON or a NumPy array.", _add_options, run)
