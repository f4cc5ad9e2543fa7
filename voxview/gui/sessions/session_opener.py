"""Opens a session in the background, and asks for what is missing of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from voxview.counts import counted
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.folder_reading import read_folder
from voxview.gui.context.listing import OWN_SOURCES
from voxview.gui.session.session_file import SavedSession

if TYPE_CHECKING:
    from voxview.gui.sessions.missing_dialog import MissingDialog
    from voxview.gui.sessions.opening import Opened
    from voxview.shapes.catalogs.catalog import Catalog


class SessionOpener(QObject):
    """One session at a time; until all of it is there, or a person goes on without, nothing is changed."""

    opened = Signal(object, str, object)
    """What was `Opened`, what the step is called, and the session's file, if it has one."""

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._wanted: _Wanted | None = None
        self.dialog: MissingDialog | None = None
        """What lists the missing things; None while nothing is missing."""

    def open(self, saved: SavedSession, title: str, file: Path | None = None) -> None:
        """Open what was saved; `title` is what the step is called."""
        self.stop()
        self._wanted = _Wanted(saved, title, file)
        self._look()

    def stop(self) -> None:
        """Want nothing any more."""
        self._wanted = None
        if self.dialog is not None:
            self.dialog.reject()

    def list_folder(self, folder: str, then: Callable[[str, str], None]) -> None:
        """List a folder beside what is listed; then call `then` with it, and with why it could not be."""

        def listed(catalog: Catalog) -> None:
            self._context.listing.add_catalog(catalog, show=False)
            if catalog.notice:
                self._context.notifications.note(catalog.notice)
            then(folder, "")

        read_folder(self._context, Path(folder), listed, partial(then, folder))

    # ---- inside ---------------------------------------------------------------------------------

    def _look(self) -> None:
        """Look for everything that is wanted, in the background."""
        from voxview.gui.sessions.opening import look_for

        wanted = self._wanted
        if wanted is None:
            return
        catalogs = [one for one in self._context.listing.catalogs if one.source not in OWN_SOURCES]
        beside = None if wanted.file is None else wanted.file.parent
        instead = dict(wanted.instead)
        self._context.background.run(
            wanted.title,
            lambda: look_for(wanted.saved, catalogs, instead, beside),
            partial(self._found, wanted),
            self._context.notifications.error,
        )

    def _found(self, wanted: _Wanted, opened: Opened) -> None:
        if wanted is not self._wanted:
            return  # another one is wanted since
        if opened.missing:
            self._list_missing(wanted, opened)
            return
        self._take(wanted, opened)
        self.stop()

    def _take(self, wanted: _Wanted, opened: Opened) -> None:
        self.opened.emit(opened, wanted.title, wanted.file)
        if opened.changed:
            names = ", ".join(chair.name for chair in opened.changed[:3])
            verb = "is" if len(opened.changed) == 1 else "are"
            self._context.notifications.note(
                f"{counted(len(opened.changed), 'chair')} {verb} not as when the session was saved: {names}"
            )

    def _list_missing(self, wanted: _Wanted, opened: Opened) -> None:
        from voxview.gui.sessions.missing_dialog import MissingDialog

        wanted.opened = opened
        if self.dialog is None:
            folder = self._context.settings.folder if wanted.file is None else wanted.file.parent
            self.dialog = MissingDialog(wanted.title, folder, self._context.dialog_parent)
            self.dialog.finished.connect(self._forget_dialog)
            self.dialog.chosen.connect(self._choose)
            self.dialog.opened_without.connect(self._open_without)
            self.dialog.open()
        self.dialog.show_missing(opened.missing)

    def _choose(self, was: str, instead: Path) -> None:
        if self._wanted is not None:
            self._wanted.instead[was] = instead
            self._look()

    def _open_without(self) -> None:
        from voxview.gui.sessions.opening import without_missing

        wanted = self._wanted
        if wanted is not None and wanted.opened is not None:
            state = without_missing(wanted.opened, self._context.keeper.take())
            self._take(wanted, replace(wanted.opened, state=state))

    def _forget_dialog(self) -> None:
        self._wanted = None
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None


@dataclass(eq=False)
class _Wanted:
    """A session that is being opened, and what a person chose for what is missing of it."""

    saved: SavedSession
    title: str
    file: Path | None
    instead: dict[str, Path] = field(default_factory=dict)
    opened: Opened | None = None
    """What was found so far."""
