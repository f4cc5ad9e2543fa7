"""`voxview points`: chairs from point clouds, as files."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.cli.came_out import add_output, most_like, read_each, write_field
from voxview.cli.options import add_data, add_surface_resolution, decimal
from voxview.cli.points import AUTO, add_points_weights, chair_in_points, points_reader
from voxview.cli.terminal import printable
from voxview.cli.verb import Verb
from voxview.table import Column

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

    def cells(self) -> tuple[str, ...]:
        """Return its row of the table."""
        found = self.result.found
        return (
            printable(self.source.name),
            f"{len(self.result.cloud.points):,}",
            self.result.stands,
            f"{100 * found.distance:.1f} %",
            self.result.autoencoder,
        )

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
        }


COLUMNS = (
    Column("points", "text"),
    Column("used"),
    Column("stands", "text"),
    Column("distance"),
    Column("decoded by", "text"),
)


def run(options: argparse.Namespace) -> int:
    """Write what comes out of each cloud, and print how far to trust it."""
    return read_each(
        options.sources,
        options,
        "clouds",
        lambda: points_reader(options).load(),
        lambda source, files: _convert(source, files, options),
        COLUMNS,
    )


def _convert(path: Path, files: list[Path], options: argparse.Namespace) -> Row:
    """Write the chair in a cloud to files; return what is printed of it."""
    chair, result = chair_in_points(path, options, options.up, options.turn)
    for file in files:
        write_field(file, result.field, options.surface_resolution)
    like = None if options.data is None else most_like(chair.read(), options.data)
    return Row(path, result, tuple(files), like)


def _parse_turn(text: str) -> float | str:
    """Return a number of degrees, or `auto`."""
    try:
        return AUTO if text == AUTO else decimal(text)
    except argparse.ArgumentTypeError:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number of degrees nor {AUTO}") from None


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "sources", nargs="+", type=Path, metavar="FILE", help="ply, xyz, txt, csv, pts, pcd, npy, off, obj"
    )
    add_output(parser, "clouds")
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
