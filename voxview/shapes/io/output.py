"""Output paths: checked before minutes of work, and written in the format of their suffix."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from voxview.errors import InputError, VoxViewError
from voxview.shapes.io.atomic import write_atomically


def check_output(path: str | os.PathLike[str], suffixes: Collection[str]) -> None:
    """Raise `InputError` unless a file with one of the suffixes can be written at `path`."""
    file = Path(path)
    if file.suffix.lower() not in suffixes:
        raise InputError(f"cannot write {file}: its name has to end in {' or '.join(suffixes)}")
    if file.is_dir():
        raise InputError(f"cannot write {file}: it is a folder; give the name of a file in it")
    if file.exists() and not file.is_file():
        raise InputError(f"cannot write {file}: it is a device or a pipe; give the name of a file")
    folder = file.absolute().parent
    if not folder.is_dir():
        raise InputError(f"cannot write {file}: there is no folder {folder}; create it first")
    if not os.access(folder, os.W_OK):
        raise InputError(f"cannot write {file}: no permission in {folder}; choose another folder")


def write_each(writes: Iterable[Callable[[], None]]) -> None:
    """Write several files; what fails of them is raised when the others are there."""
    failure: VoxViewError | None = None
    for write in writes:
        try:
            write()
        except VoxViewError as error:
            failure = failure or error
    if failure is not None:
        raise failure


def write_by_suffix(path: str | os.PathLike[str], contents: Mapping[str, Callable[[], bytes]]) -> None:
    """Write what the function under the path's suffix, such as `.json`, returns, all or nothing.

    Raises `InputError` for a path that cannot be written and `VoxViewError` for a disk that fails.
    """
    check_output(path, contents)
    content = contents[Path(path).suffix.lower()]()
    with write_atomically(path) as temporary:
        temporary.write_bytes(content)
