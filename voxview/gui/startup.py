"""Start-up after the first paint: list the chairs, import VTK, make scene and engine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from voxview.gui.blend.view import ChairsView, surface_of
from voxview.gui.context.app_context import AppContext
from voxview.gui.files.feature import FilesFeature

if TYPE_CHECKING:
    from voxview.engine.engine import Engine


_CLOSING_SECONDS = 0.3


class Startup(QObject):
    """Runs these one after the other, because imports hold each other up: VTK first, torch takes longer."""

    _imported = Signal(object)

    def __init__(self, context: AppContext, view: ChairsView, files: FilesFeature) -> None:
        super().__init__(context.session)
        self._context, self._view, self._files = context, view, files
        self._build_engine: Callable[[], Engine] | None = None
        self._weights = ""
        self._thread: threading.Thread | None = None
        self._stopped = False
        self._imported.connect(self._build_scene, Qt.ConnectionType.QueuedConnection)

    def start(
        self,
        files: list[Path],
        data: Path | None,
        build_engine: Callable[[], Engine] | None = None,
        weights: str | None = None,
    ) -> None:
        """Begin; `files`, `data` and `weights` are what the command line named. Without weights it is those
        that were chosen last.
        """
        self._build_engine = build_engine
        self._weights = weights or self._context.settings.text("weights")
        self._thread = threading.Thread(target=self._import_scene, name="voxview-import", daemon=True)
        self._thread.start()
        from voxview.shapes.catalogs.open import open_catalog

        samples, selection = open_catalog(None), self._context.session.selection
        self._context.listing.add_catalog(samples)
        selection.readable_pair = samples[0], samples[1]  # to go back to if a first pair is broken
        selection.choose(a=samples[0], b=samples[1])
        if data is not None:
            self._files.open(data, then_pair=not files)
        if files:
            self._files.import_all(files, then_pair=True)

    def stop(self) -> None:
        """Wait a moment for the import to end; nothing is built after it."""
        self._stopped = True
        if self._thread is not None:
            self._thread.join(_CLOSING_SECONDS)

    def _import_scene(self) -> None:
        """Import only: Qt's and VTK's objects are made on the GUI thread."""
        try:
            from voxview.gui.blend import scene
        except Exception as error:
            self._imported.emit(error)
        else:
            self._imported.emit(scene)

    def _build_scene(self, scene: object) -> None:
        if self._stopped:
            return
        if isinstance(scene, Exception):
            self._view.show_text("No 3D view")
            self._context.notifications.error(f"the 3D view cannot start: {scene}; install VoxView again")
            return
        self._view.build_scene(scene.Scene)  # type: ignore[attr-defined]
        self._show_chairs_already()
        self._context.session.start(self._build_engine, self._weights)

    def _show_chairs_already(self) -> None:
        """Show A and B as they are, while torch is imported: that takes longer than all before it."""
        chairs = [chair for chair in self._context.session.selection.pair if chair is not None]
        shown = self._context.session.shown
        self._context.background.run(
            "Reading",
            lambda: [(chair, surface_of(chair)) for chair in chairs],
            lambda read: shown.take_read(*read),
            lambda _: None,  # a chair that cannot be read is reported when the engine meets it
        )
