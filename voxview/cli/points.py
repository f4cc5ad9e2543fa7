"""Points on the command line: what comes out of them, and what is said of them."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Generator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from voxview.cli.terminal import printable, run_with_progress
from voxview.errors import InputError

if TYPE_CHECKING:
    from voxview.engine.points import PointsReader, PointsResult
    from voxview.shapes.chair import Chair

T = TypeVar("T")

AUTO = "auto"
"""Up axis or turn that is found."""


def add_points_weights(parser: argparse.ArgumentParser) -> None:
    """Add `--points-weights NAME|FILE`, by default `VOXVIEW_POINTS_WEIGHTS`."""
    parser.add_argument(
        "--points-weights",
        metavar="NAME|FILE",
        default=os.environ.get("VOXVIEW_POINTS_WEIGHTS") or None,
        help="what points are read with (default: $VOXVIEW_POINTS_WEIGHTS, else 'pointnet2', which comes "
        "with the program)",
    )


def points_reader(options: argparse.Namespace) -> PointsReader:
    """Return what reads points with the options' weights: one for all files of a command."""
    return _reader(options.points_weights, getattr(options, "weights", None))


@lru_cache(maxsize=1)
def _reader(weights: str | None, autoencoder: str | None) -> PointsReader:
    from voxview.engine.points import PointsReader

    return PointsReader(weights=weights, autoencoder=autoencoder)


def chair_in_points(
    path: Path, options: argparse.Namespace, up: str = AUTO, turn: float | str = AUTO
) -> tuple[Chair, PointsResult]:
    """Return the chair in a file of points, and what came out; what a person should know goes to stderr.

    Raises `InputError` for points or weights that cannot be used.
    """
    from voxview.shapes.io.points import read_points

    points = run_with_progress(_in_steps(read_points(path)), "reading")

    from voxview.engine.points import chair_of_points
    from voxview.engine.points_request import points_request

    try:
        request = run_with_progress(_in_steps(points_request(points, up, turn)), "cleaning")
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    reader = points_reader(options)
    result = reader.read(request)
    chair = chair_of_points(path, result)
    notices = [reader.notice] if reader.notice else []
    for line in (*request.cloud.notes, *result.warnings, *notices):
        print(f"voxview: {printable(path.name)}: {line}", file=sys.stderr)
    return chair, result


def _in_steps(shares: Generator[float, None, T]) -> Generator[tuple[int, int], None, T]:
    """Yield (done, total) for each share that is done; return what came of it."""
    while True:
        try:
            share = next(shares)
        except StopIteration as end:
            return end.value
        yield round(100 * share), 100
