"""The binvox format: run-length coded voxels (Patrick Min, https://www.patrickmin.com/binvox/binvox.html).

The data section runs with x slowest, then z, and y fastest. 3D-R2N2's ShapeNetVox32 is the exception: its
files hold another axis order under the same magic, and no field of the header says so. They are recognised by
their header, `#binvox 1\\ndim 32 32 32\\ntranslate 0 0 0\\nscale 1\\ndata\\n` byte for byte: all 5,778 chairs
have exactly this one, and files of binvox itself, which writes the mesh's position, do not. Python's writers
may: such a file does not say its order, and outside of a ShapeNet folder a notice says which was taken. For
ShapeNetVox32 `grid = raw.transpose(2, 1, 0)[:, :, ::-1]` gives the frame; every other file is read in the
format's own order.

Not trimesh's reader (5.2): it does not know ShapeNetVox32's order, refuses a stray byte after the data, has
no size limit (8 MB that say 1024³ take 1.2 GB), and its errors name neither file nor remedy. It takes `scale`
for the distance between the outermost cells' middles; in the format it is the cube's edge.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from voxview.errors import InputError
from voxview.shapes.frame import describe
from voxview.shapes.io.atomic import write_atomically
from voxview.shapes.io.notices import notice
from voxview.shapes.io.paths import as_path

MAX_RESOLUTION = 512
"""Limit of the voxels along an edge, four times that of ShapeNet's own files."""

SHAPENETVOX32_HEADER = b"#binvox 1\ndim 32 32 32\ntranslate 0 0 0\nscale 1\ndata\n"

AXIS_ORDERS = ("auto", "binvox", "shapenetvox32")
"""How a file's axes can be taken: as its header suggests, or one of the two orders that there are."""

_MAX_HEADER_BYTES = 64 * 1024
_MAX_RUN = 255

_BLOCK_BYTES = 1 << 18
"""Bytes of runs decoded at a time: at most 32 MiB of voxels. Even, so that no run is split."""


@dataclass(frozen=True)
class Binvox:
    """The decoded content of a binvox file."""

    data: NDArray[np.bool_]
    """Occupancy, `(n, n, n)`, indexed `[x, y, z]`, whatever the file's axis order."""
    translate: tuple[float, float, float]
    """Position of the cube's lowest corner, in the units of the mesh it was made from."""
    scale: float
    """Edge length of the cube, in the same units."""
    layout: str
    """Axis order of the file: `binvox`, the format's own, or `ShapeNetVox32`."""

    @property
    def is_in_frame(self) -> bool:
        """Whether the header places the cube at [−0.5, 0.5]³, that of the frame."""
        return self.translate == (-0.5, -0.5, -0.5) and self.scale == 1.0


def read_binvox(
    path: str | os.PathLike[str], *, shapenetvox32: bool = False, axis_order: str = "auto"
) -> Binvox:
    """Read a cubic binvox file of 1 to 512 voxels an edge.

    Comments, blank lines, reordered or missing `translate` and `scale`, CRLF and one stray byte after the
    data are accepted; values above 1 (binvox 2) are occupied. Nothing is allocated before the header and
    the sum of the runs have been validated. `shapenetvox32`, or a folder `ShapeNetVox32` above the file,
    states that it is of that layout: then a 32³ file at 0 0 0 of scale 1 has its axis order, however the
    header is spelled, since copying and converting tools may have changed its line ends or digits.
    `axis_order` is one of `AXIS_ORDERS`: by default a file at 0 0 0 of scale 1, which does not say, is taken
    as described above, and a notice says so. Raises `InputError` for everything else.
    """
    path = as_path(path)
    shapenetvox32 = shapenetvox32 or "ShapeNetVox32" in path.parts
    if axis_order not in AXIS_ORDERS:
        raise InputError(f"{axis_order!r} is no axis order: choose one of {', '.join(AXIS_ORDERS)}")
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(_MAX_HEADER_BYTES)
            header = _parse_header(start, path)
            # The longest useful coding is one run a voxel: a longer file is refused unread.
            if size - header.length > 2 * header.resolution**3 + 1:
                raise _broken(path, f"it has more data than {header.resolution}³ voxels can take")
            file.seek(header.length)
            _check_runs(file, header.resolution, path)
            file.seek(header.length)
            raw = _decode(file, header.resolution, path)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    is_theirs = start.startswith(SHAPENETVOX32_HEADER) or (shapenetvox32 and header.is_like_shapenetvox32)
    if axis_order == "auto" and header.is_like_shapenetvox32 and not shapenetvox32:
        taken, other = ("ShapeNetVox32", "binvox") if is_theirs else ("binvox", "ShapeNetVox32")
        notice(
            f"its header does not say its axis order: read in that of {taken}; "
            f"'--axis-order {other.lower()}' reads it in that of {other}"
        )
    if axis_order == "shapenetvox32" or (axis_order == "auto" and is_theirs):
        data, layout = raw.transpose(2, 1, 0)[:, :, ::-1], "ShapeNetVox32"
    else:
        data, layout = raw.transpose(0, 2, 1), "binvox"
    return Binvox(np.ascontiguousarray(data), header.translate, header.scale, layout)


