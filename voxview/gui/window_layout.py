"""The sizes of the window and its parts: as they were left, or as at a first start."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QSplitter, QWidget

from voxview.gui.context.settings import Settings

FIRST_SIZE = QSize(1280, 800)
FIRST_PARTS = [264, 1000, 312]
"""Pixels, as shares, of the list, the middle and the side panel."""
_FRAME = QSize(16, 48)
"""Pixels for the window manager's frame and title, which it has not drawn yet when the size is chosen."""


class WindowLayout:
    """Size and place of a window, and the widths of its parts."""

    def __init__(self, around: QWidget, splitter: QSplitter, settings: Settings) -> None:
        self._around, self._splitter, self._settings = around, splitter, settings

    @property
    def room(self) -> QSize:
        """The largest size at which the window and its frame are whole on the screen."""
        return self._around.screen().availableGeometry().size() - _FRAME

    def restore(self) -> None:
        """Put back what was remembered, as far as it fits on the screen."""
        around = self._around
        around.resize(FIRST_SIZE)
        self._splitter.setSizes(FIRST_PARTS)
        geometry, splitter = self._settings.layout("window"), self._settings.layout("splitter")
        if geometry is not None:
            around.restoreGeometry(geometry)  # Qt brings a window that lies off every screen back onto one
        if splitter is not None:
            self._splitter.restoreState(splitter)
        if not around.isMaximized() and not around.isFullScreen():
            around.resize(around.size().boundedTo(self.room))

    def reset(self) -> None:
        """Give the window and its parts the sizes of a first start, in the middle of the screen."""
        around, size = self._around, FIRST_SIZE.boundedTo(self.room)
        if around.isMaximized() or around.isFullScreen():
            around.showNormal()
        place = QRect(QPoint(), size)
        place.moveCenter(around.screen().availableGeometry().center())
        around.setGeometry(place)  # without its frame: from the corner of a full screen this would be cut
        self._splitter.setSizes(FIRST_PARTS)

    def remember(self) -> None:
        """Keep them for the next start."""
        self._settings.remember_layout("window", self._around.saveGeometry())
        self._settings.remember_layout("splitter", self._splitter.saveState())
