"""Coming back: session files, the last state at the start, and the menu of recent sessions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QFileDialog, QMenu

from voxview.errors import VoxViewError
from voxview.gui.context.actions import ActionSpec
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Feature, MenuSpec
from voxview.gui.context.folder_reading import folder_title
from voxview.gui.context.listing import OWN_SOURCES
from voxview.gui.session.history import Step
from voxview.gui.session.session_file import (
    SUFFIX,
    SavedSession,
    Sources,
    read_session,
    session_document,
    unused_folders,
    write_session,
)
from voxview.gui.session.state import State
from voxview.gui.sessions.last_state import LastState, StateFile
from voxview.gui.sessions.recent import RecentMenu
from voxview.gui.sessions.same_weights import SameWeights
from voxview.gui.sessions.session_opener import SessionOpener
from voxview.gui.widgets.save_path import ask_save_path
from voxview.shapes.chair import Chair
from voxview.shapes.io.there import is_folder

if TYPE_CHECKING:
    from voxview.gui.sessions.opening import Opened

STARTS = {"last": "Where I left &off", "first": "With the &first pair", "empty": "&Empty: I choose"}
"""What the window can begin with: the setting's value → the menu's text."""
_NOT_GIVEN = "nothing to save yet: wait for the first blend"


class SessionsFeature(Feature):
    """Saves and opens sessions, and brings the last state back."""

    named = Signal(str)
    """The name of the session that is open; empty: none."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.file: Path | None = None
        """The session that was opened or saved last."""
        folder = context.settings.state_folder
        keeper = context.keeper
        self.state_file = StateFile(
            folder, self._taken, lambda: keeper.kept_step, context.notifications.error, self
        )
        self.opener = SessionOpener(context, self)
        self.opener.opened.connect(self._opened)
        self.recent = RecentMenu(context.settings, self.state_file.before, self.open, context.dialog_parent)
        self._start_menu = self._make_start_menu()
        self._restored: SavedSession | None = None
        """What this start went on from, until what comes late of it is put back."""
        self._same_weights = SameWeights(context, self)
        self._same_weights.known.connect(self.state_file.know_weights)
        context.keeper.rested.connect(self.state_file.write_soon)
        context.session.shown.changed.connect(self._put_late)
        context.session.error.connect(self._put_late)  # where there is no first picture

    @property
    def actions(self) -> Sequence[ActionSpec]:
        """Opening and saving."""
        return (
            ActionSpec(
                "open_session",
                "&File",
                0,
                "Ope&n session…",
                self.open_session,
                "Ctrl+Shift+O",
                tip="Go on where a session was saved: chairs, position, mix, weights, look",
            ),
            ActionSpec(
                "save_session",
                "&File",
                0,
                "Sa&ve session",
                self.save_session,
                "Ctrl+S",
                tip="Save chairs, position, mix, weights and look, to go on from later",
            ),
            ActionSpec(
                "save_session_as",
                "&File",
                0,
                "Save session &as…",
                self.save_session_as,
                "Ctrl+Shift+S",
                tip="Save the session to another file",
            ),
        )

    @property
    def menus(self) -> Sequence[MenuSpec]:
        """The recent sessions, and what a start begins with."""
        return (
            MenuSpec("&File", self.recent, "save_session"),
            MenuSpec("&File", self._start_menu, "quit"),
        )

    def stop(self) -> None:
        """Drop what is being opened."""
        self.opener.stop()

    def remember(self) -> None:
        """Write the state for the next start."""
        self.context.keeper.flush()
        self.state_file.close()

    # ---- the start ------------------------------------------------------------------------------

    def begin(self, session: Path | None, data: Path | None, *, is_bare: bool) -> SavedSession | None:
        """Put back what this start goes on from, and return it; None: it begins with the first pair.

        `session` is a file that was named, `data` a folder; `is_bare`: no chairs were named. Chairs of
        folders are read when they are wanted: A and B are on screen as soon as those of any other start.
        """
        last = self._last_state()
        if session is not None:
            self.state_file.keep_aside()
            return self._begin_with_file(session)
        goes_on = is_bare and self.context.settings.text("start") == "last"
        if last is not None and goes_on and (data is None or _has_folder(last.saved, data)):
            self._put_at_start(last.saved, last.before)
            if not last.was_closed:
                self.context.notifications.note(
                    "VoxView ended unexpectedly the last time: this is where you were"
                )
            return last.saved
        self.state_file.keep_aside()
        if last is not None and not last.was_closed:
            self.context.notifications.offer(
                "VoxView ended unexpectedly the last time: what you made is kept",
                "Go back there",
                partial(self.open, self.state_file.before),
            )
        return None

    def _last_state(self) -> LastState | None:
        try:
            return self.state_file.open()
        except VoxViewError as error:
            self.context.notifications.error(str(error))
            return None

    def _begin_with_file(self, path: Path) -> SavedSession | None:
        """Put back a session that was named, if all is there; else it is opened after the first pair."""
        try:
            saved = read_session(path)
        except VoxViewError as error:
            self.context.notifications.error(str(error))
            return None
        if all(is_folder(folder) for folder in saved.sources.folders) and saved.state.a and saved.state.b:
            self._put_at_start(saved)
            self._name(path)
            return saved
        self._open(saved, path)
        return None

    def _put_at_start(self, saved: SavedSession, before: Step | None = None) -> None:
        self._restored = saved
        self.context.keeper.put_at_start(saved.state, before)
        self._same_weights.expect(saved.state.weights, saved.weights_fingerprint)
        listed = saved.sources.listed
        if listed in saved.sources.folders and is_folder(listed):
            self.context.listing.wait_for(folder_title(listed))

    def _put_late(self) -> None:
        """After the first picture of a start: open the folders that were open, the page, the camera."""
        saved, self._restored = self._restored, None
        if saved is None:
            return
        self.context.keeper.put_late(saved.state)
        for folder in unused_folders(saved.sources, [one.source for one in self.context.listing.catalogs]):
            self.opener.list_folder(folder, partial(self._listed_at_start, saved))
        self._list_source(saved.sources.listed)

    def _listed_at_start(self, saved: SavedSession, folder: str, error: str) -> None:
        if not error:
            self.context.changes.use_listed()
            self._list_source(saved.sources.listed)
            return
        text = f"{error}. Its chairs are shown as they were kept"
        self.context.notifications.offer(
            text, "Find it…", lambda: self.opener.open(saved, "Find the chairs", file=self.file)
        )

    def _list_source(self, source: str) -> None:
        listing = self.context.listing
        place = next((i for i, one in enumerate(listing.catalogs) if one.source == source), None)
        if place is not None and listing.catalogs[place] is not listing.catalog:
            listing.show_catalog(place)
        self.reveal.emit(self.context.session.selection.a)

    # ---- files ----------------------------------------------------------------------------------

    def open_session(self) -> None:
        """Ask for a session, and open it."""
        name, _ = QFileDialog.getOpenFileName(
            self.context.dialog_parent,
            "Open session",
            str(self._folder),
            f"Sessions (*{SUFFIX});;All files (*)",
        )
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Open a session; what is missing of it is listed, and whatever fails leaves the window as it was."""
        try:
            saved = read_session(path)
        except VoxViewError as error:
            self.context.notifications.error(str(error))
        else:
            self._open(saved, path)

    def go_to(self, saved: SavedSession, title: str) -> None:
        """Go to what was kept elsewhere than in a session file."""
        self.opener.open(saved, title)

    def save_session(self) -> None:
        """Save to the file that was opened or saved last; ask for one where there is none."""
        if self.file is None:
            self.save_session_as()
        else:
            self.save_to(self.file)

    def save_session_as(self) -> None:
        """Ask for a file, and save there."""
        a, b = self.context.session.selection.pair
        if a is None or b is None:
            self.context.notifications.note(_NOT_GIVEN)
            return
        suggested = self.file or self._folder / f"{_file_name(a, b)}{SUFFIX}"
        path = ask_save_path(
            self.context.dialog_parent, "Save session", suggested, {SUFFIX: "VoxView session"}
        )
        if path is not None:
            self.save_to(path)

    def save_to(self, path: Path) -> None:
        """Save the present state; chairs are read for their fingerprints, so in the background."""
        self.context.keeper.flush()
        state, sources = self._taken()
        fingerprint = self.state_file.weights_fingerprint

        def write() -> None:
            write_session(path, session_document(state, sources, weights_fingerprint=fingerprint))

        def written(_: object) -> None:
            self._name(path)
            self.context.notifications.note(f"the session is in {path}")

        self.context.background.run(f"Saving {path.name}", write, written, self.context.notifications.error)

    def _open(self, saved: SavedSession, path: Path) -> None:
        if path == self.state_file.before:
            self.opener.open(saved, "The last time")
        else:
            self.opener.open(saved, f"Open {path.stem}", file=path)

    # ---- inside ---------------------------------------------------------------------------------

    @property
    def _folder(self) -> Path:
        """Where sessions are: that of the last one, else the person's home, never a folder of data."""
        files = [
            path for path in (self.file, *self.recent.files) if path is not None and is_folder(path.parent)
        ]
        return files[0].parent if files else Path.home()

    def _taken(self) -> tuple[State, Sources]:
        listing = self.context.listing
        folders = tuple(one.source for one in listing.catalogs if one.source not in OWN_SOURCES)
        kept = tuple(
            folder
            for folder in (self._restored.sources.folders if self._restored else ())
            if folder not in folders
        )
        listed = listing.catalog.source if listing.catalog else ""
        state = self.context.keeper.take()
        if self._restored is not None:  # what comes late is not there yet, and is not to be lost
            state = self.context.keeper.with_late(state, self._restored.state)
            listed = self._restored.sources.listed
        return state, Sources((*folders, *kept), listed)

    def _opened(self, opened: Opened, title: str, file: Path | None) -> None:
        """Put a session's state back, as one step that can be undone."""
        self._restored = None  # what the start went on from comes no more
        catalogs, listed = opened.catalogs, opened.listed
        for catalog in catalogs:
            self.context.listing.add_catalog(catalog, show=False)
        self.context.listing.clear_search()
        self.context.keeper.put(opened.state, title)
        self._same_weights.expect(opened.state.weights, opened.made_with)
        self._list_source(listed)
        self.context.listing.stop_waiting()
        if file is not None:
            self._name(file)

    def _name(self, path: Path) -> None:
        self.file = path.absolute()
        self.recent.add(self.file)
        self.named.emit(path.stem)

    def _make_start_menu(self) -> QMenu:
        menu = QMenu("Start &with", self.context.dialog_parent)
        group = QActionGroup(self)
        for name, text in STARTS.items():
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(name == self.context.settings.text("start"))
            action.triggered.connect(lambda _=False, name=name: self.context.settings.remember("start", name))
            group.addAction(action)
        return menu


def _has_folder(saved: SavedSession, data: Path) -> bool:
    """Return whether a session is about the chairs of a folder, or of one below it."""
    whole = data.absolute()
    return any(Path(folder).is_relative_to(whole) for folder in saved.sources.folders)


def _file_name(a: Chair, b: Chair) -> str:
    """Return what a session of two chairs is called, if they are called nothing else."""
    name = f"{a.name} to {b.name}"
    return "".join(letter if letter.isalnum() or letter in " -_()" else "-" for letter in name)[:80]