def write_binvox(path: str | os.PathLike[str], grid: NDArray[np.bool_]) -> None:
    """Write a cubic occupancy, `bool (n, n, n)` indexed `[x, y, z]`, as the cube [−0.5, 0.5]³, atomically."""
    if (
        not isinstance(grid, np.ndarray)
        or grid.dtype != np.bool_
        or grid.ndim != 3
        or len(set(grid.shape)) != 1
        or not 1 <= grid.shape[0] <= MAX_RESOLUTION
    ):
        raise InputError(f"a binvox file takes a cubic bool array up to 512³, but {describe(grid)} came")
    n = grid.shape[0]
    header = f"#binvox 1\ndim {n} {n} {n}\ntranslate -0.5 -0.5 -0.5\nscale 1\ndata\n"
    with write_atomically(path) as temporary:
        temporary.write_bytes(header.encode() + _encode(grid.transpose(0, 2, 1).ravel()))


@dataclass(frozen=True)
class _Header:
    resolution: int
    translate: tuple[float, float, float]
    scale: float
    length: int

    @property
    def is_like_shapenetvox32(self) -> bool:
        return self.resolution == 32 and self.translate == (0.0, 0.0, 0.0) and self.scale == 1.0


def _parse_header(start: bytes, path: Path) -> _Header:
    if not start:
        raise InputError(f"{path} is empty: it holds no voxels")
    if not start.startswith(b"#binvox"):
        raise InputError(f"{path} is not a binvox file (it does not begin with '#binvox'): check its suffix")
    dims: list[int] = []
    translate, scale = [0.0, 0.0, 0.0], [1.0]
    position = 0
    while True:
        end = start.find(b"\n", position)
        if end < 0:
            raise _broken(path, "its header has no 'data' line")
        words = start[position:end].split()
        position = end + 1
        if not words or words[0].startswith(b"#"):
            continue
        keyword, values = words[0], words[1:]
        if keyword == b"data":
            break
        if keyword == b"dim":
            dims = [int(v) for v in _numbers(values, 3, "dim", path)]
        elif keyword == b"translate":
            translate = _numbers(values, 3, "translate", path)
        elif keyword == b"scale":
            scale = _numbers(values, 1, "scale", path)
    if not dims:
        raise _broken(path, "its header has no 'dim' line")
    if len(set(dims)) != 1:
        raise _broken(path, f"its grid is {dims[0]}×{dims[1]}×{dims[2]}, not a cube", "voxelise into a cube")
    if not 1 <= dims[0] <= MAX_RESOLUTION:
        raise _broken(path, f"its header claims {dims[0]}³ voxels, and 1³ to {MAX_RESOLUTION}³ are read")
    return _Header(dims[0], (translate[0], translate[1], translate[2]), scale[0], position)


def _numbers(words: list[bytes], count: int, keyword: str, path: Path) -> list[float]:
    try:
        # int() for dims: float() would accept 32.7 or 1e1 as a size.
        numbers = [float(int(word)) if keyword == "dim" else float(word) for word in words]
    except (ValueError, OverflowError):
        numbers = []
    if len(numbers) != count or not np.isfinite(numbers).all():
        raise _broken(path, f"its '{keyword}' line does not hold {count} number{'s' if count > 1 else ''}")
    return numbers


def _runs(file: IO[bytes]) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
    """Yield values and counts of the runs to the end of the file, in blocks; a stray last byte is skipped."""
    while block := file.read(_BLOCK_BYTES):
        pairs = np.frombuffer(block, np.uint8, count=len(block) // 2 * 2).reshape(-1, 2)
        yield pairs[:, 0], pairs[:, 1]


def _check_runs(file: IO[bytes], resolution: int, path: Path) -> None:
    total = sum(int(counts.sum(dtype=np.int64)) for _, counts in _runs(file))
    expected = resolution**3
    if total != expected:
        many = "few" if total < expected else "many"
        raise _broken(path, f"it holds too {many} voxels, {total:,} and not {expected:,}")


def _decode(file: IO[bytes], resolution: int, path: Path) -> NDArray[np.bool_]:
    flat = np.zeros(resolution**3, np.bool_)
    filled = 0
    for values, counts in _runs(file):
        voxels = np.repeat(values != 0, counts)
        if filled + len(voxels) > len(flat):
            raise _broken(path, "it changed while it was read")
        flat[filled : filled + len(voxels)] = voxels
        filled += len(voxels)
    return flat.reshape((resolution,) * 3)


def _encode(flat: NDArray[np.bool_]) -> bytes:
    starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1])
    lengths = np.diff(starts, append=flat.size)
    parts = -(-lengths // _MAX_RUN)
    pairs = np.empty((int(parts.sum()), 2), np.uint8)
    pairs[:, 0] = np.repeat(flat[starts], parts)
    pairs[:, 1] = _MAX_RUN
    pairs[np.cumsum(parts) - 1, 1] = lengths - (parts - 1) * _MAX_RUN
    return pairs.tobytes()


def _broken(path: Path, what: str, remedy: str = "export or download it again") -> InputError:
    return InputError(f"{path} is not a usable binvox file: {what}; {remedy}")
