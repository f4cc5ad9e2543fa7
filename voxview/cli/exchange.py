"""`--parts back=A legs=B` on the command line."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from voxview.cli.catalog import find_chair
from voxview.cli.orientation import oriented
from voxview.errors import InputError

if TYPE_CHECKING:
    from voxview.shapes.catalogs.catalog import Catalog
    from voxview.shapes.chair import Chair

NAMES = {"seat": 0, "back": 1, "leg": 2, "legs": 2, "base": 2, "arm": 3, "arms": 3}
"""Labels of parts by what they may be called."""
NONE = "none"
"""What leaves a part out."""


def add_exchange(parser: argparse.ArgumentParser) -> None:
    """Add `--parts PART=CHAIR …` and `--parts-weights`."""
    parser.add_argument(
        "--parts",
        nargs="+",
        metavar="PART=CHAIR",
        help="instead of a mix: a chair of the parts of several ones, seat, back, legs and arms; the first "
        "chair gives what is not named, 'arms=none' leaves a part out",
    )
    add_parts_weights(parser)


def add_parts_weights(parser: argparse.ArgumentParser) -> None:
    """Add `--parts-weights NAME|FILE`, by default `VOXVIEW_PARTS_WEIGHTS`."""
    parser.add_argument(
        "--parts-weights",
        metavar="NAME|FILE",
        default=os.environ.get("VOXVIEW_PARTS_WEIGHTS") or None,
        help="what labels parts (default: $VOXVIEW_PARTS_WEIGHTS, else 'parts', which comes with the "
        "program)",
    )


def named_parts(texts: list[str], catalog: Catalog, options: argparse.Namespace) -> dict[int, Chair | None]:
    """Return the chair of each part that `PART=CHAIR` texts name, in their order; None where it is left out.

    Raises `InputError` for another form, a part that is not one or comes twice, and an unknown chair.
    """
    named: dict[int, Chair | None] = {}
    for text in texts:
        name, equals, chair = text.partition("=")
        part = NAMES.get(name.lower())
        if part is None or not equals or not chair:
            raise InputError(f"{text!r} names no part: write seat=, back=, legs= or arms= and a chair")
        if part in named:
            raise InputError(f"{name} comes twice: give one chair for each part")
        named[part] = None if chair == NONE else oriented(find_chair(chair, catalog, options), options)
    return named
