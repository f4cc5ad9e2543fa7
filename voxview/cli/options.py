"""Options that several verbs share."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from voxview.conventions import RESOLUTION, SURFACE_RESOLUTIONS

FORMER_NAMES = {
    "--remove-small-components": "--remove-crumbs",  # the former name
    "--small-components": "--crumbs",  # the former name
}
"""Options that older versions called otherwise: scripts may still use these names."""


def decimal(text: str) -> float:
    """Return the number of an option that takes one: 0.25, or 0,25 as some languages write it."""
    try:
        return float(text.replace(",", ".") if "." not in text else text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number: type it as 0.25") from None


def add_option(parser: argparse.ArgumentParser, name: str, **settings: Any) -> None:
    """Add an option as `add_argument` does, and its old name, if it has one, which `--help` does not show."""
    action = parser.add_argument(name, **settings)
    if name in FORMER_NAMES:
        hidden = {"dest": action.dest, "default": argparse.SUPPRESS, "help": argparse.SUPPRESS}
        parser.add_argument(FORMER_NAMES[name], **{**settings, **hidden})


def add_data(parser: argparse.ArgumentParser, otherwise: str = "the samples") -> None:
    """Add `--data DIR`, by default `VOXVIEW_DATA`; `otherwise` says what there is without both."""
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        default=os.environ.get("VOXVIEW_DATA") or None,  # argparse makes a path of it
        help=f"ShapeNetCore, ShapeNetVox32 or a folder of shapes (default: $VOXVIEW_DATA, else {otherwise})",
    )


def add_surface_resolution(parser: argparse.ArgumentParser) -> None:
    """Add `--surface-resolution N`."""
    parser.add_argument(
        "--surface-resolution",
        type=int,
        choices=SURFACE_RESOLUTIONS,
        default=RESOLUTION,
        help="of meshes and pictures: 64 and 96 are smoother, by interpolation between voxels, with no more "
        f"detail; voxels stay {RESOLUTION}³ (default {RESOLUTION})",
    )


def add_weights(parser: argparse.ArgumentParser) -> None:
    """Add `--weights NAME|FILE`."""
    from voxview.model.weights_card import DEFAULT_WEIGHTS, SHIPPED

    parser.add_argument(
        "--weights",
        metavar="NAME|FILE",
        help=f"{', '.join(SHIPPED)} or a .safetensors file (default {DEFAULT_WEIGHTS})",
    )
