"""Bookmarks: a key adds what is shown now, a click on one goes back there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal

from voxview.engine.latent_request import LatentResult
from voxview.engine.mix import MixResult
from voxview.errors import VoxViewError
from voxview.gui import theme
from voxview.gui.context.actions import ActionSpec
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Destination, Feature
from voxview.gui.context.listing import OWN_SOURCES
from voxview.gui.session.session_file import Sources, chairs_of, session_document
from voxview.gui.session.state import State
from voxview.gui.session.titles import mix_title

if TYPE_CHECKING:
    from voxview.gui.bookmarks.dialog import BookmarksDialog
    from voxview.gui.bookmarks.shelf import Bookmark
    from voxview.gui.session.shown import Result
    from voxview.shapes.frame import Field

_PIXELS = 192
"""Of a picture along each side: twice those of the list, for sharp screens."""


class BookmarksFeature(Feature):
    """Keeps bookmarks in a file of their own: they stay whatever session is open."""

    going = Signal(object, str)
    """A `SavedSession` to open, and what its step is called."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.dialog: BookmarksDialog | None = None
        """The list; None while it is closed."""
        self._is_wanted = False
        """Whether one is to be added once the selected pair is on screen."""
        context.session.shown.waiting_changed.connect(self._add_wanted)
        self._read: list[Bookmark] | None = None

    @property
    def actions(self) -> Sequence[ActionSpec]:
        """Adding one, and the list."""
        return (
            ActionSpec(
                "add_bookmark",
                "&Edit",
                2,
                "&Add a bookmark",
                self.add,
                "Ctrl+D",
                tip="Keep what is shown now, with a picture and a name, to come back to it",
            ),
            ActionSpec(
                "bookmarks",
                "&Edit",
                2,
                "&Bookmarks…",
                self.show_bookmarks,
                "Ctrl+Shift+D",
                tip="List the bookmarks: click one to go there",
            ),
        )

    def destinations(self) -> Sequence[Destination]:
        """Return the bookmarks."""
        return [
            Destination("Bookmark", one.name, partial(self.go, place))
            for place, one in enumerate(self.bookmarks)
        ]

    @property
    def bookmarks(self) -> list[Bookmark]:
        """All of them, read when they are first used; a file that is damaged is set aside."""
        from voxview.gui.bookmarks.shelf import read_bookmarks

        if self._read is None:
            self._read = []
            try:
                self._read = read_bookmarks(self.context.settings.state_folder)
            except VoxViewError as error:
                self.context.notifications.error(str(error))
        return self._read

    def add(self) -> None:
        """Keep what is shown now; chairs are read for it, so in the background."""
        from voxview.gui.bookmarks.shelf import MOST_BOOKMARKS

        shown = self.context.session.shown
        self._is_wanted = shown.is_waiting
        if self._is_wanted:
            return  # for the picture of what is selected
        result = shown.result
        if self.context.session.selection.is_pointing:
            self.context.notifications.note("a place on the map is no chair yet: click it first")
            return
        if result is None:
            self.context.notifications.note("there is nothing to mark yet: wait for the first blend")
            return
        if len(self.bookmarks) >= MOST_BOOKMARKS:
            self.context.notifications.error(f"there are {MOST_BOOKMARKS} bookmarks: remove one first")
            return
        self.context.keeper.flush()
        state = _alone(self.context.keeper.take())
        folders = tuple(one.source for one in self.context.listing.catalogs if one.source not in OWN_SOURCES)
        name = _name_of(state, result)
        self.context.background.run(
            "Adding a bookmark",
            partial(_make, name, state, folders, result.field),
            self._added,
            self.context.notifications.error,
        )

    def show_bookmarks(self) -> None:
        """List the bookmarks beside the window, which can be used meanwhile."""
        from voxview.gui.bookmarks.dialog import BookmarksDialog

        if self.dialog is None:
            self.dialog = BookmarksDialog(self.context.dialog_parent)
            self.dialog.added.connect(self.add)
            self.dialog.chosen.connect(self.go)
            self.dialog.renamed.connect(self._rename)
            self.dialog.removed.connect(self._remove)
            self.dialog.finished.connect(self._forget_dialog)
        self.dialog.show_bookmarks(self.bookmarks)
        self.dialog.show()
        self.dialog.activateWindow()

    def go(self, place: int) -> None:
        """Go back to a bookmark."""
        if not 0 <= place < len(self.bookmarks):
            return
        bookmark = self.bookmarks[place]
        try:
            saved = bookmark.saved
            kept = (*self.context.listing.imported, *saved.state.imported)  # it takes nothing off the list
            state = replace(saved.state, imported=tuple(dict.fromkeys(kept)))
            self.going.emit(replace(saved, state=state), bookmark.name)
        except VoxViewError as error:
            self.context.notifications.error(str(error))

    def stop(self) -> None:
        """Close the list."""
        if self.dialog is not None:
            self.dialog.reject()

    # ---- inside ---------------------------------------------------------------------------------

    def _add_wanted(self, is_waiting: bool) -> None:
        if self._is_wanted and not is_waiting:
            QTimer.singleShot(0, self, self.add)  # the pair is there, and its blend comes with it

    def _added(self, bookmark: Bookmark) -> None:
        if self._change(lambda kept: [*kept, bookmark]):
            self.context.notifications.note(f"“{bookmark.name}” is a bookmark now")

    def _rename(self, place: int, name: str) -> None:
        before = self.bookmarks[place]
        renamed = replace(before, name=name.strip() or before.name)
        self._change(lambda kept: [renamed if one.is_like(before) else one for one in kept])

    def _remove(self, place: int) -> None:
        if 0 <= place < len(self.bookmarks):
            gone = self.bookmarks[place]
            self._change(lambda kept: [one for one in kept if not one.is_like(gone)])

    def _change(self, change: Callable[[list[Bookmark]], list[Bookmark]]) -> bool:
        """Change what is in the file, and list it; return whether it could be read and written.

        It is read first: another window may have changed it since.
        """
        from voxview.gui.bookmarks.shelf import change_bookmarks

        try:
            changed = change_bookmarks(self.context.settings.state_folder, change)
            self._read = changed
            if self.dialog is not None:
                self.dialog.show_bookmarks(changed)
        except VoxViewError as error:
            self.context.notifications.error(f"the bookmarks are not kept: {error}")
            return False
        return True

    def _forget_dialog(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None


def _name_of(state: State, result: Result) -> str:
    """Return what a bookmark is called until a person renames it."""
    if isinstance(result, MixResult):
        return mix_title(result.request)
    if isinstance(result, LatentResult):
        return result.request.name
    names = " – ".join(chair.name for chair in (state.a, state.b) if chair is not None)
    return f"{names}, t = {state.t:.2f}"


def _alone(state: State) -> State:
    """Return a state without the imports that it does not use, and without the page."""
    used = chairs_of(replace(state, imported=()))
    imported = tuple(chair for chair in state.imported if chair in used)
    return replace(state, imported=imported).without("page")


def _make(name: str, state: State, folders: tuple[str, ...], field: Field) -> Bookmark:
    from io import BytesIO

    from PIL import Image

    from voxview.gui.bookmarks.shelf import Bookmark
    from voxview.surface.picture import render_chair

    used = {chair.source for chair in chairs_of(state)}
    sources = Sources(tuple(folder for folder in folders if folder in used))
    document = session_document(state, sources, with_grids=True)
    colour = theme.blend_colour(state.t)
    pixels = render_chair(field, (_PIXELS, _PIXELS), color=(colour.red(), colour.green(), colour.blue()))
    png = BytesIO()
    Image.fromarray(pixels).save(png, "PNG")
    return Bookmark(name, png.getvalue(), document)
