"""The status bar: where it runs, and what the last blend is."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStatusBar, QWidget

from voxview.engine.device import DeviceReport
from voxview.engine.mix import MixResult
from voxview.engine.request import BlendResult, LoadedChair
from voxview.gui import theme
from voxview.gui.figures import milliseconds_text

_LATE_MS = 150


class Elided(QLabel):
    """A line that is cut where the room ends; all of it is in the tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def say(self, text: str) -> None:
        """Show another line."""
        self._whole = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut it anew."""
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        metrics = QFontMetrics(self.font())
        self.setText(metrics.elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width()))


class Status(QStatusBar):
    """Weights and device at the left; latency, size and reconstruction at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.device = Elided()
        self.latency, self.size_text, self.iou = QLabel(), QLabel(), QLabel()
        self.latency.setToolTip("From the last slider move to its picture on screen")
        self.size_text.setToolTip("The blend's occupied voxels, and its surface's triangles")
        self.iou.setToolTip(
            "How well 64 numbers hold A and B: intersection over union of each with its own reconstruction"
        )
        self.setSizeGripEnabled(False)
        self.setContentsMargins(8, 0, 8, 0)
        self.addWidget(self.device, 1)
        for label in (self.latency, self.size_text, self.iou):
            label.setContentsMargins(theme.GAP, 0, theme.GAP, 0)
            self.addPermanentWidget(label)
        self.device.say("Starting the engine…")
        self._milliseconds = 0.0
        # Known only after the picture: shown at once, each picture would make Qt compose the window twice.
        self._late = QTimer(self, singleShot=True, interval=_LATE_MS)
        self._late.timeout.connect(self._say_latency)

    def put_first(self, widget: QWidget) -> None:
        """Show a widget at the left end."""
        self.insertWidget(0, widget)

    def show_report(self, report: DeviceReport) -> None:
        """Where it runs."""
        self.device.say(report.sentence())

    def show_latency(self, milliseconds: float) -> None:
        """How long the last move took to become a picture."""
        self._milliseconds = milliseconds
        if not self._late.isActive():
            self._late.start()

    def _say_latency(self) -> None:
        self.latency.setText(f"{milliseconds_text(self._milliseconds)} ms")

    def show_result(self, result: BlendResult | MixResult) -> None:
        """How large the blend is."""
        removed = result.crumbs if isinstance(result, BlendResult) else 0
        crumbs = f" ({removed} of crumbs removed)" if removed else ""
        self.size_text.setText(f"{result.voxels:,} voxels{crumbs} · {len(result.surface.faces):,} triangles")

    def show_pair(self, a: LoadedChair, b: LoadedChair) -> None:
        """How well A and B can be rebuilt."""
        self.iou.setText(f"A {a.iou:.2f} · B {b.iou:.2f} IoU")
