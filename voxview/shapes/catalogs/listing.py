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
