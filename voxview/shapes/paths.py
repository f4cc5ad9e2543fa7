"""Whatever was given as a path → a path, before anything is looked up."""

from __future__ import annotations

import os
from pathlib import Path

from voxview.errors import InputError
from voxview.shapes.frame import describe


def as_path(path: object) -> Path:
    """The path as a `Path`; `InputError` for anything but a str or path, and for one with a nul in it."""
    name = os.fspath(path) if isinstance(path, os.PathLike) else path
    if not isinstance(name, str):
        raise InputError(f"expected a path, but {describe(path)} came")
    if "\0" in name:
        raise InputError(f"{name!r} cannot be a path: it holds a nul character")
    return Path(name)
