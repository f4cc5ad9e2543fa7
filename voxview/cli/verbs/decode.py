"""`voxview decode`: the chair that 64 numbers stand for."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from voxview.cli.options import add_surface_resolution, add_weights
from voxview.cli.terminal import print_output, printable
from voxview.cli.verb import Verb


def run(options: argparse.Namespace) -> None:
    """Decode a latent, write the chair, and say where no chair has such numbers."""
    from voxview.model.weights_card import DEFAULT_WEIGHTS, SHIPPED
    from voxview.shapes.io.latents import read_latent
    from voxview.shapes.io.output import check_output
    from voxview.surface.write import WRITABLE_SUFFIXES, write_shape

    check_output(options.out, WRITABLE_SUFFIXES)  # before weights are loaded
    written = read_latent(options.latent)
    weights = options.weights or (written.weights if written.weights in SHIPPED else DEFAULT_WEIGHTS)

    from voxview.engine.engine import Engine
    from voxview.engine.latent_request import LatentRequest
    from voxview.engine.unusual_latent import far_numbers_text

    engine = Engine(weights, "cpu")
    if written.weights and written.weights != engine.weights:
        _warn(f"these numbers are of the weights '{written.weights}', and '{engine.weights}' decodes them")
    far = far_numbers_text(written.latent, engine)
    if far:
        _warn(far)
    name = options.latent.stem
    request = LatentRequest(written.latent, name, surface_resolution=options.surface_resolution)
    result = engine.decode_latent(request)
    is_voxels = options.out.suffix.lower() in (".binvox", ".npy")
    write_shape(options.out, result.grid if is_voxels else result.surface)
    print_output(f"wrote {printable(str(options.out))}")


def _warn(line: str) -> None:
    print(f"voxview: {printable(line)}", file=sys.stderr)


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "latent",
        metavar="LATENT",
        type=Path,
        help="64 numbers: .npy (8, 8), or text or JSON as 'voxview latent' prints them",
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", required=True, help="obj, stl, ply, glb, binvox or npy"
    )
    add_weights(parser)
    add_surface_resolution(parser)


VERB = Verb("decode", "Write the chair that 64 numbers stand for.", _add_options, run)
