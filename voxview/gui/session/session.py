"""The session: one engine, what is selected, what is shown, its parts and how it is seen, long tasks."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from voxview.gui.session.engine_client import EngineClient
from voxview.gui.session.latency import LatencyClock
from voxview.gui.session.selection import Selection
from voxview.gui.session.shown import Shown
from voxview.gui.session.shown_parts import ShownParts
from voxview.gui.session.tasks import Tasks
from voxview.gui.session.views import Views

if TYPE_CHECKING:
    from voxview.engine.engine import Engine


class Session(QObject):
    """Makes the parts in their order and holds them; each part is used directly."""

    error = Signal(str)
    """One line: something did not work."""
    note = Signal(str)
    """One line: something worth knowing."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.engine = EngineClient(self)
        self.selection = Selection(self.engine, self)
        self.latency = LatencyClock(self.selection, self)
        self.shown = Shown(self.engine, self.selection, self)
        self.parts = ShownParts(self.engine, self.selection, self)
        self.views = Views(self)
        self.tasks = Tasks(self.engine, self)
        self.engine.ready.connect(self.latency.forget)  # what was requested before waited for the start
        self.engine.error.connect(self.error)
        self.selection.error.connect(self.error)
        self.tasks.error.connect(self.error)
        self.shown.note.connect(self.note)
        self.parts.note.connect(self.note)
        self.tasks.note.connect(self.note)

    def start(self, build: Callable[[], Engine] | None = None, weights: str = "") -> None:
        """Start the engine's thread."""
        self.engine.start(build, weights)

    def stop(self) -> bool:
        """Cancel everything and wait for the engine's thread; return whether it has ended."""
        return self.engine.stop()

    def measure_again(self) -> None:
        """Run the whole path live on every device, a few times."""
        request = self.selection.request()
        if request is None:
            return
        put = self.engine.bridge.put

        def work(engine: Engine) -> Generator[tuple[int, int], None, object]:
            from voxview.engine.measuring import MEASURED_RUNS

            total = MEASURED_RUNS * len(engine.devices)
            done = 0
            for event in engine.measure(request):
                if event is not None:
                    put(event)
                    done += 1
                yield done, total
            return None

        self.tasks.run("Measuring", work, lambda _: None)
