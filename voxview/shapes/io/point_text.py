"""Points in text: columns of numbers with any header, delimiter and further columns, and decimal commas.

`.xyz`, `.txt`, `.csv`, `.pts` and `.asc` are one format with many dialects; the first rows say which.
"""

from __future__ import annotations

import io
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO

import numpy as np

from voxview.errors import InputError
from voxview.shapes.frame import Doubles

CHUNK = 500_000
"""Rows that are parsed between two reports of progress."""

MAX_HEADER_LINES = 100
"""Lines before the first row of numbers."""

_DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+(?:[eE][-+]?\d+)?|[-+]?\d+")
_COMMENTS = ("#", "//", "%")


@dataclass(frozen=True)
class Dialect:
    """How the rows of a text file are written."""

    header: int
    """Lines before the first row."""
    delimiter: str | None
    """What is between two numbers; None: spaces and tabs."""
    has_decimal_commas: bool
    columns: tuple[int, int, int]
    """Columns of x, y and z."""


def read_text_points(path: Path) -> Generator[float, None, Doubles]:
    """Read the points of a text file, `(n, 3)`, yielding the share that is read.

    Raises `InputError` if there are no three columns of numbers, or a row is not made of numbers.
    """
    size = max(path.stat().st_size, 1)
    with path.open("rb") as raw, io.TextIOWrapper(raw, "utf-8-sig", errors="replace") as file:
        dialect = find_dialect(list(islice(file, MAX_HEADER_LINES + 2)), path)
        file.seek(0)
        for _ in range(dialect.header):
            file.readline()
        parts, rows = [np.empty((0, 3))], 0
        while True:
            part = _parse(_rows(file, dialect), dialect, path, dialect.header + rows)
            if not len(part):
                return np.concatenate(parts)
            parts.append(part)
            rows += len(part)
            yield min(raw.tell() / size, 1.0)


def find_dialect(lines: list[str], path: Path) -> Dialect:
    """Return how a file is written whose first lines these are; raise `InputError` if no line has numbers."""
    for number, line in enumerate(lines):
        if not line.strip() or line.lstrip().startswith(_COMMENTS):
            continue
        delimiter, has_commas = _delimiter(line)
        words = _split(line, delimiter)
        if len(words) >= 3 and sum(_is_number(word, has_commas) for word in words) >= 3:
            names = next((one for one in reversed(lines[:number]) if one.strip()), "")
            columns = _named_columns(names) or _first_columns(words, has_commas)
            if max(columns) < len(words):
                return Dialect(number, delimiter, has_commas, columns)
    raise InputError(f"{path} holds no rows of three numbers x, y, z: it is no list of points")


def _delimiter(line: str) -> tuple[str | None, bool]:
    """Return the delimiter of a row, and whether its numbers have decimal commas."""
    for delimiter in (";", None):
        words = _split(line, delimiter)
        fits = len(words) >= 3 and all(_DECIMAL_COMMA.fullmatch(word) for word in words[:3])
        if fits and any("," in word for word in words[:3]):
            return delimiter, True
    if ";" in line:
        return ";", False
    return ("," if "," in line else None), False


def _split(line: str, delimiter: str | None) -> list[str]:
    words = line.split(delimiter)
    return [word.strip() for word in words]


def _is_number(word: str, has_commas: bool) -> bool:
    try:
        float(word.replace(",", ".") if has_commas else word)
    except ValueError:
        return False
    return True


def _named_columns(line: str) -> tuple[int, int, int] | None:
    """Return the columns that a header's line names x, y and z."""
    text = line.strip().lstrip("#/%").strip().lower()
    names = [name.strip().strip('"') for name in re.split(r"[;,\t]|\s+" if "," in text else r"[;\s]+", text)]
    found = [next((names.index(n) for n in (axis, f"//{axis}") if n in names), None) for axis in "xyz"]
    return None if None in found else (found[0] or 0, found[1] or 0, found[2] or 0)


def _first_columns(words: list[str], has_commas: bool) -> tuple[int, int, int]:
    numbers = [i for i, word in enumerate(words) if _is_number(word, has_commas)]
    return numbers[0], numbers[1], numbers[2]


def _rows(file: IO[str], dialect: Dialect) -> Iterator[str]:
    for line in islice(iter(file.readline, ""), CHUNK):
        if not line.strip() or line.lstrip().startswith(_COMMENTS):
            continue
        yield line.replace(",", ".") if dialect.has_decimal_commas else line


def _parse(rows: Iterator[str], dialect: Dialect, path: Path, before: int) -> Doubles:
    first = next(rows, None)
    if first is None:
        return np.empty((0, 3))
    try:
        return np.loadtxt(
            chain([first], rows),
            delimiter=dialect.delimiter,
            usecols=dialect.columns,
            comments=None,
            ndmin=2,
        )
    except (ValueError, IndexError) as error:
        found = re.search(r"at row (\d+)", str(error))
        # NumPy counts rows from 1 where columns are missing, and from 0 where a word is no number.
        row = before + int(found[1]) + ("column index" not in str(error)) if found else None
        line = f"near line {row}" if row else "in one of its rows"
        hint = (
            "; its numbers have decimal commas here and there"
            if re.search(r"'[\d+-]*,\d", str(error))
            else ""
        )
        raise InputError(
            f"{path} has something else than three numbers {line}{hint}: mend that row or export it again"
        ) from error
