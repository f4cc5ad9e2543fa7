"""Options of what is written: the size in an `.stl`, the level, pictures and films."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from voxview.cli.options import add_option, add_surface_resolution, decimal
from voxview.conventions import LEVEL

if TYPE_CHECKING:
    from voxview.engine.export.options import ExportOptions


def add_export(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how shapes, pictures and films are written."""
    parser.add_argument(
        "--stl-height",
        type=decimal,
        default=80.0,
        metavar="MM",
        help="how tall a chair stands in an .stl, in millimetres (default 80)",
    )
    parser.add_argument(
        "--stl-up",
        choices=("z", "y", "x", "-z", "-y", "-x"),
        default="z",
        help="the axis along which it stands there (default z, as printers have it)",
    )
    parser.add_argument(
        "--level",
        type=decimal,
        default=LEVEL,
        help=f"the probability at which surfaces lie; lower is thicker (default {LEVEL:g})",
    )
    parser.add_argument(
        "--picture-size", default="512", metavar="W[xH]", help="pixels of a png, gif or mp4 (default 512)"
    )
    parser.add_argument("--transparent", action="store_true", help="no background in pictures")
    parser.add_argument("--captions", action="store_true", help="names and t below each picture")
    add_surface_resolution(parser)
    add_option(
        parser,
        "--remove-small-components",
        action="store_true",
        help="leave connected components of under 1 %% of a shape's voxels out of what is written",
    )


def export_options(options: argparse.Namespace, formats: tuple[str, ...]) -> ExportOptions:
    """Return how the options want the formats to be written; `InputError` for what is not possible."""
    from voxview.engine.export.options import ExportOptions, PictureOptions, parse_size
    from voxview.shapes.io.stl_note import PrintSize

    return ExportOptions(
        formats,
        PrintSize(options.stl_height, options.stl_up),
        options.level,
        options.surface_resolution,
        options.remove_small_components,
        PictureOptions(parse_size(options.picture_size), options.transparent, options.captions),
        turntable=getattr(options, "turntable", False),
    )
