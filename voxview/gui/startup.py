"""After the bare window's first paint: chairs are listed, VTK is imported, scene and engine are made."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from voxview.gui.trio import surface_of

if TYPE_CHECKING:
    from voxview.engine.engine import Engine
    from voxview.gui.window import MainWindow


class Startup(QObject):
    """One after the other, because imports hold each other up: VTK first, since torch takes longer."""

    _imported = Signal(object)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
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
        self._weights = weights or self._window.settings.text("weights")
        self._thread = threading.Thread(target=self._import_scene, name="voxview-import", daemon=True)
        self._thread.start()
        from voxview.shapes.open import open_catalog

        window, samples = self._window, open_catalog(None)
        window.browser.add_catalog(samples)
        window.session.blending.loaded(samples[0], samples[1])  # to go back to if a first pair is broken
        window.session.choose(a=samples[0], b=samples[1])
        if data is not None:
            window.files.open(data, then_pair=not files)
        if files:
            window.files.import_all(files, then_pair=True)

    def stop(self) -> None:
        """Wait for the import to end; nothing is built after it."""
        self._stopped = True
        if self._thread is not None:
            self._thread.join()

    def _import_scene(self) -> None:
        """Import only: Qt's and VTK's objects are made on the GUI thread."""
        try:
            from voxview.gui import scene
        except Exception as error:
            self._imported.emit(error)
        else:
            self._imported.emit(scene)

    def _build_scene(self, scene: object) -> None:
        if self._stopped:
            return
        if isinstance(scene, Exception):
            self._window.trio.say("No 3D view")
            self._window.messages.error(f"the 3D view cannot start: {scene}; install VoxView again")
            return
        self._window.trio.build_scene(scene.Scene)  # type: ignore[attr-defined]
        self._show_chairs_already()
        self._window.session.start(self._build_engine, self._weights)

    def _show_chairs_already(self) -> None:
        """A and B as they are, while torch is imported: that takes longer than all before it."""
        blending = self._window.session.blending
        chairs = [chair for chair in (blending.a, blending.b) if chair is not None]
        self._window.background.run(
            "Reading",
            lambda: [surface_of(chair) for chair in chairs],
            self._window.trio.show_early,
            lambda _: None,  # a chair that cannot be read is told when the engine meets it
        )
