"""Catalogs of arbitrary folders of shape files."""

from __future__ import annotations

import os
from collections import Counter
from functools import partial
from pathlib import Path, PurePosixPath

from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.listing import is_file, is_folder, is_upward_link, visible_entries
from voxview.shapes.chair import Chair
from voxview.shapes.io.notices import notice
from voxview.shapes.io.read import READABLE_SUFFIXES, read_shape, readable_name

_LEVELS = 6
_MAX_FOLDERS = 20_000
_MAX_FILES = 100_000
_CUT = "{} holds more than is listed, the first {:,} shape files: open a folder in it for the others"


def find_shape_files(folder: Path) -> Catalog | None:
    """Return a catalog of a folder's shape files, down to six levels, sorted by id; None if there are none.

    A chair's id is its path without the suffix, with forward slashes; with the suffix if two files differ
    only in that. Where names would be equal they have the id as well. Hidden files and folders, links to a
    folder above, and links to what is listed anyway are skipped. Of very many files the first ones are
    listed, and a notice says so.
    """
    walk = _Walk(folder)
    files = sorted(walk.files)
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
    said = _CUT.format(name, len(chairs)) if walk.is_cut else ""
    if said:
        notice(said)
    return Catalog(name, str(folder), sorted(chairs, key=lambda chair: chair.id), said)


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


class _Walk:
    """The shape files below a folder, each once: links come after what is none, and list nothing again."""

    def __init__(self, root: Path) -> None:
        self.files: list[str] = []
        """Paths relative to `root`."""
        self.is_cut = False
        """Whether there are more files or folders than are listed."""
        self._root, self._real_root = root, os.path.realpath(root)
        self._seen: set[str] = set()
        self._real_files: set[str] = set()
        self._links: list[tuple[os.DirEntry[str], str, int]] = []
        self._go_through("", self._real_root, 0)
        for entry, path, level in self._links:  # grows with what is behind them
            real = os.path.realpath(entry.path)
            if not is_folder(entry):
                self._add(path, real)
            elif (
                level < _LEVELS
                and not is_upward_link(entry)
                and not Path(self._real_root).is_relative_to(real)
            ):
                self._go_through(f"{path}/", real, level + 1)

    def _go_through(self, relative: str, real: str, level: int) -> None:
        """List a folder and those below it, nearest first; `real` is its path without links."""
        waiting = [(relative, real, level)]
        for relative, real, level in waiting:
            if real in self._seen:
                continue
            self._seen.add(real)
            if len(self._seen) > _MAX_FOLDERS or len(self.files) >= _MAX_FILES:
                self.is_cut = True
                return
            for entry in visible_entries(self._root / relative):
                path = f"{relative}{entry.name}"
                if entry.is_symlink():
                    self._links.append((entry, path, level))
                elif not is_folder(entry):
                    self._add(path, f"{real}{os.sep}{entry.name}")
                elif level < _LEVELS:
                    waiting.append((f"{path}/", f"{real}{os.sep}{entry.name}", level + 1))

    def _add(self, path: str, real: str) -> None:
        if PurePosixPath(path).suffix.lower() not in READABLE_SUFFIXES or real in self._real_files:
            return
        if len(self.files) >= _MAX_FILES:
            self.is_cut = True
            return
        self._real_files.add(real)
        self.files.append(path)


def _ids(files: list[str]) -> list[str]:
    stems = [str(PurePosixPath(file).with_suffix("")) for file in files]
    times = Counter(stems) + Counter(files)
    return [stem if times[stem] == 1 else file for stem, file in zip(stems, files, strict=True)]
