"""The crop of a cloud: from where to where along each of the file's axes."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from voxview.gui import theme
from voxview.gui.widgets.buttons import never_default
from voxview.gui.widgets.number_boxes import DecimalBox
from voxview.shapes.points.crop import Box

_AXES = "xyz"
_STEPS = 50
"""Steps of a box along the cloud's longest side."""


class CoordinateBox(DecimalBox):
    """Spin box for one coordinate of the box."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter as the end of a number: it would press the dialog's button."""
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()


class CropBoxes(QWidget):
    """Widget with the lowest and the highest coordinate along three axes, and a button for all of it."""

    changed = Signal()
    """Another box."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole: Box | None = None
        self._low = [self._coordinate("Lowest", axis) for axis in _AXES]
        self._high = [self._coordinate("Highest", axis) for axis in _AXES]
        self.whole = QPushButton("&Whole cloud")
        never_default(self.whole)
        self.whole.setToolTip("Leave nothing out")
        self.whole.clicked.connect(self.take_whole)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.GAP // 2)
        title = QLabel("Crop")
        title.setFont(theme.strong_font(title))
        grid.addWidget(title, 0, 0, 1, 3)
        grid.addWidget(self.whole, 0, 3)
        for row, axis in enumerate(_AXES):
            grid.addWidget(QLabel(axis), row + 1, 0)
            grid.addWidget(self._low[row], row + 1, 1)
            grid.addWidget(QLabel("to"), row + 1, 2)
            grid.addWidget(self._high[row], row + 1, 3)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self.setEnabled(False)

    @property
    def box(self) -> Box | None:
        """The box; None for all of the cloud."""
        if self._whole is None or self.is_whole:
            return None
        pairs = [sorted((low.value(), high.value())) for low, high in zip(self._low, self._high, strict=True)]
        (x, to_x), (y, to_y), (z, to_z) = pairs
        return Box((x, y, z), (to_x, to_y, to_z))

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        ends = zip(self._low, self._high, strict=True)
        return all(low.value() <= low.minimum() and high.value() >= high.maximum() for low, high in ends)

    @property
    def coordinates(self) -> tuple[list[CoordinateBox], list[CoordinateBox]]:
        """The spin boxes of the lowest coordinates, x, y, z, and of the highest."""
        return self._low, self._high

    def set_cloud(self, box: Box) -> None:
        """Begin with all of a cloud that fills a box."""
        self._whole = box
        longest = max(high - low for low, high in zip(box.low, box.high, strict=True))
        decimals = min(max(3 - math.floor(math.log10(longest)), 0), 12) if longest > 0 else 3
        for at, (low, high) in enumerate(zip(box.low, box.high, strict=True)):
            for spin in (self._low[at], self._high[at]):
                blocker = QSignalBlocker(spin)
                spin.setDecimals(decimals)
                spin.setRange(_rounded(low, decimals, math.floor), _rounded(high, decimals, math.ceil))
                spin.setSingleStep(round(longest / _STEPS, decimals))
                blocker.unblock()
        self.setEnabled(True)
        self._take_ends()

    def take_whole(self) -> None:
        """Leave nothing out."""
        was_whole = self.is_whole
        self._take_ends()
        if not was_whole:
            self._change()

    def set_box(self, box: Box) -> None:
        """Take another box."""
        for spins, ends in ((self._low, box.low), (self._high, box.high)):
            for spin, end in zip(spins, ends, strict=True):
                blocker = QSignalBlocker(spin)
                spin.setValue(end)
                blocker.unblock()
        self._change()

    def _take_ends(self) -> None:
        for spins, is_high in ((self._low, False), (self._high, True)):
            for spin in spins:
                blocker = QSignalBlocker(spin)
                spin.setValue(spin.maximum() if is_high else spin.minimum())
                blocker.unblock()
        self.whole.setEnabled(False)

    def _coordinate(self, end: str, axis: str) -> CoordinateBox:
        spin = CoordinateBox()
        spin.setKeyboardTracking(False)
        spin.setAccessibleName(f"{end} {axis} of the crop")
        spin.setToolTip(f"{end} {axis}, in the file's own axes and unit")
        spin.valueChanged.connect(self._change)
        return spin

    def _change(self) -> None:
        self.whole.setEnabled(not self.is_whole)
        self.changed.emit()


def _rounded(value: float, decimals: int, outwards: Callable[[float], int]) -> float:
    """Return a value rounded outwards, so that the ends leave nothing out."""
    return outwards(value * 10**decimals) / 10**decimals
