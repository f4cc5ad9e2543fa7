"""Directory listing that treats entries without permission as missing instead of raising."""

from __future__ import annotations

import os
from pathlib import Path


def visible_entries(folder: Path) -> list[os.DirEntry[str]]:
    """Return the entries of a folder but the hidden ones, sorted by name; none if it cannot be listed."""
    try:
        with os.scandir(folder) as entries:
            return sorted((e for e in entries if not e.name.startswith(".")), key=lambda e: e.name)
    except OSError:  # one folder without permission must not hide the rest of a catalog
        return []


def is_upward_link(entry: os.DirEntry[str]) -> bool:
    """Return True for a link to a folder that it is itself in: beyond it is what is beside the folder."""
    if not entry.is_symlink():
        return False
    here = os.path.realpath(os.path.dirname(entry.path))  # noqa: PTH120 - as the entry is a text
    return Path(here).is_relative_to(os.path.realpath(entry.path))


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Return True if an entry is a folder or a link to one."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def is_file(path: Path) -> bool:
    """Return True if there is a file; False also without permission to enter its folder."""
    try:
        return path.is_file()
    except OSError:  # Path.is_file returns False for missing files, but raises without permission
        return False
