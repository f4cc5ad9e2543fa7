"""Bridge from the engine's thread to the GUI's: every event once, of waiting pictures only the newest."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Qt, Signal

from voxview.engine.events import Blended, Decoded, Event, Mixed, PairLoaded


class Bridge(QObject):
    """Takes events on the engine's thread and emits them on the GUI thread."""

    arrived = Signal(object)
    """Anything but a picture."""
    computed = Signal(object)
    """The newest `BlendResult` or `MixResult`; older ones that waited with it are dropped."""
    decoded = Signal(object)
    """The newest `LatentResult`, unless a blend came after it."""
    _waiting = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._newest: Blended | Mixed | Decoded | None = None
        self._closed = False
        self._waiting.connect(self._emit_newest, Qt.ConnectionType.QueuedConnection)

    def put(self, event: Event) -> None:
        """Hand an event over; called on the engine's thread."""
        with self._lock:
            if self._closed:
                return
            if isinstance(event, Blended | Mixed | Decoded):
                first, self._newest = self._newest is None, event
                if first:
                    self._waiting.emit()
                return
            if isinstance(event, PairLoaded):
                self._newest = None  # a picture of the pair before
            self.arrived.emit(event)

    def close(self) -> None:
        """Drop whatever comes from now on."""
        with self._lock:
            self._closed = True
            self._newest = None

    def _emit_newest(self) -> None:
        with self._lock:
            newest, self._newest = self._newest, None
        if newest is not None:
            (self.decoded if isinstance(newest, Decoded) else self.computed).emit(newest.result)
