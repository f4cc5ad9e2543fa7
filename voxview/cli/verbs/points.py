"""`voxview points`: chairs from point clouds, as files."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.cli.came_out import most_like, write_field
from voxview.cli.options import add_data, add_surface_resolution
from voxview.cli.points import AUTO, add_points_weights, chair_in_points, points_reader
from voxview.cli.reading_targets import reading_targets
from voxview.cli.tables import print_report
from voxview.cli.terminal import print_output, printable
from voxview.cli.verb import Verb
from voxview.errors import InputError
from voxview.table import Column, Table

if TYPE_CHECKING:
    from voxview.engine.points import PointsResult
    from voxview.shapes.chair import Chair


@dataclass(frozen=True)
class Row:
    """What is printed of one cloud."""

    source: Path
    result: PointsResult
    files: tuple[Path, ...]
    nearest: tuple[Chair, float] | None
    """The catalog's chair that is most like it, with its IoU."""

    def cells(self, *, with_nearest: bool) -> tuple[str, ...]:
        """Return its row of the table."""
        found = self.result.found
        first = (
            printable(self.source.name),
            f"{len(self.result.cloud.points):,}",
            f"{found.up} up, turned by {found.turn:.0f}°",
            f"{100 * found.distance:.1f} %",
            self.result.autoencoder,
        )
        if not with_nearest:
            return first
        return (*first, f"{self.nearest[1]:.1%}", self.nearest[0].id) if self.nearest else (*first, "", "")

    def as_json(self) -> dict[str, object]:
        """Return its entry in JSON: the distance in edges of the cube, the turn in degrees."""
        found, cloud = self.result.found, self.result.cloud
        return {
            "points": str(self.source),
            "used": len(cloud.points),
            "left_out": list(cloud.notes),
            "warnings": list(self.result.warnings),
            "up": found.up,
            "turn": round(found.turn, 2),
            "distance": round(found.distance, 6),
            "to_frame": [[round(value, 9) for value in row] for row in found.to_frame.tolist()],
            "autoencoder": self.result.autoencoder,
            "encoder": self.result.encoder,
            "seconds": round(self.result.seconds, 4),
            "files": [str(file) for file in self.files],
            "nearest": {
                "id": self.nearest[0].id,
                "name": self.nearest[0].name,
                "iou": round(self.nearest[1], 6),
            }
            if self.nearest
            else None,
        }


def run(options: argparse.Namespace) -> int:
    """Write what comes out of each cloud, and print how far to trust it.

    Files that cannot be read are a line each on stderr; the others go on, and the exit status is 2.
    """
    targets = reading_targets(options.sources, options.out, options.formats, "clouds")
    if len(options.sources) > 1:
        points_reader(options).load()  # what is wrong with the weights is said once
    rows: list[Row] = []
    failed: list[InputError] = []
    for source, files in zip(options.sources, targets, strict=True):
        try:
            rows.append(_convert(source, files, options))
        except InputError as error:
            if len(options.sources) == 1:
                raise
            failed.append(error)
            print(f"voxview: {printable(str(error))}", file=sys.stderr)
    _print(rows, as_json=options.json)
    return InputError.exit_status if failed else 0


def _convert(path: Path, files: list[Path], options: argparse.Namespace) -> Row:
    """Write the chair in a cloud to files; return what is printed of it."""
    chair, result = chair_in_points(path, options, options.up, options.turn)
    for file in files:
        write_field(file, result.field, options.surface_resolution)
    like = None if options.data is None else most_like(chair.read(), options.data)
    return Row(path, result, tuple(files), like)


def _print(rows: list[Row], *, as_json: bool) -> None:
    if as_json:
        print_output(json.dumps([row.as_json() for row in rows], indent=1))
        return
    if not rows:
        return
    columns = [Column("points", "text"), Column("used"), Column("stands", "text"), Column("distance")]
    columns.append(Column("decoded by", "text"))
    with_nearest = any(row.nearest is not None for row in rows)
    if with_nearest:
        columns += [Column("IoU"), Column("most like", "label")]
    print_report((Table(tuple(columns), tuple(row.cells(with_nearest=with_nearest) for row in rows)),))
    for row in rows:
        for file in row.files:
            print_output(f"wrote {printable(str(file))}")


def _parse_turn(text: str) -> float | str:
    """Return a number of degrees, or `auto`."""
    return AUTO if text == AUTO else float(text)


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "sources", nargs="+", type=Path, metavar="FILE", help="ply, xyz, txt, csv, pts, pcd, npy, off, obj"
    )
    parser.add_argument(
        "--out",
        metavar="FILE|DIR",
        help="a file of any writable kind; for several clouds a folder, or a name with {name} in it, such as "
        "'new/{name}.obj' (default: nothing is written)",
    )
    parser.add_argument(
        "--formats", default="obj", help="in a folder: of obj,stl,ply,glb,binvox,npy (default obj)"
    )
    parser.add_argument(
        "--up",
        choices=("x", "y", "z", "-x", "-y", "-z", AUTO),
        default=AUTO,
        help=f"the upward axis of the points (default {AUTO}: found)",
    )
    parser.add_argument(
        "--turn",
        type=_parse_turn,
        default=AUTO,
        metavar="DEGREES",
        help="then the turn about it that brings the front to −z, counter-clockwise seen from above "
        f"(default {AUTO}: found)",
    )
    parser.add_argument(
        "--json", action="store_true", help="as JSON: what was left out, orientation, distance, files"
    )
    add_data(parser, "no chair is compared")
    add_points_weights(parser)
    parser.add_argument(
        "--weights",
        metavar="NAME|FILE",
        help="the autoencoder of the points weights, if it is not one that comes with the program",
    )
    add_surface_resolution(parser)


VERB = Verb("points", "Turn point clouds of chairs into chairs.", _add_options, run)
