"""Whether a path from a file names something: one that no system takes, as it is too long, names nothing.

`Path.is_dir` and its like raise for such names, and for folders that cannot be entered.
"""

from __future__ import annotations

import os


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Return whether there is a folder at a path."""
    return os.path.isdir(path)  # noqa: PTH112


def is_file(path: str | os.PathLike[str]) -> bool:
    """Return whether there is a regular file at a path."""
    return os.path.isfile(path)  # noqa: PTH113


def is_there(path: str | os.PathLike[str]) -> bool:
    """Return whether there is anything at a path."""
    return os.path.exists(path)  # noqa: PTH110
