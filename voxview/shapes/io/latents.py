"""Latents in files and as text: `.npy`, JSON, or eight lines of eight numbers.

Text has every number with as many digits as its float32 needs, so that it comes back bit for bit.
"""

from __future__ import annotations

import io
import json
import os
import re
from dataclasses import dataclass

import numpy as np
from numpy.lib import format as npy

from voxview.conventions import LATENT_SHAPE, LATENT_SIZE
from voxview.errors import InputError
from voxview.shapes.frame import Floats, describe
from voxview.shapes.io.arrays import npy_bytes
from voxview.shapes.io.atomic import write_atomically
from voxview.shapes.io.npy import ArrayError, read_array_header, read_values
from voxview.shapes.io.paths import as_path

_MOST_BYTES = 1 << 20
"""Limit of a file: 64 numbers take a few kilobytes however they are written."""

_WEIGHTS = "weights: "


@dataclass(frozen=True, eq=False)
class WrittenLatent:
    """A latent, and what its text says of it."""

    latent: Floats
    """`(8, 8)`, finite"""
    weights: str = ""
    """Name of the weights that it was encoded with; empty where that is not said."""


def read_latent(path: str | os.PathLike[str]) -> WrittenLatent:
    """Read a latent `(8, 8)` from a `.npy` file, JSON or text; raise `InputError` for anything else."""
    path = as_path(path)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{path} is too large for 64 numbers: give a file of 'voxview latent'")
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    try:
        if content.startswith(npy.MAGIC_PREFIX):
            return WrittenLatent(_checked(_from_npy(content)))
        return parse_latent(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InputError(
            f"{path} holds no text and no NumPy array: give a file of 'voxview latent'"
        ) from None
    except InputError as error:
        raise InputError(f"{path} holds no latent: {error}") from error


def parse_latent(text: str) -> WrittenLatent:
    """Return the latent of a text: JSON, lines of numbers, or what NumPy prints; `InputError` for another."""
    if text.lstrip().startswith("{"):
        return _from_json(text)
    weights = ""
    lines = []
    for line in text.splitlines():
        said, _, comment = line.partition("#")
        lines.append(said)
        if comment.strip().startswith(_WEIGHTS):
            weights = comment.strip().removeprefix(_WEIGHTS)
    body = re.sub(r"^\s*array\(|,\s*dtype=\w+|\)\s*$", "", "\n".join(lines))
    rows = re.findall(r"\[([^\[\]]*)\]", body) if "[" in body else body.splitlines()
    numbers = [row.replace(",", " ").replace(";", " ").split() for row in rows]
    return WrittenLatent(_checked(_matrix([row for row in numbers if row])), weights)


def latent_text(latent: Floats, comments: tuple[str, ...] = ()) -> str:
    """Return a latent `(8, 8)` as eight lines of eight numbers, after lines of comments that begin with #."""
    cells = [[str(number) for number in row] for row in latent]
    width = max(len(cell) for row in cells for cell in row)
    lines = ["  ".join(cell.rjust(width) for cell in row) for row in cells]
    return "\n".join([*(f"# {comment}" for comment in comments), *lines])


def latent_comments(chair: str, weights: str) -> tuple[str, ...]:
    """Return the comments of a chair's latent, the weights among them as `parse_latent` finds them."""
    return (f"chair: {' '.join(chair.split())}", f"{_WEIGHTS}{weights}")


def latent_numbers(latent: Floats) -> list[list[float]]:
    """Return a latent `(8, 8)` for JSON, with no more digits than float32 needs."""
    return [[float(str(number)) for number in row] for row in latent]


def write_latent(path: str | os.PathLike[str], latent: Floats) -> None:
    """Write a latent as a `.npy` file, `float32 (8, 8)`, atomically."""
    with write_atomically(as_path(path)) as temporary:
        temporary.write_bytes(npy_bytes(latent.astype(np.float32, copy=False)))


def _from_npy(content: bytes) -> np.ndarray:
    try:
        file = io.BytesIO(content)
        header = read_array_header(file)
        if header.dtype.kind not in "fiu":
            raise InputError(
                f"its values are {str(header.dtype)[:60]}, and a latent's are floating-point numbers"
            )
        if header.size > _MOST_BYTES:
            raise ArrayError("it is too large")
        return read_values(file, header)
    except ArrayError:
        raise InputError("it is no complete NumPy array of numbers") from None


def _from_json(text: str) -> WrittenLatent:
    try:
        value = json.loads(text)
        rows, weights = value["latent"], value.get("weights", "")
        numbers = [[float(number) for number in row] for row in rows]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError):
        raise InputError('in JSON a latent is the entry "latent", eight lists of eight numbers') from None
    return WrittenLatent(_checked(_matrix(numbers)), weights if isinstance(weights, str) else "")


def _matrix(rows: list[list[str]] | list[list[float]]) -> np.ndarray:
    """Return rows of numbers as an array; `InputError` where they are none, or of several lengths."""
    lengths = {len(row) for row in rows}
    if len(lengths) != 1:
        count = sum(map(len, rows))
        raise InputError(f"a latent is 8 rows of 8 numbers, but {count} in rows of several lengths came")
    try:
        return np.array([[float(number) for number in row] for row in rows])
    except ValueError as error:
        word = str(error).rpartition(": ")[2]
        raise InputError(f"{word if len(word) < 60 else f'{word[:60]}…'} is no number") from None


def _checked(array: np.ndarray) -> Floats:
    """Return a matrix as float32 `(8, 8)`; raise `InputError` for another shape and what is not finite."""
    if array.shape != LATENT_SHAPE:
        raise InputError(
            f"a latent is 8 rows of 8 numbers, {LATENT_SIZE} in all, but {_shape_text(array)} came"
        )
    with np.errstate(over="ignore"):
        latent = array.astype(np.float32)
    if not np.isfinite(latent).all():
        row, column = np.argwhere(~np.isfinite(latent))[0]
        raise InputError(
            f"number (row {row}, column {column}) is {array[row, column]}: all have to be finite"
        )
    return latent


def _shape_text(array: np.ndarray) -> str:
    return f"{array.shape[0]} rows of {array.shape[1]}" if array.ndim == 2 else describe(array)
