"""Validation of an output path before minutes of work."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from voxview.errors import InputError


def check_output(path: str | os.PathLike[str], suffixes: Sequence[str]) -> None:
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
