"""What is in a folder, as far as that may be known: what cannot be looked at is not there."""

from __future__ import annotations

import os
from pathlib import Path


def visible_entries(folder: Path) -> list[os.DirEntry[str]]:
    """Everything in a folder but the hidden, sorted by name; nothing if the folder cannot be listed."""
    try:
        with os.scandir(folder) as entries:
            return sorted((e for e in entries if not e.name.startswith(".")), key=lambda e: e.name)
    except OSError:  # a folder below that may not be read is no reason to show nothing
        return []


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder or a link to one."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def is_file(path: Path) -> bool:
    """Whether there is a file, also where the folder that it would be in may not be entered."""
    try:
        return path.is_file()
    except OSError:  # Path.is_file keeps quiet about what is missing, but not about permissions
        return False
