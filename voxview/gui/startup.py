"""Start-up after the first paint: list the chairs, draw A and B, start the engine, import VTK."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from voxview.gui import preflight
from voxview.gui.blend.view import ChairsView
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.folder_reading import folder_title
from voxview.gui.files.feature import FilesFeature
from voxview.gui.session.chair_records import kept_grid
from voxview.gui.session.session_file import is_session_name
from voxview.gui.sessions.feature import SessionsFeature
from voxview.shapes.chair import Chair

if TYPE_CHECKING:
    from voxview.engine.engine import Engine
    from voxview.gui.blend.scene import Scene
    from voxview.shapes.frame import Grid

_CLOSING_SECONDS = 0.2
_DRAWN_AT_LAST_MS = 3000
"""A window that opens minimised draws nothing, and its engine starts all the same."""


class Startup(QObject):
    """Runs these one after the other, because imports hold each other up: what is seen first comes first.

    A and B need NumPy, the blend PyTorch, and to turn the chairs VTK and PyVista.
    """

    _imported = Signal(object)

    def __init__(
        self, context: AppContext, view: ChairsView, files: FilesFeature, sessions: SessionsFeature
    ) -> None:
        super().__init__(context.session)
        self._context, self._view, self._files, self._sessions = context, view, files, sessions
        self._build_engine: Callable[[], Engine] | None = None
        self._weights = ""
        self._thread: threading.Thread | None = None
        self._stopped = self._engine_started = False
        self._imported.connect(self._build_scene, Qt.ConnectionType.QueuedConnection)

    def start(
        self,
        files: list[Path],
        data: Path | None,
        build_engine: Callable[[], Engine] | None = None,
        weights: str | None = None,
    ) -> None:
        """Begin; `files`, `data` and `weights` are what the command line named. Without weights it is those
        of the session that comes back, or that were chosen last. One session among the files comes back.
        """
        self._build_engine = build_engine
        self._view.pictures.prepare()
        self._view.drawn.connect(self._go_on)
        self._context.session.error.connect(self._import_scene)
        QTimer.singleShot(_DRAWN_AT_LAST_MS, self, self._start_engine)
        from voxview.shapes.catalogs.samples import sample_catalog

        samples, selection = sample_catalog(), self._context.session.selection
        self._context.listing.add_catalog(samples)
        selection.readable_pair = samples[0], samples[1]  # to go back to if a first pair is broken
        session = next((file for file in files if is_session_name(file)), None)
        files = [file for file in files if not is_session_name(file)]
        saved = self._sessions.begin(session, data, is_bare=not files)
        if saved is None and self._context.settings.text("start") != "empty":
            selection.choose(a=samples[0], b=samples[1])
        if (aside := self._context.settings.damaged) is not None:
            self._context.notifications.error(
                f"the settings were damaged: what can be read of them counts, and the damaged file is {aside}"
            )
        self.say_what_is_not_kept()
        self._weights = weights or self._context.keeper.weights
        if data is not None:
            self._context.listing.wait_for(folder_title(data))
            self._files.open(data, then_pair=not files and saved is None)
        if files:
            self._files.import_all(files, then_pair=True)
        self._read_pair()

    def say_what_is_not_kept(self) -> None:
        """Say that settings and what is beside them cannot be written, if so."""
        settings = self._context.settings
        if not settings.is_kept:
            self._context.notifications.note(
                f"{settings.state_folder} cannot be written: settings, bookmarks and where you are last "
                "until the window is closed"
            )

    def stop(self) -> None:
        """Wait a moment for the import to end; nothing is built after it."""
        self._stopped = True
        if self._thread is not None:
            self._thread.join(_CLOSING_SECONDS)

    # ---- A and B --------------------------------------------------------------------------------

    def _read_pair(self) -> None:
        """Read the selected pair, after files that the command line named."""
        chairs = [chair for chair in self._context.session.selection.pair if chair is not None]
        if not chairs:
            self._wait_for_pair()
        self._context.background.run(
            "Reading",
            lambda: [(chair, _first_grid(chair)) for chair in chairs],
            self._take_read,
            lambda _: self._start_engine(),  # what cannot be read is reported when the engine meets it
        )

    def _wait_for_pair(self) -> None:
        """Say what to do where a start is to be empty; the list has its pictures without a blend."""
        self._view.say("Choose two chairs in the list: A and B")
        self._context.thumbnails.scale = self._view.devicePixelRatioF()
        self._context.thumbnails.start()
        self._start_engine()

    def _take_read(self, read: list[tuple[Chair, Grid]]) -> None:
        pair, shown = self._context.session.selection.pair, self._context.session.shown
        if tuple(chair for chair, _ in read) == pair:
            shown.take_read(*read)
        elif shown.chairs is None and None not in pair:
            self._read_pair()  # another one has been selected since

    # ---- the engine, then VTK -------------------------------------------------------------------

    def _go_on(self) -> None:
        """Begin with what comes next: a picture is on screen."""
        self._start_engine()
        if self._context.session.shown.result is not None:
            self._import_scene()

    def _start_engine(self) -> None:
        if not (self._engine_started or self._stopped):
            self._engine_started = True
            session = self._context.session
            session.start(self._build_engine, self._weights)
            session.engine.hold_idle_work(self._view.is_starting, "start")

    def _import_scene(self) -> None:
        """Import VTK, once: after the first blend, or where there is none."""
        self._view.drawn.disconnect(self._go_on)
        self._context.session.error.disconnect(self._import_scene)
        if not self._view.has_opengl:
            self._view.stay_flat(preflight.flat_reason())
            return
        self._thread = threading.Thread(target=self._import, name="voxview-import", daemon=True)
        self._thread.start()

    def _import(self) -> None:
        """Import only: Qt's and VTK's objects are made on the GUI thread."""
        try:
            from voxview.gui.blend import scene
        except Exception as error:
            self._imported.emit(error)
        else:
            self._imported.emit(scene.Scene)

    def _build_scene(self, scene: type[Scene] | Exception) -> None:
        if self._stopped:
            return
        if isinstance(scene, Exception):
            self._view.stay_flat(f"{scene}; install VoxView again")
        else:
            self._view.build_scene(scene)
        self._context.session.engine.hold_idle_work(False, "start")


def _first_grid(chair: Chair) -> Grid:
    """Return what is shown of a chair first: what was kept of it is there before its file has been read."""
    kept = kept_grid(chair)
    return chair.read() if kept is None else kept
