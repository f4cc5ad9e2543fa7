"""NumPy's arrays in files and archives, read so that nothing is believed that a header claims.

NumPy itself takes memory for as much as a header says before it looks at what is there, evaluates headers of
any length, and raises a dozen kinds of exceptions for damaged ones. Nothing is ever unpickled.
"""

from __future__ import annotations

import ast
import io
import math
import re
import zipfile
from collections.abc import Collection
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from voxview.errors import VoxViewError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MAX_HEADER_BYTES = 64 * 1024
_LONG = re.compile(rb"(?<=[ (,])(\d+)L(?=[,)])")
_MOST_AXES = 32
_MOST_BRACKETS = 200
"""Python's parser takes memory for each that is open."""
_HEADER_READERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}

NUMBERS = "biuf"
"""Kinds of types that are truth values or numbers."""


class ArrayError(ValueError):
    """What is wrong with an array in a file, as the end of the sentence that names the file."""


@dataclass(frozen=True)
class ArrayHeader:
    """What an array's header claims."""

    shape: tuple[int, ...]
    is_fortran: bool
    dtype: np.dtype

    @property
    def size(self) -> int:
        """Bytes of its values."""
        return math.prod(self.shape) * self.dtype.itemsize


def read_array_header(file: IO[bytes]) -> ArrayHeader:
    """Read the header at a file's beginning; `ArrayError` for none, an unknown version, and a damaged one."""
    try:
        version = npy.read_magic(file)
        if version in _HEADER_READERS:
            # NumPy would read as many bytes as the length field claims before any check: up to 4 GiB.
            field = file.read(2 if version == (1, 0) else 4)
            length = int.from_bytes(field, "little")
            if length > _MAX_HEADER_BYTES:
                raise ArrayError(f"its header claims {length:,} bytes")
            text = file.read(length)
            # Of escapes Python warns, and no header has any.
            if text.count(b"(") + text.count(b"[") > _MOST_BRACKETS or b"\\" in text:
                raise ArrayError("its header is not that of a NumPy array")
            # NumPy reads the long integers of Python 2, too, and warns of them and of what is no Python.
            plain = _LONG.sub(rb"\1", text).strip()
            ast.literal_eval(plain.decode("latin-1"))
            field = len(plain).to_bytes(len(field), "little")
            header = ArrayHeader(*_HEADER_READERS[version](io.BytesIO(field + plain)))
            is_usual = header.dtype.itemsize > 0 and header.dtype.subdtype is None
            is_usual = is_usual and len(header.shape) <= _MOST_AXES
            if is_usual and all(type(side) is int and 0 <= side < 2**63 for side in header.shape):
                return header
    except ArrayError:
        raise
    except MemoryError:  # Python's parser says so of what is nested too deeply: there is memory enough
        raise ArrayError("its header is not that of a NumPy array") from None
    except Exception as error:
        # The header is parsed as Python: SyntaxError, TokenError, RecursionError, KeyError, …
        raise ArrayError("its header is not that of a NumPy array") from error
    if version in _HEADER_READERS:
        raise ArrayError("its header is not that of a NumPy array")
    raise ArrayError("its header has a version that is not supported")


def read_values(file: IO[bytes], header: ArrayHeader) -> NDArray:
    """Read the values behind a header; `ArrayError` where they are objects, or fewer than it says.

    Who calls it has compared `header.size` with a limit, or with what can be there.
    """
    if header.dtype.hasobject:
        raise ArrayError(f"its values are {header.dtype}, and objects are not read")
    data = file.read(header.size)
    if len(data) != header.size:
        raise ArrayError(f"it ends after {len(data):,} of {header.size:,} bytes")
    values: NDArray = np.frombuffer(data, header.dtype) if data else np.empty(0, header.dtype)
    try:
        return values.reshape(header.shape, order="F" if header.is_fortran else "C")
    except ValueError as error:  # of no values, and larger than any array
        raise ArrayError("its header is not that of a NumPy array") from error


def read_arrays(path: Path, names: Collection[str], most_bytes: int) -> dict[str, NDArray]:
    """Read arrays of a `.npz` file by their names, each of up to `most_bytes`.

    Raises `ArrayError` for what is no such archive or lacks one of them, and `OSError`.
    """
    with archive_of(path) as archive:
        there = set(archive.namelist())
        if missing := [name for name in names if f"{name}.npy" not in there]:
            raise ArrayError(f"it holds no array '{missing[0]}'")
        found: dict[str, NDArray] = {}
        for name in names:
            with archive.open(f"{name}.npy") as member:
                header = read_array_header(member)
                if header.size > most_bytes:
                    raise ArrayError(f"its array '{name}' claims {header.size:,} bytes")
                found[name] = read_values(member, header)
    return found


@contextmanager
def archive_of(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a zip archive; whatever its reader raises for a damaged one is an `ArrayError`."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (ArrayError, VoxViewError, OSError):
        raise
    except Exception as error:
        # BadZipFile, zlib.error, LZMAError, EOFError, NotImplementedError, RuntimeError (encrypted), …
        raise ArrayError("it is not a zip archive, or a damaged one") from error
