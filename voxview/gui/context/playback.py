"""Playing: the position walks from A to B and back, at the pace of t or of the shape."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from voxview.engine.request import Position

if TYPE_CHECKING:
    from voxview.model.arc_length import ArcLength

SPEEDS = {"¼×": 0.25, "½×": 0.5, "1×": 1.0, "2×": 2.0, "4×": 4.0}
CROSSING_SECONDS = 2.5
"""From A to B at 1×: 40 positions a second."""
_TICK_MS = 12


class Playback(QObject):
    """Timer that emits positions from A to B and back; with `loop`, for ever."""

    moved = Signal(object)
    """The next `Position`, one of the slider's."""
    playing_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.loop = True
        self.speed = 1.0
        self.arc_length: ArcLength | None = None
        """What to walk along, so that the shape changes equally in equal times; None: along t."""
        self._t = 0.5
        self._direction = 1
        self._turns = 0
        self._before = 0.0
        self._timer = QTimer(self, interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    @property
    def playing(self) -> bool:
        """Whether the position is walking."""
        return self._timer.isActive()

    def play(self, start: Position) -> None:
        """Walk on from a position, towards B unless that is where it is."""
        self._t, self._turns = start.t, 0
        self._direction = -1 if start.t >= 1.0 else 1
        self._before = time.perf_counter()
        if not self.playing:
            self._timer.start()
            self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stay where it is."""
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def _tick(self) -> None:
        now = time.perf_counter()
        # A long pause, such as a dialog, is no leap.
        passed, self._before = min(0.1, now - self._before), now
        self._t = self._moved(self._direction * passed * self.speed / CROSSING_SECONDS)
        if not 0.0 < self._t < 1.0:
            self._t = min(1.0, max(0.0, self._t))
            self._direction = 1 if self._t == 0.0 else -1
            self._turns += 1
        self.moved.emit(Position.at_step(Position.clipped(self._t).step))
        if self._turns >= 2 and not self.loop:
            self.pause()

    def _moved(self, by: float) -> float:
        """Return the t that is a share of the whole way further on; outside [0, 1] beyond an end."""
        if self.arc_length is None:
            return self._t + by
        share = self.arc_length.share_at(self._t) + by
        return self.arc_length.t_at(share) if 0.0 < share < 1.0 else share
