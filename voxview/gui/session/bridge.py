"""Bridge from the engine's thread to the GUI's: every event once, in order; of pictures only the newest."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Qt, Signal

from voxview.engine.events import Blended, Decoded, Event, Mixed, PairLoaded, Ready, WeightsChanged

Picture = Blended | Mixed | Decoded


class Bridge(QObject):
    """Takes events on the engine's thread and emits them on the GUI thread."""

    arrived = Signal(object)
    """Anything but a picture."""
    computed = Signal(object)
    """The newest `BlendResult` or `MixResult`; older ones that waited with it are dropped."""
    decoded = Signal(object)
    """The newest `LatentResult`; older ones that waited with it are dropped."""
    _waiting = Signal(int, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._newest: dict[bool, Picture] = {}
        """The picture that waits, by whether it is a `Decoded`."""
        self._section = 0
        """Counts the events that no picture may overtake."""
        self._closed = False
        self._waiting.connect(self._emit_newest, Qt.ConnectionType.QueuedConnection)

    def put(self, event: Event) -> None:
        """Hand an event over; called on the engine's thread."""
        with self._lock:
            if self._closed:
                return
            if isinstance(event, Picture):
                is_place = isinstance(event, Decoded)
                first = is_place not in self._newest
                self._newest[is_place] = event
                if first:
                    self._waiting.emit(self._section, is_place)
                return
            if isinstance(event, PairLoaded | WeightsChanged | Ready):
                # Pictures that wait are of what was before; those to come must not take their place in the
                # queue, which is ahead of this event.
                self._newest.clear()
                self._section += 1
            self.arrived.emit(event)

    def close(self) -> None:
        """Drop whatever comes from now on."""
        with self._lock:
            self._closed = True
            self._newest.clear()

    def _emit_newest(self, section: int, is_place: bool) -> None:
        with self._lock:
            newest = self._newest.pop(is_place, None) if section == self._section else None
        if newest is not None:
            (self.decoded if is_place else self.computed).emit(newest.result)
