"""`voxview mix`: a weighted sum of several chairs, as a file."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.cli.catalog import find_chair, open_data
from voxview.cli.exchange import add_exchange, named_parts
from voxview.cli.export import add_export
from voxview.cli.options import add_data, add_weights, decimal
from voxview.cli.orientation import add_orientation, oriented
from voxview.cli.pictures import add_picture_weights
from voxview.cli.points import add_points_weights
from voxview.cli.tables import print_report
from voxview.cli.verb import Verb
from voxview.conventions import LEVEL
from voxview.errors import InputError
from voxview.table import Column, Table

if TYPE_CHECKING:
    from voxview.cli.mix_target import MixTarget
    from voxview.engine.engine import Engine
    from voxview.engine.mix import MixRequest, MixResult
    from voxview.shapes.catalogs.catalog import Catalog
    from voxview.shapes.chair import Chair


def run(options: argparse.Namespace) -> None:
    """Write a mix, and print what was measured on it."""
    target = _target(options)  # before the weights are loaded
    if bool(options.parts) == bool(options.chairs):
        raise InputError("name the chairs of a mix, or else parts: --parts back=ID legs=ID")

    from voxview.engine.ahead import compile_ahead

    compile_ahead()  # before the import of PyTorch, which takes as long

    from voxview.engine.engine import Engine
    from voxview.engine.mix import MixRequest

    catalog = open_data(options.data)
    if options.parts:
        _write_exchange(options, catalog, target)
        return
    named = [_parse_part(text, catalog, options) for text in options.chairs]
    parts = [(oriented(chair, options, options.weights), weight) for chair, weight in named]
    if all(weight is None for _, weight in parts):
        parts = [(chair, 1 / len(parts)) for chair, _ in parts]
    chairs = tuple(chair for chair, _ in parts)
    weights = tuple(1.0 if weight is None else weight for _, weight in parts)
    engine = Engine(options.weights)
    result = engine.mix(_computed_best(engine, MixRequest(chairs, weights), target))
    target.write(engine, result, " · ".join(chair.name for chair in chairs))
    rows = tuple((f"{weight:+.3f}", chair.name) for chair, weight in zip(chairs, weights, strict=True))
    columns = (Column("weight"), Column("chair", "text"))
    measured = tuple(_measured_lines(result))
    print_report((Table(columns, rows, footnotes=measured, headings_in_plain_text=False),))


def _write_exchange(options: argparse.Namespace, catalog: Catalog, target: MixTarget) -> None:
    """Write a chair of parts of several ones, encoded and decoded, with its parts where the file can."""
    from voxview.engine.engine import Engine
    from voxview.engine.exchange import exchanged_chair
    from voxview.engine.mix import MixRequest
    from voxview.engine.parts import PartsReader

    reader = PartsReader(weights=options.parts_weights)
    chair = exchanged_chair(named_parts(options.parts, catalog, options), reader.read)
    engine = Engine(options.weights)
    result = engine.mix(_computed_best(engine, MixRequest((chair,), (1.0,)), target))
    labels = reader.read(result.grid) if target.carries_parts and result.grid.any() else None
    rows = tuple((part, str(name)) for part, name in chair.details.items())
    target.write(engine, result, " · ".join(f"{part} of {name}" for part, name in rows), labels)
    columns = (Column("part", "text"), Column("of", "text"))
    measured = tuple(_measured_lines(result))
    print_report((Table(columns, rows, footnotes=measured, headings_in_plain_text=False),))


def _target(options: argparse.Namespace) -> MixTarget:
    """Return where the mix goes: a file, or with `--formats` a folder; `InputError` where it cannot."""
    from voxview.cli.mix_target import MixTarget

    return MixTarget.of(options)


def _computed_best(engine: Engine, request: MixRequest, target: MixTarget) -> MixRequest:
    """Return the request, computed where this machine is best at it, with the surface that is written."""
    return replace(
        request,
        backend=engine.report.best_backend,
        device=engine.devices[-1],
        surface_resolution=target.options.surface_resolution,
        # At another level other components are small: the export leaves out those.
        remove_small_components=target.options.remove_small_components and target.options.level == LEVEL,
    )


def _measured_lines(result: MixResult) -> list[str]:
    """Return what was measured on a mix, a line each."""
    from voxview.conventions import ONE_PIECE
    from voxview.counts import counted
    from voxview.model.attributes import ATTRIBUTES

    quality = result.quality
    share = f"{quality.largest_share:.1%} of the voxels are in the largest, {ONE_PIECE:.0%} count as one"
    lines = [
        f"{'in one piece':<14}{_yes(quality.in_one_piece)} ({share})",
        f"{'pieces':<14}{quality.pieces}, with {counted(quality.loose_voxels, 'voxel')} outside the largest",
        f"{'stands':<14}{_yes(quality.stands)}",
        f"{'stable':<14}{_yes(quality.is_stable)}" + ("" if quality.is_stable else ", it would fall over"),
        f"{'symmetry':<14}{quality.symmetry:.3f}, IoU with its mirror image; of its chairs at least "
        f"{quality.chairs_symmetry:.3f}",
        f"{'novelty':<14}{quality.novelty:.3f}, 1 − IoU with the nearest of its chairs",
    ]
    for name in ATTRIBUTES:
        value = result.attributes.of(name)
        text = "none" if value is None else f"{value:.1f}°" if name == "back_tilt" else f"{value:.3f}"
        lines.append(f"{name.replace('_', ' '):<14}{text}")
    return [*lines, "lengths are shares of the cube's edge, which the longest side of a chair fills"]


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


def _parse_part(text: str, catalog: Catalog, options: argparse.Namespace) -> tuple[Chair, float | None]:
    """Return the chair and the weight of `ID:WEIGHT`, or of `ID` the chair and None."""
    name, colon, tail = text.rpartition(":")
    try:
        weight = decimal(tail)
    except argparse.ArgumentTypeError:
        colon = ""
    if colon and name:
        return find_chair(name, catalog, options), weight
    return find_chair(text, catalog, options), None


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "chairs",
        nargs="*",
        metavar="ID[:WEIGHT]",
        help="a catalog id, the start of one, a shape file or a picture; weights are taken as they are and "
        "may be negative (default: all alike, summing to 1; beside others that have one: 1)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE|DIR",
        help="of any writable kind, .png, .gif or .mp4 (once around it); with --formats a folder",
    )
    parser.add_argument(
        "--formats",
        metavar="KINDS",
        help="of obj,stl,ply,glb,binvox,npy,png,gif,mp4: all of them into the folder, and mix.json with them",
    )
    add_exchange(parser)
    add_orientation(parser, "chairs that are read from files")
    add_data(parser)
    add_weights(parser)
    add_picture_weights(parser)
    add_points_weights(parser)
    add_export(parser)


VERB = Verb(
    "mix",
    "Write a mix of up to eight chairs, or P − Q + R; print what was measured on it.",
    _add_options,
    run,
)
