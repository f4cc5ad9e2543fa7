"""A folder's chairs as a person has changed them: renamed, turned, removed. Free of NumPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.change import AS_IN_FILE, Change, Changes
from voxview.shapes.chair import Chair

if TYPE_CHECKING:
    from voxview.shapes.frame import Grid


def key_of(chair: Chair) -> str:
    """Return the path of a chair's file in its folder, by which its changes are kept; empty without one."""
    path = PurePath(str(chair.details.get("path") or ""))
    return path.relative_to(chair.source).as_posix() if path.is_relative_to(chair.source) else ""


def changed_catalog(files: Catalog, changes: Changes, contents: Mapping[str, str] | None = None) -> Catalog:
    """Return the catalog of a folder's `files` with what was changed, by key.

    `contents` marks, by key too, chairs whose file holds something else than when it was listed: they are
    other chairs than before.
    """
    contents = contents or {}
    if not changes and not contents:
        return Catalog(files.name, files.source, tuple(files), files.notice, files=files)
    chairs: list[Chair] = []
    removed: list[Chair] = []
    for chair in files:
        key = key_of(chair)
        change = changes.get(key, AS_IN_FILE)
        now = changed_chair(chair, change, contents.get(key, ""))
        (removed if change.removed else chairs).append(now)
    return Catalog(
        files.name, files.source, chairs, files.notice, files=files, changes=changes, removed=removed
    )


def changed_chair(chair: Chair, change: Change, content: str = "") -> Chair:
    """Return a chair as it is after a change; `content` marks another content of its file."""
    version = " · ".join(part for part in (change.text, content) if part)
    if not version:
        return chair
    name, read, details = change.name or chair.name, chair.read, dict(chair.details)
    if change.is_turned:
        read = partial(read_turned, chair.read, change.up, change.turn)
        details |= {"up": change.up, "turn": change.turn}
    return replace(chair, name=name, read=read, details=details, version=version)


def read_turned(read: Callable[[], Grid], up: str, turn: int) -> Grid:
    """Return the grid that `read` returns, rotated."""
    from voxview.shapes.orient import rotate_grid, rotation_matrix

    return rotate_grid(read(), rotation_matrix(up, turn))
