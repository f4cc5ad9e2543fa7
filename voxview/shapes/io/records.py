"""Points that lie in a file as records of equal size, binary or a line each."""

from __future__ import annotations

from collections.abc import Generator
from itertools import islice
from pathlib import Path

import numpy as np

from voxview.errors import InputError
from voxview.shapes.frame import Doubles

CHUNK = 1_000_000
"""Records that are read between two reports of progress."""

MAX_POINTS = 20_000_000
"""Limit of the points of a file: 20 million take 0.5 GB."""


def read_records(path: Path, record: np.dtype, start: int, count: int) -> Generator[float, None, Doubles]:
    """Read x, y and z of `count` binary records from byte `start` on, `(count, 3)`; yield the share read."""
    check_count(path, count)
    needed, there = start + count * record.itemsize, path.stat().st_size
    if there < needed:
        raise InputError(f"{path} ends after {there:,} of {needed:,} bytes: copy or export it again")
    points = np.empty((count, 3))
    with path.open("rb") as file:
        file.seek(start)
        for first in range(0, count, CHUNK):
            rows = np.fromfile(file, record, min(CHUNK, count - first))
            with np.errstate(all="ignore"):  # damaged numbers are no reason for a warning
                for axis, name in enumerate("xyz"):
                    points[first : first + len(rows), axis] = rows[name]
            yield (first + len(rows)) / count
    return points


def read_text_records(
    path: Path, columns: tuple[int, ...], start: int, count: int
) -> Generator[float, None, Doubles]:
    """Read x, y and z of `count` lines from byte `start` on, `(count, 3)`; yield the share read."""
    check_count(path, count)
    points = np.empty((count, 3))
    with path.open("rb") as file:
        file.seek(start)
        for first in range(0, count, CHUNK):
            stop = min(first + CHUNK, count)
            try:
                rows = np.loadtxt(islice(file, stop - first), usecols=columns, comments=None, ndmin=2)
                if len(rows) < stop - first:
                    raise ValueError("too few rows")
                points[first:stop] = rows
            except ValueError as error:
                raise InputError(
                    f"{path} has fewer than the {count:,} rows of numbers that it says it has, or a broken "
                    "one: export it again"
                ) from error
            yield stop / count
    return points


def check_count(path: Path, count: int) -> None:
    """Raise `InputError` for more points than are read: before memory is taken for them."""
    if count > MAX_POINTS:
        raise InputError(
            f"{path} has {count:,} points, and up to {MAX_POINTS:,} are read: crop it to one chair or thin it"
        )
