"""Reading a shape file of any supported format as a grid."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import RESOLUTION
from voxview.errors import InputError
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Grid
from voxview.shapes.io.arrays import Level, read_npy, read_npz
from voxview.shapes.io.binvox import AXIS_ORDERS, read_binvox
from voxview.shapes.io.mesh import MESH_SUFFIXES, read_mesh, used_vertices
from voxview.shapes.io.notices import naming, notice
from voxview.shapes.io.paths import as_path
from voxview.shapes.io.stl_note import as_noted, read_stl_note
from voxview.shapes.orient import rotate_grid, rotation_matrix
from voxview.shapes.resample import centre, resample
from voxview.shapes.voxelizing.strays import without_strays
from voxview.shapes.voxelizing.voxelize import is_in_frame, voxelize

READABLE_SUFFIXES = (".binvox", ".npy", ".npz", *MESH_SUFFIXES)
"""Suffixes that `read_shape` supports, in lower case; upper case is accepted, too."""


def read_shape(
    path: str | os.PathLike[str],
    *,
    up: str = "y",
    turn: int = 0,
    shapenetvox32: bool = False,
    axis_order: str = "auto",
    level: Level | None = None,
) -> Grid:
    """Read a shape file as a grid, `bool (32, 32, 32)` indexed `[x, y, z]` in the chair's frame.

    Grids of another size are resampled, meshes voxelized (see `resample` and `voxelize`). `up` is the file's
    axis that points up, one of x, y, z, -x, -y, -z; `turn` is a further rotation about it by 0, 90, 180 or
    270 degrees; `shapenetvox32` and `axis_order` are passed to `read_binvox`, the `level` of a field to
    `read_npy`. An `.stl` that VoxView wrote stands upright as it is, whatever its axes: its header notes
    them. What was read, but not as it stands or not as it may be meant, is said by a notice (see `notices`).
    Raises `InputError` for a missing, unreadable, broken, mislabelled or empty file.
    """
    path = as_path(path)
    rotation = rotation_matrix(up, turn)
    _check_axis_order(axis_order, path)
    _check_file(path)
    try:
        with naming(path):
            if path.suffix.lower() in MESH_SUFFIXES:
                grid = _voxelize_file(path, up, turn)
            else:
                grid = rotate_grid(_read_grid(path, shapenetvox32, axis_order, level), rotation)
    except InputError:
        raise
    except Exception as error:
        # A damaged file can make a parser raise any exception, including MemoryError and zlib.error.
        raise InputError(
            f"{path} cannot be read ({type(error).__name__}): it is damaged, too large, or not the "
            f"{path.suffix} file that it says it is; export it again"
        ) from error
    if not grid.any():
        raise InputError(f"{path} holds no occupied voxel: there is no shape in it")
    return grid


def chair_from_file(
    path: str | os.PathLike[str],
    *,
    up: str = "y",
    turn: int = 0,
    axis_order: str = "auto",
    level: Level | None = None,
) -> Chair:
    """Return a chair for one shape file: an import, or a file named on the command line.

    Its id is the path as given. That the file exists and has a supported suffix is checked at once
    (`InputError`); its content is read with the grid.
    """
    path = as_path(path)
    rotation_matrix(up, turn)
    _check_axis_order(axis_order, path)
    _check_file(path)
    details: dict[str, object] = {"path": str(path), "up": up, "turn": turn, "axis_order": axis_order}
    if level is not None:
        details |= {"level": level.value, "below": level.is_below}
    return Chair(
        id=str(path),
        name=readable_name(path.stem),
        source=str(path),
        read=partial(read_shape, path, up=up, turn=turn, axis_order=axis_order, level=level),
        details=details,
    )


def readable_name(stem: str) -> str:
    """Convert a file's stem to a display name: `scopia-bar_chair` → `Scopia bar chair`."""
    words = re.sub(r"[\s_\-.]+", " ", stem).strip()
    return words[:1].upper() + words[1:] or stem


def _check_axis_order(axis_order: str, path: Path) -> None:
    if axis_order not in AXIS_ORDERS:
        raise InputError(f"{axis_order!r} is no axis order: choose one of {', '.join(AXIS_ORDERS)}")
    if axis_order != AXIS_ORDERS[0] and path.suffix.lower() != ".binvox":
        raise InputError(f"{path} is no .binvox file: only these have an axis order to choose")


def _check_file(path: Path) -> None:
    try:
        if path.suffix.lower() not in READABLE_SUFFIXES and not path.is_dir():
            known = " ".join(READABLE_SUFFIXES)
            raise InputError(f"{path} is no shape file that can be read: its suffix is not one of {known}")
        if path.is_dir():
            raise InputError(f"{path} is a folder: give a shape file, or open the folder as a catalog")
        if not path.exists():
            raise InputError(f"there is no file {path}: check its name")
        if not path.is_file():
            raise InputError(f"{path} is not a regular file: give a shape file")
        if path.stat().st_size == 0:
            raise InputError(f"{path} is empty: there is no shape in it")
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error


def _voxelize_file(path: Path, up: str, turn: int) -> Grid:
    vertices, faces = read_mesh(path)
    if path.suffix.lower() == ".stl":
        vertices = as_noted(vertices, read_stl_note(path))
    try:
        if not is_in_frame(vertices[used_vertices(vertices, faces)]):
            faces, left_out = without_strays(vertices, faces)
            if left_out:
                notice(left_out)
        return voxelize(vertices, faces, up=up, turn=turn)
    except InputError as error:
        raise InputError(f"{path} cannot be voxelised: {error}") from error


def _read_grid(path: Path, shapenetvox32: bool, axis_order: str, level: Level | None) -> Grid:
    if path.suffix.lower() == ".binvox":
        binvox = read_binvox(path, shapenetvox32=shapenetvox32, axis_order=axis_order)
        moved = binvox.data.shape[0] != RESOLUTION and not binvox.is_in_frame
        return resample(centre(binvox.data) if moved else binvox.data)
    read: Callable[..., NDArray[np.bool_]] = read_npz if path.suffix.lower() == ".npz" else read_npy
    cube = read(path, level)
    return resample(cube)
