"""Status bar: weights, device, latency, and the size of what is shown."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStatusBar, QWidget

from voxview.counts import counted
from voxview.engine.device import DeviceReport
from voxview.gui import theme
from voxview.gui.session.session import Session
from voxview.gui.session.shown import Result
from voxview.gui.session.source_texts import how_well_held
from voxview.gui.widgets.durations import milliseconds_text
from voxview.gui.widgets.elided import Elided, Shrinking

_LATE_MS = 150
_ROOM_FOR_ALL = 720
"""Pixels below which figures would be cut for the last widget, which the menu has as well."""


class StatusBar(QStatusBar):
    """Weights and device at the left; latency, size and reconstruction at the right."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = session.shown
        self.device = Elided()
        self.latency, self.size_text, self.iou = (Shrinking(around=theme.GAP // 2) for _ in range(3))
        self.latency.setToolTip("From the last slider move to its picture on screen")
        self.size_text.setToolTip("Occupied voxels of the chair in the middle, and its surface's triangles")
        self.iou.setToolTip(
            "How well 64 numbers hold A and B: intersection over union of each with its own reconstruction"
        )
        self.setSizeGripEnabled(False)
        self.setContentsMargins(8, 0, 8, 0)
        self.addWidget(self.device, 1)
        for label in (self.latency, self.size_text, self.iou):
            self.addPermanentWidget(label)
        self.device.set_text("Starting the engine…")
        self._last: QWidget | None = None
        self._milliseconds: float | None = None
        self._latency_shown_at = 0.0
        # Known only after the picture: shown at once, each picture would make Qt compose the window twice.
        # It is shown with the next one, or soon where none comes.
        self._late = QTimer(self, singleShot=True, interval=_LATE_MS)
        self._late.timeout.connect(self._show_latency_now)
        session.engine.ready.connect(self.show_report)
        session.shown.pair_changed.connect(self.show_pair)
        session.shown.changed.connect(self.show_result)
        session.latency.changed.connect(self.show_latency)

    def put_ends(self, first: QWidget, last: QWidget) -> None:
        """Show a widget at the left end, and where there is room for it one at the right."""
        self.insertWidget(0, first)
        self.addPermanentWidget(last)
        self._last = last

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the room of the last widget to the figures where there is little."""
        super().resizeEvent(event)
        if self._last is not None:
            self._last.setVisible(self.width() >= _ROOM_FOR_ALL)

    def show_report(self, report: DeviceReport) -> None:
        """Show where it computes."""
        self.device.set_text(report.sentence())

    def show_latency(self, milliseconds: float | None) -> None:
        """Show how long it took from a move to the picture on screen; None: no move led to it."""
        self._milliseconds = milliseconds
        self._late.start()

    def _show_latency_now(self) -> None:
        self._late.stop()
        self._latency_shown_at = time.monotonic()
        value = self._milliseconds
        self.latency.setText("" if value is None else f"{milliseconds_text(value)} ms")

    def show_result(self, result: Result) -> None:
        """Show the size of what is in the middle, as it is shown; with it how long the one before took."""
        if self._late.isActive() and time.monotonic() - self._latency_shown_at > _LATE_MS / 1e3:
            self._show_latency_now()
        loose = f" ({result.removed_voxels:,} in small pieces removed)" if result.removed_voxels else ""
        triangles = counted(len(result.surface.faces), "triangle")
        self.size_text.setText(f"{counted(result.voxels, 'voxel')}{loose} · {triangles}")

    def show_pair(self) -> None:
        """Show the IoU of A and B with their reconstructions, or that they are from pictures."""
        pair = self._shown.pair
        self.iou.setText("" if pair is None else f"A {how_well_held(pair[0])} · B {how_well_held(pair[1])}")
