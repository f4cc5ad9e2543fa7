"""Page of timings: where the blend is computed, and what each stage costs there."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QFormLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QWidget,
)

from voxview.engine.device import DeviceReport
from voxview.engine.events import Measured
from voxview.engine.request import Backend, BlendResult, Device
from voxview.gui import theme
from voxview.gui.timings.history import TimingHistories
from voxview.gui.timings.latency_chart import LatencyChart
from voxview.gui.timings.table import TimingTable
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.page import Page
from voxview.gui.widgets.step_bar import move_bar

_BACKENDS: dict[Backend, str] = {
    "numpy": "NumPy, on the CPU",
    "cuda-global": "CUDA, global memory",
    "cuda-shared": "CUDA, shared memory",
}
_REFRESH_MS = 120
"""Figures that change with every picture cannot be read, and drawing them takes time from the picture."""


class TimingPanel(Page):
    """Page that shows figures measured on this machine."""

    backend_chosen = Signal(str)
    device_chosen = Signal(str)
    measure_again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figures = TimingHistories()
        self.table = TimingTable()
        self.chart = LatencyChart()
        self.backends = Chooser()
        self.backends.setAccessibleName("Backend of the interpolation")
        self.devices = Chooser()
        self.devices.setAccessibleName("Device of the networks")
        self.sentence = QLabel("Looking for devices…", wordWrap=True)
        self.measure = QPushButton("Measure again")
        self.measure.setEnabled(False)
        self.measure.setToolTip("Run the whole path live on every device, a few times")
        self.measure.clicked.connect(self._measure)
        self.ahead = 0, 0
        """How many blends of the path are ready, and how many it has."""
        self._ahead = QProgressBar(textVisible=False)
        self._ahead.setAccessibleName("Blends decoded ahead")
        self._ahead.setFixedHeight(4)
        self._ahead_text = QLabel("Decoded ahead")
        for widget in (self._ahead, self._ahead_text):
            widget.setToolTip("How many of the slider's 101 blends are computed already: these come at once")
        self._device_label = QLabel("Networks")
        for label in (self.devices, self._device_label):
            label.setToolTip("Where the networks run that encode chairs and decode blends")
        self._report: DeviceReport | None = None
        self._stale = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._stale.timeout.connect(self._refresh)
        self._moved = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._moved.timeout.connect(self._show_moved)
        self._fill_backends()
        self.backends.activated.connect(self._choose_backend)
        self.devices.activated.connect(self._choose_device)
        self._lay_out()
        self.apply_theme()

    # ---- what came ------------------------------------------------------------------------------

    def show_report(self, report: DeviceReport) -> None:
        """Show what this machine can compute on, and why not on more."""
        self._report = report
        self.sentence.setText(_sentence(report))
        for row, backend in enumerate(_BACKENDS):
            model = self.backends.model()
            assert isinstance(model, QStandardItemModel)
            usable = backend in report.backends
            model.item(row).setEnabled(usable)
            model.item(row).setToolTip("" if usable else f"Cannot be used: {report.backend_problem}")
        with QSignalBlocker(self.backends), QSignalBlocker(self.devices):
            self.backends.setCurrentIndex(list(_BACKENDS).index(report.best_backend))
            self.devices.clear()
            for device in report.devices:
                self.devices.addItem("GPU" if device == "cuda" else "CPU", device)
            self.devices.setCurrentIndex(self.devices.count() - 1)
        self.devices.setVisible(report.cuda is not None)
        self._device_label.setVisible(report.cuda is not None)
        self.measure.setEnabled(True)
        self._soon()

    def show_ahead(self, done: int, total: int) -> None:
        """Show how many blends of the path are ready, soon."""
        self.ahead = done, total
        if not self._moved.isActive():
            self._moved.start()

    def forget_ahead(self) -> None:
        """Show that of another pair nothing is ready yet."""
        done, total = self.ahead
        if done:  # of a range from 0 to 0 Qt makes a busy bar, which has the window drawn anew all the time
            self.ahead = 0, total
            self._show_moved()

    def add_measured(self, event: Measured) -> None:
        """Take in one live run."""
        self.figures.add_run(event.device, event.timings)
        self._soon()

    def add_result(self, result: BlendResult) -> None:
        """Take in what a blend cost."""
        self.figures.add_result(result)
        self._soon()

    def add_render(self, milliseconds: float) -> None:
        """Take in what a picture cost."""
        self.figures.add_render(milliseconds)
        self._soon()

    def add_latency(self, milliseconds: float) -> None:
        """Take in how long a move took to become a picture."""
        self.figures.latencies.append(milliseconds)
        self._soon()

    def forget(self) -> None:
        """Start anew: what was measured so far was of other weights."""
        for device in ("cpu", "cuda"):
            self.figures.forget(device)
        self.figures.latencies.clear()
        self._soon()

    def forget_surfaces(self) -> None:
        """Start anew with surfaces and pictures: what was measured so far was of another resolution."""
        self.figures.forget_surfaces()
        self._soon()

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        quiet = f"color: {theme.palette().quiet}"
        for label in (self.sentence, self._ahead_text):
            label.setStyleSheet(quiet)
        self.chart.update()
        self._refresh()

    # ---- inside ---------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        latency = QLabel("Slider to picture")
        latency.setFont(theme.strong_font(self))
        for label in (self.sentence, self._ahead_text):
            label.setFont(theme.small_font(self))
        choices = QFormLayout()
        choices.setContentsMargins(0, 0, 0, 0)
        choices.setSpacing(theme.GAP)
        blending = QLabel("Blending")
        blending.setToolTip(self.backends.toolTip())
        choices.addRow(blending, self.backends)
        choices.addRow(self._device_label, self.devices)
        self._device_label.hide()
        self.devices.hide()
        top = (choices, self.sentence, self.table, self.measure)
        self.show_items("Timings", *top, latency, self.chart, self._ahead_text, self._ahead)

    def _fill_backends(self) -> None:
        for backend, text in _BACKENDS.items():
            self.backends.addItem(text, backend)
        self.backends.setToolTip("Where the 64 numbers of the two chairs are blended")

    def _choose_backend(self, row: int) -> None:
        self.figures.forget("cuda")
        self.backend_chosen.emit(self.backends.itemData(row))
        self._soon()

    def _choose_device(self, row: int) -> None:
        device: Device = self.devices.itemData(row)
        self.device_chosen.emit(device)

    def _measure(self) -> None:
        self.figures.forget("cpu")
        self.figures.forget("cuda")
        self._soon()
        self.measure_again.emit()

    def _soon(self) -> None:
        """Show new figures soon; where nobody sees the page, only once none have come for a while."""
        if not self._stale.isActive() or not self.isVisible():
            self._stale.start()

    def _show_moved(self) -> None:
        done, total = self.ahead
        move_bar(self._ahead, done, total)
        self._ahead_text.setText(f"Decoded ahead: {done} of {total}")

    def _refresh(self) -> None:
        report = self._report
        has_gpu = report is not None and report.cuda is not None
        reason = (report.cuda_problem or "") if report else ""
        self.table.show_figures(self.figures, has_gpu, f"No GPU: {reason}" if reason else "Not measured yet")
        self.chart.show_values(list(self.figures.latencies))


def _sentence(report: DeviceReport) -> str:
    """Return why a column is empty or a backend cannot be chosen, or the devices' names."""
    if report.cuda is None:
        return f"The GPU column is empty and the CUDA backends cannot be chosen: {report.cuda_problem}."
    if report.backend_problem:
        return f"{report.cuda}. The CUDA backends cannot be chosen: {report.backend_problem}."
    if report.without:
        return f"{report.cuda}, {report.without}."
    return f"{report.cuda} beside {report.cpu}."
