"""Watched files: one that changes is read again, and what is listed and on screen is what it holds."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer

from voxview.counts import counted
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.background import BackgroundTasks
from voxview.gui.files.imported import read_again
from voxview.gui.session.source_texts import origin_text
from voxview.shapes.chair import Chair
from voxview.shapes.io.there import is_file, is_folder

_MOST = 400
"""Chairs of a folder up to which all of its files are watched; of a larger one A and B are."""
_SETTLED_MS = 400
"""After the last sign of a change until a file is read: programs write in pieces."""
_AGAIN_MS = (1000, 2000, 4000, 8000, 16_000)
"""Until a file that cannot be read yet is read again."""
_LISTED_MS = 600
"""After the list's last change until what is watched is changed."""

_Stamp = tuple[int, int]
"""When a file was changed last, and its size."""
_Found = list[tuple[Chair, Chair | str]]
"""For each import the chair that it is now, for each chair of a folder a mark of its content."""


@dataclass
class _Watched:
    """One file."""

    stamp: _Stamp | None
    """Of what was read; None where it is gone."""
    tries: int = 0
    """How often it could not be read since it changed."""
    is_said: bool = False
    """Whether it was said that it cannot be read, or is gone."""
    chairs: list[Chair] = field(default_factory=list)


class FileWatch(QObject):
    """Reads files again that change; where one is half-written or gone, the chair stays."""

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._background = BackgroundTasks(self)
        self._watcher: QFileSystemWatcher | None = None
        self.files: dict[str, _Watched] = {}
        """What is watched, by path."""
        self._reading: set[str] = set()
        self._listed = QTimer(self, singleShot=True, interval=_LISTED_MS)
        self._listed.timeout.connect(self.watch_listed)
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._settled.timeout.connect(self.look)
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self.look)
        for signal in (context.listing.catalogs_changed, context.listing.catalog_removed):
            signal.connect(lambda _: self._listed.start())
        context.session.selection.pair_changed.connect(self._listed.start)

    def stop(self) -> None:
        """Watch nothing any more."""
        for timer in (self._listed, self._settled, self._again):
            timer.stop()
        self._background.stop()
        if self._watcher is not None:
            self._watcher.deleteLater()
            self._watcher = None

    def watch_listed(self) -> None:
        """Watch the files of the chairs that are listed or on screen now, and no others."""
        wanted: dict[str, list[Chair]] = {}
        for chair in self._chairs():
            path = str(chair.details.get("path") or "")
            if path and not origin_text(chair):
                wanted.setdefault(path, []).append(chair)
        before, self.files = self.files, {}
        for path, chairs in wanted.items():
            known = before.get(path)
            stamp = _stamp(path) if known is None else known.stamp
            if known is not None or stamp is not None:
                self.files[path] = known or _Watched(stamp)
                self.files[path].chairs = list(dict.fromkeys(chairs))
        self._watch_paths()

    def look(self) -> None:
        """Read the files that have changed since they were read."""
        self.watch_listed()  # and again a file that another one took the place of
        for path, watched in self.files.items():
            stamp = _stamp(path)
            if path in self._reading:
                continue
            if stamp == watched.stamp:
                watched.is_said = False
                continue
            if stamp is None:
                if not watched.is_said:
                    watched.is_said = True
                    self._say(f"the file {Path(path).name} is gone: its chair stays as it was read")
                continue
            self._reading.add(path)
            work = partial(_read, stamp, tuple(watched.chairs))
            self._background.run("Reading", work, partial(self._take, path), partial(self._fail, path, stamp))

    # ---- inside ---------------------------------------------------------------------------------

    def _chairs(self) -> Iterable[Chair]:
        listing = self._context.listing
        yield from listing.imported
        for catalog in listing.catalogs:
            if catalog.files is not None and len(catalog.files) <= _MOST:
                yield from catalog
        for chair in self._context.session.selection.pair:
            now = None if chair is None else listing.now(chair)
            if now is not None and listing.catalog_of(now) is not None:
                yield now

    def _watch_paths(self) -> None:
        """Watch the files that are there, and their folders: there, one comes back that was gone."""
        if self._watcher is None:
            if not self.files:
                return
            self._watcher = QFileSystemWatcher(self)
            self._watcher.fileChanged.connect(lambda _: self._settled.start())
            self._watcher.directoryChanged.connect(lambda _: self._settled.start())
        paths = [Path(path) for path in self.files]
        wanted = {str(path) for path in paths if is_file(path)}
        wanted |= {str(folder) for folder in {path.parent for path in paths} if is_folder(folder)}
        present = {*self._watcher.files(), *self._watcher.directories()}
        if present - wanted:
            self._watcher.removePaths(sorted(present - wanted))
        if wanted - present:
            self._watcher.addPaths(sorted(wanted - present))

    def _take(self, path: str, read: tuple[_Stamp, _Found]) -> None:
        """Put what was read in the place of the chairs that it was read for."""
        self._reading.discard(path)
        stamp, found = read
        watched = self.files.get(path)
        if watched is None:
            return
        if _stamp(path) != stamp or not all(self._is_listed(chair) for chair, _ in found):
            self._settled.start()  # it was written meanwhile, or its chair was turned, say
            return
        watched.stamp, watched.tries, watched.is_said = stamp, 0, False
        listing, changes = self._context.listing, self._context.changes
        again: list[Chair] = []
        for chair, now in found:
            if isinstance(now, str):
                if changes.note_content(chair, now):
                    again.append(chair)
            elif now != chair and chair in listing.imported:
                changes.replace_imported(chair, now, f"Read {chair.name} again")
                again.append(chair)
        if again:
            name = again[0].name if len(again) == 1 else counted(len(again), "chair")
            self._context.notifications.note(f"{name} was read again: the file has changed")

    def _is_listed(self, chair: Chair) -> bool:
        listing = self._context.listing
        return listing.now(chair) == chair or chair in listing.imported

    def _fail(self, path: str, stamp: _Stamp, message: str) -> None:
        """Leave the chair as it is, say so once, and try again later."""
        self._reading.discard(path)
        watched = self.files.get(path)
        if watched is None:
            return
        if not watched.is_said:
            watched.is_said = True
            name = Path(path).name
            self._say(f"the file {name} has changed, and its chair stays until it can be read: {message}")
        if _stamp(path) != stamp:  # it was written meanwhile
            watched.tries = 0
            self._settled.start()
        elif watched.tries < len(_AGAIN_MS):
            self._again.start(_AGAIN_MS[watched.tries])
            watched.tries += 1
        else:
            watched.stamp = stamp  # its next change counts
            watched.tries = 0

    def _say(self, text: str) -> None:
        self._context.notifications.error(text)


def _stamp(path: str) -> _Stamp | None:
    try:
        about = os.stat(path)  # noqa: PTH116 - a Path for each of hundreds of files takes longer
    except OSError:
        return None
    return (about.st_mtime_ns, about.st_size)


def _read(stamp: _Stamp, chairs: tuple[Chair, ...]) -> tuple[_Stamp, _Found]:
    """Read a file, which had this stamp, again for its chairs."""
    from voxview.shapes.bits import fingerprint, fingerprint_text
    from voxview.shapes.catalogs.changed import key_of

    found: _Found = []
    for chair in chairs:
        if key_of(chair):
            found.append((chair, f"content {fingerprint_text(fingerprint(chair.read()))}"))
        else:
            found.append((chair, read_again(chair)))
    return stamp, found
