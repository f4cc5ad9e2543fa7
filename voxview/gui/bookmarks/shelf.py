"""Bookmarks: states with a name and a picture, in one file beside the settings."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voxview.errors import InputError, VoxViewError
from voxview.gui.context.settings import set_aside
from voxview.gui.session.session_file import SavedSession, parsed, session_of_document

FILE = "bookmarks.json"
MOST_BOOKMARKS = 200
_KIND = "voxview bookmarks"
_MOST_BYTES = 64_000_000
_LONGEST_NAME = 200
_PATIENCE_MS = 1000


@dataclass(frozen=True)
class Bookmark:
    """A place to come back to."""

    name: str
    png: bytes
    """A picture of what was in the middle; empty where there was none."""
    document: dict[str, Any]
    """The state, as a session file has it."""

    def is_like(self, other: Bookmark) -> bool:
        """Return whether it is the same one, perhaps read from the file meanwhile."""
        return (self.name, self.png) == (other.name, other.png)

    @property
    def saved(self) -> SavedSession:
        """What the document says; `InputError` where it is damaged."""
        return session_of_document(self.document, f"the bookmark “{self.name}”")


def read_bookmarks(folder: Path) -> list[Bookmark]:
    """Return the bookmarks in a folder; none where there is no file.

    Raises `InputError` for a damaged file, which is set aside: nothing of it is lost.
    """
    file = folder / FILE
    try:
        if not file.is_file():
            return []
        if file.stat().st_size > _MOST_BYTES:
            raise InputError(f"{file} is too large")
        document = parsed(file.read_bytes(), file.name)
        if not isinstance(document, dict) or document[_KIND] != 1:
            raise InputError(f"{file} has no bookmarks")
        return [_bookmark(one) for one in document["bookmarks"][:MOST_BOOKMARKS]]
    except OSError as error:
        raise InputError(f"the bookmarks in {file} cannot be read: {error.strerror or error}") from error
    except (VoxViewError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"the bookmarks cannot be read and are kept as {set_aside(file)}") from error


def write_bookmarks(folder: Path, bookmarks: Sequence[Bookmark]) -> None:
    """Write the bookmarks; atomic. Raises as `write_atomically`."""
    from voxview.shapes.io.atomic import write_atomically

    records = [
        {"name": one.name, "picture": base64.b64encode(one.png).decode(), "state": one.document}
        for one in bookmarks
    ]
    with write_atomically(folder / FILE) as temporary:
        temporary.write_text(json.dumps({_KIND: 1, "bookmarks": records}), encoding="utf-8")


def change_bookmarks(folder: Path, change: Callable[[list[Bookmark]], list[Bookmark]]) -> list[Bookmark]:
    """Read the bookmarks, change them, write them, and return them; another window waits meanwhile.

    Raises as `read_bookmarks` and `write_bookmarks`.
    """
    from PySide6.QtCore import QLockFile

    from voxview.shapes.io.folders import made_folder

    with made_folder(folder):
        lock = QLockFile(str(folder / f"{FILE}.lock"))
        lock.tryLock(_PATIENCE_MS)  # where there are no locks, the last one wins
        try:
            changed = change(read_bookmarks(folder))
            write_bookmarks(folder, changed)
        finally:
            lock.unlock()
    return changed


def _bookmark(record: dict[str, Any]) -> Bookmark:
    name, document = record["name"], record["state"]
    if not isinstance(name, str) or not isinstance(document, dict):
        raise ValueError("a bookmark without a name or a state")
    return Bookmark(name[:_LONGEST_NAME], base64.b64decode(record.get("picture", "")), document)
