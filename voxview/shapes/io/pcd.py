"""Reading points from PCD files, the Point Cloud Library's format: ascii and binary.

https://pointclouds.org/documentation/tutorials/pcd_file_format.html
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import numpy as np

from voxview.errors import InputError
from voxview.shapes.frame import Doubles
from voxview.shapes.io.records import read_records, read_text_records

_MAX_HEADER_BYTES = 16 * 1024


def read_pcd(path: Path) -> Generator[float, None, Doubles]:
    """Read the points of a PCD file, `(n, 3)`, yielding the share that is read.

    Raises `InputError` for a broken header, fields without x, y and z, too few bytes, or `binary_compressed`.
    """
    with path.open("rb") as file:
        start = file.read(_MAX_HEADER_BYTES)
    header, length = _parse_header(start, path)
    try:
        fields = header["FIELDS"]
        counts = [int(word) for word in header.get("COUNT", ["1"] * len(fields))]
        kinds = [k + s for k, s in zip(header["TYPE"], header["SIZE"], strict=True)]
        points = int(header["POINTS"][0]) if "POINTS" in header else _product(header)
        record = np.dtype(
            [
                (f"{name}-{i}" if name not in ("x", "y", "z") else name, _kind(kind), (count,))
                if count != 1
                else (name if name in ("x", "y", "z") else f"{name}-{i}", _kind(kind))
                for i, (name, kind, count) in enumerate(zip(fields, kinds, counts, strict=True))
            ]
        )
    except (KeyError, ValueError, IndexError, TypeError) as error:
        raise _broken(path, "its header cannot be understood") from error
    if not {"x", "y", "z"} <= set(fields):
        raise _broken(path, f"its fields are {' '.join(fields)[:80]}, and x, y and z are needed")
    data = header["DATA"][0].lower() if header["DATA"] else ""
    if data == "binary":
        return (yield from read_records(path, record, length, points))
    if data == "ascii":
        firsts = np.concatenate([[0], np.cumsum(counts)])
        columns = tuple(int(firsts[fields.index(axis)]) for axis in "xyz")
        return (yield from read_text_records(path, columns, length, points))
    if data == "binary_compressed":
        raise InputError(
            f"{path} is compressed: save it as binary or ascii, as with pcl_convert_pcd_ascii_binary"
        )
    raise _broken(path, f"its data is said to be {data[:40] or 'nothing'}")


def _parse_header(start: bytes, path: Path) -> tuple[dict[str, list[str]], int]:
    header: dict[str, list[str]] = {}
    position = 0
    while (end := start.find(b"\n", position)) >= 0:
        words = start[position:end].decode("latin-1").split()
        position = end + 1
        if words and not words[0].startswith("#"):
            header[words[0].upper()] = words[1:]
            if words[0].upper() == "DATA":
                return header, position
    raise _broken(path, "its header has no DATA line")


def _kind(kind: str) -> str:
    """Return the NumPy type of a type and a size, such as F4."""
    return {"F": "<f", "I": "<i", "U": "<u"}[kind[0].upper()] + str(int(kind[1:]))


def _product(header: dict[str, list[str]]) -> int:
    return int(header["WIDTH"][0]) * int(header["HEIGHT"][0])


def _broken(path: Path, what: str) -> InputError:
    return InputError(f"{path} is not a usable .pcd file: {what}; export it again")
