"""Photographs of chairs whose grids are known: a folder with a table, an array and the files."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np

from voxview.conventions import RESOLUTION
from voxview.errors import InputError
from voxview.evaluation.pictures.removed import background_removed
from voxview.evaluation.pictures.results import PictureSet
from voxview.pictures.crop import Crop
from voxview.pictures.network_input import prepare_input
from voxview.pictures.read import read_picture
from voxview.shapes.frame import Grids
from voxview.shapes.io.npy import ArrayError, read_array_header, read_values

TABLE, GRIDS = "photos.tsv", "photo-grids.npy"
COLUMNS = ("file", "model", "grid", "name", "seen")


def read_photos(folder: Path) -> tuple[PictureSet, ...]:
    """Return the photographs of a folder that show their chair well, each with its whole crop.

    A second set has those whose background can be removed, if there are any.

    `photos.tsv` has the columns file, model, grid (a row of `photo-grids.npy`, bool `(k, 32, 32, 32)`), name
    and seen (0: hardly). Raises `InputError` for what cannot be read.
    """
    rows, grids = _rows(folder / TABLE), _grids(folder / GRIDS)
    inputs, numbers = [], []
    for row in rows:
        picture = read_picture(_inside(folder, row["file"]))
        whole = Crop(0, 0, picture.width, picture.height)
        inputs.append(prepare_input(picture, whole))
        numbers.append(_number(row, len(grids), folder))
    photographs = PictureSet(
        name="photographs",
        titles=tuple(f"{row['name']}, {Path(row['file']).name}" for row in rows),
        groups=tuple(f"{row['name']} ({row['model']})" for row in rows),
        pixels=np.stack([prepared.pixels for prepared in inputs]),
        grids=grids[numbers],
    )
    return (photographs, *background_removed(photographs, inputs))


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t")
            rows = [row for row in reader if (row.get("seen") or "").strip() == "1"]
            columns = reader.fieldnames or ()
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot read {path}: {reason}; --photos takes a folder with {TABLE}") from error
    if not set(COLUMNS) <= set(columns):
        raise InputError(f"{path} lacks columns: it needs {', '.join(COLUMNS)}, separated by tabs")
    if short := next((i for i, row in enumerate(rows, 1) if None in (row[name] for name in COLUMNS)), 0):
        raise InputError(f"{path} lacks columns in row {short} of those that are well seen: mend that row")
    if not rows:
        raise InputError(f"{path} lists no photograph whose chair is well seen (seen is 1)")
    return rows


def _inside(folder: Path, name: str) -> Path:
    """Return the path of a file that the table names; `InputError` if it is not in the folder."""
    path = folder / name
    # Not `Path.resolve`, which raises for a nul character and for loops of links.
    if "\0" in name or not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise InputError(f"{folder / TABLE} names {name[:200]}, which is not in its folder")
    return path


def _grids(path: Path) -> Grids:
    try:
        with path.open("rb") as file:
            header = read_array_header(file)
            if header.size > path.stat().st_size:
                raise ArrayError("it ends before its last grid")
            grids = read_values(file, header)
    except (OSError, ArrayError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot read {path}: {reason}") from error
    if grids.dtype != np.bool_ or grids.shape[1:] != (RESOLUTION,) * 3:
        raise InputError(f"{path} is no bool (k, 32, 32, 32) array: {grids.dtype} {grids.shape} came")
    return np.asarray(grids)


def _number(row: dict[str, str], count: int, folder: Path) -> int:
    try:
        number = int(row["grid"])
    except ValueError:
        number = -1
    if not 0 <= number < count:
        raise InputError(f"{folder / TABLE}: {row['file']} names grid {row['grid']}, but there are {count}")
    return number
