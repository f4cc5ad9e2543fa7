"""Validation of path arguments."""

from __future__ import annotations

import os
from pathlib import Path

from voxview.errors import InputError
from voxview.shapes.frame import describe


def as_path(path: object) -> Path:
    """Return `path` as a `Path`; raise `InputError` for other types and for a nul character in it."""
    name = os.fspath(path) if isinstance(path, os.PathLike) else path
    if not isinstance(name, str):
        raise InputError(f"expected a path, but {describe(path)} came")
    if "\0" in name:
        raise InputError(f"{name!r} cannot be a path: it holds a nul character")
    return Path(name)
