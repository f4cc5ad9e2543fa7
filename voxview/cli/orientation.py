"""Orientation of what is read: `--up` and `--turn`, given or found."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.cli.terminal import print_output, printable, run_with_progress

if TYPE_CHECKING:
    from voxview.model.orientation import FoundOrientation, HeldOrientation
    from voxview.shapes.chair import Chair
    from voxview.shapes.orient import Orientation

AUTO = "auto"


def add_orientation(parser: argparse.ArgumentParser, of: str) -> None:
    """Add `--up` and `--turn`, the orientation of what is read; `of` says in the help what that is."""
    parser.add_argument(
        "--up",
        choices=("x", "y", "z", "-x", "-y", "-z", AUTO),
        default="y",
        help=f"the upward axis of {of}; {AUTO}: the one in which the weights hold it best, which is printed",
    )
    parser.add_argument(
        "--turn",
        type=_parse_turn,
        choices=(0, 90, 180, 270, AUTO),
        default=0,
        help="then degrees about the upward axis, counter-clockwise seen from above: "
        f"the seat's front should end at −z; {AUTO}: likewise",
    )
    parser.add_argument(
        "--axis-order",
        choices=("auto", "binvox", "shapenetvox32"),
        default="auto",
        help=f"the axis order in the .binvox file of {of}, where its header does not say; {AUTO}: "
        "ShapeNetVox32's for its header, else the format's own",
    )


def oriented(
    chair: Chair, options: argparse.Namespace, weights: str | None = None, *, quiet: bool = False
) -> Chair:
    """Return the chair in the orientation of the options; print the one that was found for `auto`.

    Sample chairs and chairs from pictures and points stand right as they are. If `quiet`, stdout is for
    something else, and stderr gets the line. Raises `InputError` for a chair whose file cannot be used.
    """
    from voxview.shapes.catalogs.samples import SOURCE
    from voxview.shapes.orient import Orientation
    from voxview.shapes.turned import turned_chair

    if chair.source == SOURCE or "picture" in chair.details or "points" in chair.details:
        return chair
    chair = _in_axis_order(chair, options.axis_order)
    if AUTO not in (options.up, options.turn):
        return turned_chair(chair, Orientation(options.up, options.turn))
    found = _find(chair, options, weights)
    name = printable(Path(chair.id).name)
    line = f"{name}: {describe(found)}"
    if quiet:
        print(f"voxview: {line}", file=sys.stderr)
    else:
        print_output(line)
    if found.rival is not None:
        print(f"voxview: {name}: {_describe_doubt(found.best, found.rival)}", file=sys.stderr)
    return turned_chair(chair, found.best.orientation)


def _in_axis_order(chair: Chair, axis_order: str) -> Chair:
    """Return the chair, read in the axis order of the options where it is a `.binvox` file of its own."""
    from voxview.shapes.io.read import chair_from_file

    is_binvox = chair.details.get("path") == chair.source and chair.source.lower().endswith(".binvox")
    return chair_from_file(chair.source, axis_order=axis_order) if is_binvox and axis_order != AUTO else chair


def _find(chair: Chair, options: argparse.Namespace, weights: str | None) -> FoundOrientation:
    """Return what is found among the orientations that the options leave open."""
    grid = chair.read()  # a file that cannot be used is refused before torch is imported

    from voxview.model.autoencoder import load_autoencoder
    from voxview.model.orientation import find_orientation_in_steps

    work = find_orientation_in_steps(load_autoencoder(weights), grid, _candidates(options))
    return run_with_progress(work, "turning")


def _candidates(options: argparse.Namespace) -> list[Orientation]:
    from voxview.shapes.orient import ORIENTATIONS

    return [one for one in ORIENTATIONS if options.up in (AUTO, one.up) and options.turn in (AUTO, one.turn)]


def describe(found: FoundOrientation) -> str:
    """Return which orientation was taken, and how well the chair is held in it and as its file has it."""
    best = found.best
    if not found.is_turned:
        return f"stands as it is held best (IoU {best.iou:.2f}): {best.orientation.options}"
    if best.unrefined < found.as_read.unrefined:  # what was given on the command line rules that out
        return (
            f"turned to the best that --up and --turn allow (IoU {best.iou:.2f}, as the file has it "
            f"{found.as_read.iou:.2f}): {best.orientation.options}"
        )
    return (
        f"turned, because it is held better so (IoU {best.iou:.2f} instead of {found.as_read.iou:.2f}): "
        f"{best.orientation.options}"
    )


def _describe_doubt(best: HeldOrientation, other: HeldOrientation) -> str:
    """Return the two orientations that are close, and what to type for the other one."""
    return (
        f"uncertain: {best.orientation} was taken (IoU {best.iou:.2f}), and {other.orientation} is close "
        f"(IoU {other.iou:.2f}); for that one type {other.orientation.options}"
    )


def _parse_turn(text: str) -> int | str:
    """Return a number of degrees; anything else as it is, for the choices to allow or refuse."""
    return int(text) if text.lstrip("-").isdecimal() else text
