"""Catalogs of arbitrary folders of shape files."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.listing import is_file, is_folder, visible_entries
from voxview.shapes.chair import Chair
from voxview.shapes.io.read import READABLE_SUFFIXES, read_shape, readable_name

_LEVELS = 6
_MAX_FOLDERS = 20_000
_MAX_FILES = 100_000


def find_shape_files(folder: Path) -> Catalog | None:
    """Return a catalog of a folder's shape files, down to six levels, sorted by id; None if there are none.

    A chair's id is its path without the suffix, with forward slashes; with the suffix if two files differ
    only in that. Where names would be equal they have the id as well. Hidden files and folders, and links to
    a folder above, are skipped.
    """
    files = sorted(_walk(folder))
    names = [readable_name(PurePosixPath(file).stem) for file in files]
    times = Counter(names)
    chairs = [
        Chair(
            id=chair_id,
            name=name if times[name] == 1 else f"{name} ({chair_id})",
            source=str(folder),
            read=partial(read_shape, folder / file),
            details={"path": str(folder / file)},
        )
        for file, name, chair_id in zip(files, names, _ids(files), strict=True)
    ]
    if not chairs:
        return None
    name = folder.name or folder.resolve().name or str(folder)
    return Catalog(name, str(folder), sorted(chairs, key=lambda chair: chair.id))


def file_of_id(folder: Path, chair_id: str) -> Path | None:
    """Return the file of a chair's id, without walking the folder; None if there is none, or several."""
    own = folder / chair_id
    if own.suffix.lower() in READABLE_SUFFIXES and is_file(own):
        return own
    found = [
        Path(entry.path)
        for entry in visible_entries(own.parent)
        if PurePosixPath(entry.name).stem == own.name
        and PurePosixPath(entry.name).suffix.lower() in READABLE_SUFFIXES
        and is_file(Path(entry.path))
    ]
    return found[0] if len(found) == 1 else None


def _walk(root: Path) -> Iterator[str]:
    """Yield paths of shape files relative to `root`, up to limits on folders and files."""
    seen = {os.path.realpath(root)}
    level, listed, found = [""], 0, 0
    for _ in range(_LEVELS + 1):
        below: list[str] = []
        for relative in level:
            listed += 1
            if listed > _MAX_FOLDERS:
                return
            for entry in visible_entries(root / relative):
                path = f"{relative}{entry.name}"
                if is_folder(entry):
                    # Only a link can point to a folder above, so only links need to be resolved.
                    real = os.path.realpath(entry.path) if entry.is_symlink() else None
                    if real is None or not any(Path(s).is_relative_to(real) for s in seen):
                        seen.update({real} if real else ())
                        below.append(f"{path}/")
                elif PurePosixPath(entry.name).suffix.lower() in READABLE_SUFFIXES:
                    found += 1
                    if found > _MAX_FILES:
                        return
                    yield path
        level = below


def _ids(files: list[str]) -> list[str]:
    stems = [str(PurePosixPath(file).with_suffix("")) for file in files]
    times = Counter(stems) + Counter(files)
    return [stem if times[stem] == 1 else file for stem, file in zip(stems, files, strict=True)]
