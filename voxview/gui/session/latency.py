"""The time from a move of the slider to its picture, and the time that a picture takes to draw."""

from __future__ import annotations

import time
from collections import deque

from PySide6.QtCore import QObject, Signal

from voxview.gui.session.selection import Selection

_REMEMBERED = 256
"""Moves whose pictures have not come: of a quick drag most never do."""


class LatencyClock(QObject):
    """Remembers when each move was made until its picture is on screen."""

    measured = Signal(float)
    """Milliseconds from a move to its picture."""
    changed = Signal(object)
    """Milliseconds from a move to the picture that is on screen; None: it was not requested by a move."""
    rendered = Signal(float)
    """Milliseconds that a picture took to draw."""

    def __init__(self, selection: Selection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        selection.position_changed.connect(lambda position: self.start(position.t))
        selection.mix_changed.connect(self.start)
        selection.pair_changed.connect(self.forget)
        self.renderer = ""
        """What draws the pictures, in OpenGL's own words; empty before the first one."""
        self._moves: deque[tuple[object, float]] = deque(maxlen=_REMEMBERED)
        self._measured: object = None
        """The picture that was measured, and is on screen."""

    def start(self, move: object) -> None:
        """Remember that the person requested `move`, a position or a mix, now."""
        self._moves.append((move, time.perf_counter()))

    def stop(self, move: object, picture: object) -> None:
        """Report how long ago `move`, whose `picture` is on screen, was requested: once, if by hand."""
        now, found = time.perf_counter(), None
        while self._moves and any(one == move for one, _ in self._moves):
            one, at = self._moves.popleft()
            if one == move:
                found = (now - at) * 1e3
        if found is not None:
            self._measured = picture
            self.measured.emit(found)
            self.changed.emit(found)
        elif picture is not self._measured:
            self._forget_measured()

    def forget(self) -> None:
        """Forget all moves: another pair is wanted."""
        self._moves.clear()
        self._forget_measured()

    def _forget_measured(self) -> None:
        if self._measured is not None:
            self._measured = None
            self.changed.emit(None)
