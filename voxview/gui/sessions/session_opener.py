"""Opens a session in the background, and asks for what is missing of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from voxview.counts import counted
from voxview.gui.context.app_context import AppContext
from voxview.gui.session.session_file import SavedSession

if TYPE_CHECKING:
    from voxview.gui.sessions.missing_dialog import MissingDialog
    from voxview.gui.sessions.opening import Opened
    from voxview.shapes.catalogs.catalog import Catalog


class SessionOpener(QObject):
    """One session at a time; until all of it is there, or a person goes on without, nothing is changed."""

    opened = Signal(object, object, str, object)
    """The `State` to put back, the catalogs that were opened for it, the source to list, and the file."""

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._instead: dict[str, Path] = {}
        self.dialog: MissingDialog | None = None
        """What asks for the missing things; None while nothing is."""

    def open(self, saved: SavedSession, path: Path) -> None:
        """Open what a file says."""
        self.stop()
        self._instead = {}
        self._look(saved, path)

    def stop(self) -> None:
        """Close the question."""
        if self.dialog is not None:
            self.dialog.reject()

    def list_folder(self, folder: str, then: Callable[[str, str], None]) -> None:
        """List a folder beside what is listed; then call `then` with it, and with why it could not be."""
        from voxview.shapes.catalogs.open import open_catalog

        def listed(catalog: Catalog) -> None:
            self._context.listing.add_catalog(catalog, show=False)
            then(folder, "")

        self._context.background.run(
            f"Opening {Path(folder).name}", partial(open_catalog, folder), listed, partial(then, folder)
        )

    # ---- inside ---------------------------------------------------------------------------------

    def _look(self, saved: SavedSession, path: Path) -> None:
        from voxview.gui.sessions.opening import look_for

        catalogs = [one for one in self._context.listing.catalogs if Path(one.source).is_absolute()]
        instead = dict(self._instead)
        self._context.background.run(
            f"Opening {path.name}",
            lambda: look_for(saved, catalogs, instead, path.parent),
            partial(self._found, saved, path),
            self._context.notifications.error,
        )

    def _found(self, saved: SavedSession, path: Path, opened: Opened) -> None:
        if opened.missing:
            self._ask(saved, path, opened)
            return
        if self.dialog is not None:
            self.dialog.accept()
        self._take(path, opened)

    def _take(self, path: Path, opened: Opened) -> None:
        self.opened.emit(opened.state, opened.catalogs, opened.listed, path)
        if opened.changed:
            names = ", ".join(chair.name for chair in opened.changed[:3])
            verb = "is" if len(opened.changed) == 1 else "are"
            self._context.notifications.note(
                f"{counted(len(opened.changed), 'chair')} {verb} not as when the session was saved: {names}"
            )

    def _ask(self, saved: SavedSession, path: Path, opened: Opened) -> None:
        from voxview.gui.sessions.missing_dialog import MissingDialog

        if self.dialog is None:
            self.dialog = MissingDialog(path.name, path.parent, self._context.dialog_parent)
            self.dialog.finished.connect(self._forget_dialog)
            self.dialog.chosen.connect(partial(self._choose, saved, path))
            self.dialog.opened_without.connect(lambda: self._open_without(path))
            self.dialog.open()
        self._opened = opened
        self.dialog.show_missing(opened.missing)

    def _choose(self, saved: SavedSession, path: Path, was: str, instead: Path) -> None:
        self._instead[was] = instead
        self._look(saved, path)

    def _open_without(self, path: Path) -> None:
        from dataclasses import replace

        from voxview.gui.sessions.opening import without_missing

        state = without_missing(self._opened, self._context.keeper.take())
        self._take(path, replace(self._opened, state=state))

    def _forget_dialog(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
