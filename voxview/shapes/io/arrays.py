"""Occupancies in NumPy files: `.npy` and `.npz`. Nothing in them is ever unpickled.

Signed values, such as distances and logits, do not say which sign is inside. The cube's border does: a shape
leaves most of it free.
"""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from voxview.conventions import LEVEL
from voxview.errors import InputError
from voxview.shapes.frame import Grid, check_grid
from voxview.shapes.io.atomic import write_atomically
from voxview.shapes.io.notices import notice
from voxview.shapes.io.npy import NUMBERS, ArrayError, archive_of, read_array_header, read_values
from voxview.shapes.io.paths import as_path
from voxview.shapes.parts import Labels

MAX_ARRAY_BYTES = 1 << 27
"""Limit of the bytes of an array: 512³ bool, 322³ float32."""

_OVERSHOOT = 0.02
"""How far from 0 the border of probabilities may be that interpolation took below 0."""


_FREE = 0.75
"""Share of the border that is free, at the least, where its sign says which one is outside."""


@dataclass(frozen=True)
class Level:
    """Where a field is cut into what is occupied and what is not."""

    value: float = LEVEL
    is_below: bool = False
    """Whether what is below it is occupied, as of signed distances, and not what is above."""

    def cut(self, values: NDArray) -> NDArray[np.bool_]:
        """Return which values are occupied."""
        return np.asarray(values < self.value if self.is_below else values > self.value)


def read_npy(path: str | os.PathLike[str], level: Level | None = None) -> NDArray[np.bool_]:
    """Read a cubic `.npy` array, `(n, n, n)` indexed `[x, y, z]`, as occupancy; other axes of 1 are dropped.

    bool, integers and floats; values above 0.5 are occupied. Where values are on both sides of 0, as those of
    signed distances and logits, the occupied side is the one that most of the border is not on, and a notice
    says so; a `level` decides it otherwise. Header and size are validated before the data is read. Raises
    `InputError` for anything else.
    """
    return _occupied(read_cube(as_path(path)), level)


def read_npz(path: str | os.PathLike[str], level: Level | None = None) -> NDArray[np.bool_]:
    """Read the array `grid` of a `.npz` file, or its only array, like `read_npy`."""
    return _occupied(read_cube(as_path(path)), level)


def read_cube(path: Path) -> NDArray:
    """Read the cube of a `.npy` or `.npz` file, `(n, n, n)`, as it is; raise as `read_npy`."""
    try:
        if path.suffix.lower() != ".npz":
            with path.open("rb") as file:
                return _read_array(file, path)
        with archive_of(path) as archive:
            arrays = [name for name in archive.namelist() if name.endswith(".npy")]
            if "grid.npy" in arrays:
                arrays = ["grid.npy"]
            if len(arrays) != 1:
                raise InputError(f"{path} holds {len(arrays)} arrays: name the one to read 'grid'")
            # The declared size is checked in _read_array, and no more than that is ever decompressed.
            with archive.open(arrays[0]) as member:
                return _read_array(member, path)
    except ArrayError as error:
        raise _broken(path, str(error)) from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error


def write_npy(path: str | os.PathLike[str], grid: Grid) -> None:
    """Write a grid as a `.npy` file, `bool (32, 32, 32)` indexed `[x, y, z]`, atomically."""
    check_grid(grid)
    with write_atomically(path) as temporary:
        temporary.write_bytes(npy_bytes(grid))


def npy_bytes(array: NDArray[Any]) -> bytes:
    """Return an array as the content of a `.npy` file.

    NumPy writes into a file past Python, through a buffer of C's own: what of it finds no room on a full
    disk is lost without a word.
    """
    content = io.BytesIO()
    npy.write_array(content, np.ascontiguousarray(array), allow_pickle=False)
    return content.getvalue()


def write_npz(path: str | os.PathLike[str], grid: Grid, parts: Labels) -> None:
    """Write a `.npz` file atomically: `grid`, bool, and `parts`, uint8, both `(32, 32, 32)`."""
    check_grid(grid)
    with write_atomically(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, grid=np.ascontiguousarray(grid), parts=np.ascontiguousarray(parts))


def _read_array(file: IO[bytes], path: Path) -> NDArray:
    header = read_array_header(file)
    dtype = header.dtype
    if dtype.hasobject or dtype.kind not in NUMBERS:
        raise _broken(path, f"its values are {str(dtype)[:60]}, and a grid is bool, integers or floats")
    shape = _cube(header.shape, path)
    if header.size > MAX_ARRAY_BYTES:
        raise _broken(path, f"its {shape[0]}³ values of {dtype} are more than {MAX_ARRAY_BYTES >> 20} MiB")
    array = read_values(file, header).reshape(shape, order="F" if header.is_fortran else "C")
    if dtype.kind == "f" and np.isnan(array).any():
        raise _broken(path, "some of its values are not numbers (NaN)")
    return array


def _cube(shape: tuple[int, ...], path: Path) -> tuple[int, int, int]:
    """Return the shape of the one cube that an array holds, without the axes of a batch of one."""
    sides = tuple(length for length in shape if length != 1) if len(shape) in (4, 5) else shape
    if len(sides) == 4 and len(set(sides[1:])) == 1:
        raise _broken(path, f"its shape is {shape}, a batch of {sides[0]} grids", "save one of them")
    if len(sides) != 3 or len(set(sides)) != 1 or sides[0] < 1:
        raise _broken(path, f"its shape is {shape}, and a grid is a cube (n, n, n)")
    return sides[0], sides[1], sides[2]


def _occupied(array: NDArray, level: Level | None) -> NDArray[np.bool_]:
    """Return which values of a cube `(n, n, n)` stand for what is occupied, and say what was decided."""
    if level is None:
        level, said = level_of(array)
        if said:
            notice(said)
    return np.ascontiguousarray(level.cut(array))


def level_of(array: NDArray) -> tuple[Level, str]:
    """Return where the values of a cube `(n, n, n)` seem to be cut, and what is to be said of it."""
    if array.dtype.kind in "bu" or not (array < 0).any():
        return Level(), ""
    sides = [array[[0, -1]], array[:, [0, -1]], array[:, :, [0, -1]]]
    border = np.concatenate([side.ravel() for side in sides])
    if abs(float(np.median(border))) < _OVERSHOOT and array.max() > LEVEL and array.min() > -LEVEL:
        return Level(), ""  # probabilities that interpolation took a little below 0
    both = "its values are on both sides of 0"
    if (border > 0).mean() >= _FREE:
        return Level(0.0, is_below=True), f"{both}: read as signed distances, occupied where they are below 0"
    if (border < 0).mean() >= _FREE:
        return Level(0.0), f"{both}: read as logits, occupied where they are above 0"
    return Level(), ""


def _broken(path: Path, what: str, remedy: str = "save it again with NumPy") -> InputError:
    return InputError(f"{path} is not a usable {path.suffix} grid: {what}; {remedy}")
