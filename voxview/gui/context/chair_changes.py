"""What a person changes about chairs: their names, how they stand, which are listed.

Of a folder's chairs it is kept in the folder's sidecar (`shapes.catalogs.sidecar`), of imports in the state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from voxview.counts import counted
from voxview.gui.context.background import BackgroundTasks
from voxview.gui.context.keeping import Keeper
from voxview.gui.context.listing import Listing
from voxview.gui.context.notifications import Notifications
from voxview.gui.session.session import Session
from voxview.gui.session.state import Aspect, Plain
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.change import AS_IN_FILE, Change, Changes, usable_name
from voxview.shapes.catalogs.changed import changed_catalog, key_of
from voxview.shapes.chair import Chair

if TYPE_CHECKING:  # the bare window must not wait for NumPy
    from voxview.shapes.catalogs.sidecar import Kept

_CLOSING_SECONDS = 2.0


class ChairChanges(QObject):
    """Owner of these changes: lists them, writes them, and has A and B be what they are now.

    Each is one step. What a step put back is compared with is what the folder had when it was first opened:
    to open a folder is no step.
    """

    def __init__(
        self,
        session: Session,
        listing: Listing,
        keeper: Keeper,
        notifications: Notifications,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._listing, self._keeper = session, listing, keeper
        self._notifications = notifications
        self._writer = BackgroundTasks(self)
        self._first: dict[str, Changes] = {}
        """By source what was changed when the folder was opened."""
        self._contents: dict[str, dict[str, str]] = {}
        """By source and key the marks of files that hold something else than when they were listed."""
        self._seen: list[Changes] = []
        self._value: Plain = ()
        self._is_listing = False
        self._elsewhere: set[str] = set()
        """The folders of which it was said that they cannot be written."""
        listing.catalogs_changed.connect(self._mark_contents)
        keeper.register(
            Aspect(
                "folder chairs",
                self._take,
                self._put,
                lambda value: isinstance(value, tuple),
                lambda _: "Chairs of a folder",
                is_in_files=False,
            )
        )

    # ---- what the person does -------------------------------------------------------------------

    def change_of(self, chair: Chair) -> Change | None:
        """Return what is changed about a chair of a folder; None of any other."""
        catalog = self._listing.catalog_of(chair)
        return None if catalog is None else catalog.changes.get(_key(catalog, chair), AS_IN_FILE)

    def can_rename(self, chair: Chair) -> bool:
        """Return whether a chair can have another name, and be removed: not one of the samples."""
        return chair in self._listing.imported or self._listing.catalog_of(chair) is not None

    def rename(self, chair: Chair, text: str) -> None:
        """Give a chair another name; without one, a chair of a folder has that of its file again."""
        name, catalog = usable_name(text), self._listing.catalog_of(chair)
        if name == chair.name or not self.can_rename(chair):
            return
        if catalog is not None:
            file = catalog.files.get(chair.id) if catalog.files is not None else None
            own = "" if file is not None and name == file.name else name
            title = f"Rename {chair.name}"
            self._keeper.step(title, lambda: self._change(catalog, [chair], name=own))
        elif name:
            now = replace(chair, name=name, version=f"called {name}")
            self.replace_imported(chair, now, f"Rename {chair.name}")

    def replace_imported(self, chair: Chair, now: Chair, title: str) -> None:
        """Have an import be another chair, in its place; the step is called `title`."""
        self._keeper.step(title, lambda: self._replace_imported(chair, now))

    def turn(self, chairs: Sequence[Chair], up: str, turn: int) -> None:
        """Have chairs of one folder stand so, seen from how their files have them."""
        catalog = self._listing.catalog_of(chairs[0])
        if catalog is not None:
            title = f"Turn {_called(chairs)}"
            self._keeper.step(title, lambda: self._change(catalog, chairs, up=up, turn=turn))

    def remove(self, chairs: Sequence[Chair]) -> None:
        """Take chairs off their list; files stay, and so do A and B on screen. It can be undone."""
        gone = [chair for chair in chairs if self.can_rename(chair) and not self._listing.is_removed(chair)]
        if not gone:
            self._notifications.note(
                "chairs of a folder and imported ones can be removed from the list, the sample chairs cannot"
            )
            return
        self._keeper.step(f"Remove {_called(gone)}", lambda: self._remove(gone))
        self._notifications.offer(f"{_called(gone)} removed from the list", "Undo", self._undo_of_last())

    def bring_back(self, chairs: Sequence[Chair]) -> None:
        """List those of some chairs again that were removed; where none were, all of the listed folder's."""
        catalog = self._listing.catalog
        removed = [chair for chair in chairs if self._listing.is_removed(chair)]
        removed = removed or list(catalog.removed if catalog is not None else ())
        if catalog is None or not removed:
            self._notifications.note("no chair of this list was removed")
            return
        title = f"Bring {_called(removed)} back"
        self._keeper.step(title, lambda: self._change(catalog, removed, removed=False))
        verb = "is" if len(removed) == 1 else "are"
        self._notifications.note(f"{_called(removed)} {verb} in the list again")

    def _undo_of_last(self) -> Callable[[], None]:
        """Return what undoes the last step as long as it is the last one."""
        history = self._keeper.history
        last = history.place, history.steps[history.place].title

        def undo() -> None:
            if (history.place, history.steps[history.place].title) == last:
                self._keeper.undo()
            else:
                self._notifications.note("something else was done since: Edit, Undo goes back step by step")

        return undo

    # ---- what happens to files ------------------------------------------------------------------

    def note_content(self, chair: Chair, mark: str) -> bool:
        """Have a chair of a folder be another one: its file was written, and `mark` tells what it holds.

        Return whether it is another one: not where the mark is the one that it had already.
        """
        catalog = self._listing.catalog_of(chair)
        if catalog is None:
            return False
        marks, key = self._contents.setdefault(catalog.source, {}), _key(catalog, chair)
        if marks.get(key) == mark:
            return False
        marks[key] = mark
        self._list(catalog, catalog.changes)
        self.use_listed()
        return True

    def use_listed(self) -> None:
        """Have A and B be what their folders list now, where that is another version of the same chair."""
        pair = self._session.selection.pair
        now = [None if one is None else self._listing.now(one) for one in pair]
        a, b = (new if new != old else None for new, old in zip(now, pair, strict=True))
        if a is not None or b is not None:
            self._session.selection.choose(a=a, b=b)

    def finish(self) -> None:
        """Wait for what is being written."""
        self._writer.wait(_CLOSING_SECONDS)

    # ---- inside ---------------------------------------------------------------------------------

    def _change(self, catalog: Catalog, chairs: Sequence[Chair], **fields: Any) -> None:
        """Change something about chairs of a folder."""
        changes = dict(catalog.changes)
        for chair in chairs:
            key = _key(catalog, chair)
            changes[key] = replace(changes.get(key, AS_IN_FILE), **fields)
        self._set(catalog, changes)
        self.use_listed()

    def _set(self, catalog: Catalog, changes: Changes) -> None:
        """List a folder's chairs with these changes, and keep them."""
        changes = {key: change for key, change in changes.items() if change != AS_IN_FILE}
        updates = _difference(changes, catalog.changes)
        self._list(catalog, changes)
        if updates:
            self._write(catalog.source, updates)

    def _list(self, catalog: Catalog, changes: Changes) -> None:
        if catalog.files is not None:
            now = changed_catalog(catalog.files, changes, self._contents.get(catalog.source))
            self._is_listing = True
            self._listing.add_catalog(now, show=False)
            self._is_listing = False

    def _mark_contents(self, place: int) -> None:
        """Mark the files that hold something else by now in a folder that was opened again, too."""
        catalog = self._listing.catalogs[place]
        if catalog.source in self._contents and not self._is_listing:
            self._list(catalog, catalog.changes)

    def _remove(self, gone: Sequence[Chair]) -> None:
        imported = self._listing.imported
        if any(chair in imported for chair in gone):
            self._listing.set_imported([chair for chair in imported if chair not in gone])
        of_folder = [chair for chair in gone if chair not in imported]
        catalog = self._listing.catalog_of(of_folder[0]) if of_folder else None
        if catalog is not None:
            self._change(catalog, of_folder, removed=True)

    def _replace_imported(self, chair: Chair, now: Chair) -> None:
        # One that was imported as it stands now, too, makes room for this one.
        others = [one for one in self._listing.imported if one == chair or one.id != now.id]
        self._listing.set_imported([now if one == chair else one for one in others])
        a, b = (now if one == chair else None for one in self._session.selection.pair)
        if a is not None or b is not None:
            self._session.selection.choose(a=a, b=b)

    # ---- steps ----------------------------------------------------------------------------------

    def _take(self) -> Plain:
        """Return what is different from when the folders were opened, a tuple a folder."""
        catalogs = [one for one in self._listing.catalogs if one.files is not None]
        seen = [catalog.changes for catalog in catalogs]
        if len(seen) != len(self._seen) or any(a is not b for a, b in zip(seen, self._seen, strict=True)):
            differences = {
                one.source: _difference(one.changes, self._first.setdefault(one.source, one.changes))
                for one in catalogs
            }
            self._seen = seen
            self._value = tuple((source, _plain(some)) for source, some in differences.items() if some)
        return self._value

    def _put(self, value: Any) -> None:
        wanted = {source: {key: Change(*rest) for key, *rest in entries} for source, entries in value}
        for catalog in [one for one in self._listing.catalogs if one.files is not None]:
            first = self._first.setdefault(catalog.source, catalog.changes)
            target = {**first, **wanted.get(catalog.source, {})}
            if _difference(target, catalog.changes):
                self._set(catalog, target)

    # ---- files ----------------------------------------------------------------------------------

    def _write(self, source: str, updates: Changes) -> None:
        def work() -> Kept:
            from voxview.shapes.catalogs.sidecar import write_changes

            return write_changes(Path(source), updates)

        def failed(message: str) -> None:
            self._notifications.error(f"what you changed is not kept for the next time: {message}")

        self._writer.run("Keeping changes", work, self._say_kept(source), failed)

    def _say_kept(self, source: str) -> Callable[[Kept], None]:
        """Return what says where changes are, if that is not where one would look."""

        def say(kept: Kept) -> None:
            name = Path(source).name or source
            if kept.aside:
                self._notifications.note(
                    f"{name}: what could not be used is kept as {kept.aside[0].name}, "
                    f"and your changes are in {kept.file.name}"
                )
            elif not kept.is_beside and source not in self._elsewhere:
                self._elsewhere.add(source)
                self._notifications.note(
                    f"the folder {name} cannot be written: what you change about its chairs is in {kept.file}"
                )

        return say


def _key(catalog: Catalog, chair: Chair) -> str:
    """Return the key of a chair: by how the catalog lists it, as one that came back knows no file's name."""
    listed = catalog.files.get(chair.id) if catalog.files is not None else None
    return key_of(listed or chair)


def _difference(changes: Changes, before: Changes) -> dict[str, Change]:
    """Return the changes that differ, as they are now."""
    keys = changes.keys() | before.keys()
    differ = (key for key in keys if changes.get(key, AS_IN_FILE) != before.get(key, AS_IN_FILE))
    return {key: changes.get(key, AS_IN_FILE) for key in sorted(differ)}


def _plain(changes: Mapping[str, Change]) -> Plain:
    return tuple((key, one.name, one.up, one.turn, one.removed) for key, one in changes.items())


def _called(chairs: Sequence[Chair]) -> str:
    return chairs[0].name if len(chairs) == 1 else counted(len(chairs), "chair")
