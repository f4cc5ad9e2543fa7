"""Tells assistive technology what is shown, whenever it rests: while one slides nothing is said."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from voxview.gui.session.shown import Shown
from voxview.gui.session.spoken import spoken_scene

_REST_MS = 600
"""Longer than between two steps of a key that is held down."""


class Speaker(QObject):
    """Keeps the description of the view up to date, and has a screen reader say it where one listens."""

    def __init__(self, view: QWidget, shown: Shown) -> None:
        super().__init__(view)
        self._view, self._shown = view, shown
        view.setAccessibleName("Chair A, what is between, and chair B")
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self.speak)
        for signal in (shown.changed, shown.pair_changed, shown.quality_changed):
            signal.connect(lambda *_: self._rest.start())

    def speak(self) -> None:
        """Say what is shown now, unless that was said already."""
        said = spoken_scene(self._shown)
        if said == self._view.accessibleDescription():
            return
        self._view.setAccessibleDescription(said)
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._view, said))
