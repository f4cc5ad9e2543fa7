"""Reading points from a file of any format that may hold them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Generator
from pathlib import Path

import numpy as np

from voxview.errors import InputError
from voxview.shapes.frame import Doubles
from voxview.shapes.io.mesh_text import MeshError, plain_text
from voxview.shapes.io.npy import ArrayError, ArrayHeader, read_array_header, read_values
from voxview.shapes.io.obj import read_obj_vertices
from voxview.shapes.io.off import read_off
from voxview.shapes.io.paths import as_path
from voxview.shapes.io.pcd import read_pcd
from voxview.shapes.io.ply import parse_ply_header, read_ply_points
from voxview.shapes.io.point_text import read_text_points
from voxview.shapes.io.records import MAX_POINTS, check_count

_MAX_WHOLE_BYTES = 512 << 20
"""Limit of files that are read in one piece, `.obj` and `.off`: some ten million points."""

POINT_SUFFIXES = (".xyz", ".txt", ".csv", ".pts", ".asc", ".pcd")
"""Suffixes of files that hold nothing but points, in lower case."""

POINT_OR_SHAPE_SUFFIXES = (".ply", ".obj", ".off", ".npy")
"""Suffixes of files that hold points if they have no faces, or are no grid."""

_BLOCK = 1 << 24

_FACE_LINE = re.compile(rb"[\r\n\0][ \t]*f\0?[ \t\0]")
"""The beginning of a face in an `.obj`, in UTF-16 as well."""


def holds_points(path: str | os.PathLike[str]) -> bool:
    """Return whether a file holds points and no faces; False for what cannot be read."""
    path = as_path(path)
    suffix = path.suffix.lower()
    if suffix in POINT_SUFFIXES:
        return True
    try:
        if suffix == ".ply":
            header = parse_ply_header(path)
            return not header.count("face") + header.count("tristrips") and header.count("vertex") > 0
        if suffix == ".off":
            return not _has_off_faces(path)
        if suffix == ".obj":
            return not _has_obj_faces(path)
        return suffix == ".npy" and _is_point_array(path)
    except Exception:  # whatever a damaged file makes of a look into it
        return False


def read_points(path: str | os.PathLike[str]) -> Generator[float, None, Doubles]:
    """Read the points of a file, `(n, 3)` in its own axes and units, yielding the share that is read.

    What is no finite number is kept as NaN; `clean` leaves it out and says so. Raises `InputError` for a
    missing, unreadable or broken file, or one without points.
    """
    path = as_path(path)
    if path.suffix.lower() not in (*POINT_SUFFIXES, *POINT_OR_SHAPE_SUFFIXES):
        known = " ".join((*POINT_SUFFIXES, *POINT_OR_SHAPE_SUFFIXES))
        raise InputError(f"{path} is no file of points that can be read: its suffix is not one of {known}")
    try:
        points = yield from _reader(path)
    except InputError:
        raise
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    except Exception as error:
        # A damaged file can make a parser raise any exception, including MemoryError.
        raise InputError(
            f"{path} cannot be read ({type(error).__name__}): it is damaged, or not the {path.suffix} file "
            "that it says it is; export it again"
        ) from error
    if not len(points):
        raise InputError(f"{path} holds no points: there is no shape in it")
    if len(points) > MAX_POINTS:
        raise InputError(f"{path} has more than {MAX_POINTS:,} points: crop it to one chair or thin it")
    return points


def _reader(path: Path) -> Generator[float, None, Doubles]:
    suffix = path.suffix.lower()
    if suffix == ".pcd":
        return read_pcd(path)
    if suffix == ".ply":
        return read_ply_points(path)
    if suffix == ".npy":
        return _read_array(path)
    if suffix == ".off":
        return _read_off_points(path)
    if suffix == ".obj":
        return _read_obj_points(path)
    return read_text_points(path)


def _read_array(path: Path) -> Generator[float, None, Doubles]:
    try:
        with path.open("rb") as file:
            header = read_array_header(file)
            if not _are_points(header):
                what = f"{str(header.dtype)[:60]} {header.shape}"
                raise InputError(f"{path} is {what}, and points are numbers (n, 3)")
            check_count(path, header.shape[0])
            if header.size > path.stat().st_size:
                raise ArrayError("it ends before its last point")
            yield 0.5
            values = read_values(file, header)
    except ArrayError as error:
        raise InputError(
            f"{path} is not a usable .npy file of points: {error}; save it again with NumPy"
        ) from error
    with np.errstate(all="ignore"):  # damaged numbers are no reason for a warning
        return np.array(values[:, :3], np.float64)


def _are_points(header: ArrayHeader) -> bool:
    return len(header.shape) == 2 and header.shape[1] >= 3 and header.dtype.kind in "fiu"


def _read_off_points(path: Path) -> Generator[float, None, Doubles]:
    yield 0.0
    return _vertices(path, lambda blob: read_off(blob)[0])


def _read_obj_points(path: Path) -> Generator[float, None, Doubles]:
    yield 0.0
    return _vertices(path, read_obj_vertices)


def _vertices(path: Path, parse: Callable[[bytes], Doubles]) -> Doubles:
    size = path.stat().st_size
    if size > _MAX_WHOLE_BYTES:
        raise InputError(
            f"{path} has {size >> 20} MiB, and of this format up to {_MAX_WHOLE_BYTES >> 20} MiB are read: "
            "write it as .ply or .npy"
        )
    try:
        return parse(path.read_bytes())
    except MeshError as error:
        raise InputError(f"{path} cannot be read as {path.suffix[1:].upper()}: {error}") from error


def _has_off_faces(path: Path) -> bool:
    with path.open("rb") as file:
        start = plain_text(file.read(1024)).decode("latin-1")
    words = [word for line in start.splitlines() for word in line.split("#")[0].split()]
    head = words[0].upper() if words else ""
    counts = words[1:3] if head.endswith("OFF") else [head.rpartition("OFF")[2], *words[1:2]]
    return int(counts[1]) > 0


def _has_obj_faces(path: Path) -> bool:
    with path.open("rb") as file:
        before = b"\n"
        while block := file.read(_BLOCK):
            text = before + block
            if _FACE_LINE.search(text):
                return True
            before = text[-32:]
    return False


def _is_point_array(path: Path) -> bool:
    with path.open("rb") as file:
        return _are_points(read_array_header(file))
