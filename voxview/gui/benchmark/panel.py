"""Page of the benchmark: the study's tables and figure, run here or recorded on another machine."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QLabel,
    QPushButton,
    QWidget,
)

from voxview.experiment import study
from voxview.experiment.results import Axis, Benchmark, Part
from voxview.gui import theme
from voxview.gui.benchmark.chart import BenchmarkChart
from voxview.gui.benchmark.figure_table import FigureTable
from voxview.gui.benchmark.parallel_results import ParallelResults, parallel_title
from voxview.gui.benchmark.tables import table
from voxview.gui.benchmark.texts import found_text, recorded_title
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.page import Page, column_layout, row_layout
from voxview.training.parallel_bench.record import ParallelBenchmark

_AXES: dict[Axis, str] = {
    "stages": "Stages of one pair: Table 2",
    "inputs": "All pairs of n chairs: Table 3",
    "blends": "One pair at k t's: the batch",
    "moves": "A slider move, and a surface",
}
_CHARTED = ("inputs", "blends")
_PARTS: dict[Part, str] = {"interpolate": "Blending alone", "total": "Host to host"}
_EMPTY = (
    "The study's experiment, run on this machine: each stage of a blend, all pairs of up to 2,000 chairs, "
    "and one pair at up to a million t's, on every backend. Press Run; it takes half a minute to two, "
    "best with the window left alone."
)
_POINT = "Point at a figure for its spread, runs and notes. The fastest of a row is shaded."
_REFRESH_MS = 200
"""While it runs, the tables leave the processor to what is measured."""


class BenchmarkPanel(Page):
    """Page that shows one run at a time, this machine's or a recorded one."""

    run = Signal()
    """The person pressed Run; while it runs, Cancel."""
    save = Signal()
    chart_wanted = Signal()
    """Another chart should be drawn: another axis, size, colours or figures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mine: Benchmark | None = None
        self._recorded: tuple[Benchmark, ...] = ()
        self._parallel: tuple[ParallelBenchmark, ...] = ()
        self._running = self._offered = False
        self.button = QPushButton("Run")
        self.button.setToolTip("Measure on this machine; once more cancels it")
        self.button.clicked.connect(self.run)
        self.save_button = QPushButton("Save…")
        self.save_button.setToolTip("As a record (.json), a table (.csv) or a picture (.png, .svg)")
        self.save_button.clicked.connect(self.save)
        self.source = Chooser()
        self.source.setAccessibleName("Whose figures")
        self.source.setToolTip("This machine's run, or a recorded one")
        self.source.addItem("This machine")
        self.source.currentIndexChanged.connect(self._show_run)
        self.banner = QLabel(wordWrap=True)
        self.empty = QLabel(_EMPTY, wordWrap=True)
        self.offer = QPushButton()
        self.offer.clicked.connect(lambda: self.source.setCurrentIndex(1))
        self.axis = Chooser()
        self.axis.setAccessibleName("What was measured")
        self.axis.setToolTip("Which table of the study, or what was measured beside it")
        for axis, text in _AXES.items():
            self.axis.addItem(text, axis)
        self.part = Chooser()
        self.part.setAccessibleName("Which part of it")
        self.part.setToolTip(
            "Blending alone: the arrays are there already. Host to host: with both transfers"
        )
        for part, text in _PARTS.items():
            self.part.addItem(text, part)
        for box in (self.source, self.axis, self.part):
            box.shrink_to(10)
        self.axis.currentIndexChanged.connect(self._show_run)
        self.part.currentIndexChanged.connect(self._refresh)
        self.table = FigureTable()
        self.detail = QLabel(_POINT, wordWrap=True)
        self.table.pointed.connect(lambda text: self.detail.setText(text or _POINT))
        self.caveat = QLabel(study.CAVEAT, wordWrap=True)
        self.chart = BenchmarkChart()
        self.chart.resized.connect(self.chart_wanted)
        self.found = QLabel(wordWrap=True, textFormat=Qt.TextFormat.RichText)
        self.parallel = ParallelResults()
        self.parallel.chart_wanted.connect(self.chart_wanted)
        self.machine = QLabel(wordWrap=True)
        self.machine.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._stale = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._stale.timeout.connect(self._refresh)
        self._lay_out()
        self.apply_theme()
        self._show_run()

    # ---- what came ------------------------------------------------------------------------------

    def offer_recorded(
        self, runs: tuple[Benchmark, ...], parallel: tuple[ParallelBenchmark, ...] = ()
    ) -> None:
        """Let recorded runs be chosen, and after them those of parallel training."""
        self._recorded, self._parallel = runs, parallel
        with QSignalBlocker(self.source):
            while self.source.count() > 1:
                self.source.removeItem(1)
            for run in runs:
                self.source.addItem(f"Recorded: {recorded_title(run)}")
            for trained in parallel:
                self.source.addItem(f"Recorded: {parallel_title(trained)}")
        self._show_run()

    def show_mine(self, results: Benchmark) -> None:
        """Show this machine's figures, all or those that are known so far."""
        first, self._mine = self._mine is None, results
        if not self.is_recorded and first:
            self._show_run()
        elif not self._stale.isActive():
            self._stale.start()

    def show_running(self, running: bool) -> None:
        """Let the button cancel while it runs, and show this machine."""
        self._running = running
        self.button.setText("Cancel" if running else "Run")
        if running:
            self.source.setCurrentIndex(0)
        elif self._mine is not None:
            self._refresh()

    def show_no_gpu(self, reason: str | None) -> None:
        """Offer a recorded run where there is no CUDA device, for this reason."""
        self.empty.setText(_EMPTY + (f"\n\nThere is no CUDA device here: {reason}." if reason else ""))
        self._offered = reason is not None and bool(self._recorded)
        if self._offered:
            self.offer.setText(f"Show the run of {recorded_title(self._recorded[0])}")
        self._refresh()

    @property
    def is_recorded(self) -> bool:
        """Whether a recorded run is shown."""
        return self.source.currentIndex() > 0

    @property
    def shown(self) -> Benchmark | None:
        """The run that is shown; None before the first one here, and while a parallel training is."""
        if self.shown_parallel is not None:
            return None
        return self._recorded[self.source.currentIndex() - 1] if self.is_recorded else self._mine

    @property
    def shown_parallel(self) -> ParallelBenchmark | None:
        """The parallel training that is shown instead."""
        place = self.source.currentIndex() - 1 - len(self._recorded)
        return self._parallel[place] if place >= 0 else None

    @property
    def shown_axis(self) -> Axis:
        """What the table shows."""
        axis: Axis = self.axis.currentData()
        return axis

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        palette = theme.palette()
        for label in (self.empty, self.detail, self.caveat, self.machine):
            label.setStyleSheet(f"color: {palette.quiet}")
        self.banner.setStyleSheet(
            f"background: {palette.recorded}; color: {palette.base}; padding: 5px 8px; border-radius: 4px"
        )
        self.table.apply_theme()
        self.parallel.apply_theme()
        self.chart.forget()
        self.chart_wanted.emit()

    # ---- inside ---------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        for label in (self.detail, self.caveat, self.found, self.machine):
            label.setFont(theme.small_font(self))
        self.detail.setMinimumHeight(2 * self.detail.fontMetrics().lineSpacing())
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._results = QWidget()
        results = column_layout(self._results)
        results.addWidget(self.axis)
        results.addLayout(row_layout(self.part))
        for part in (self.table, self.detail, self.caveat, self.chart, self.found, self.machine):
            results.addWidget(part)
        top = row_layout(self.source, self.button, self.save_button, stretched=self.source)
        self.show_items("Benchmark", top, self.banner, self.empty, self.offer, self._results, self.parallel)

    def _show_run(self) -> None:
        """Show another run or another axis."""
        self.chart.forget()
        self._refresh()
        self.chart_wanted.emit()

    def _refresh(self) -> None:
        results = self.shown
        self._results.setVisible(results is not None)
        parallel = self.shown_parallel
        self.parallel.setVisible(parallel is not None)
        self.empty.setVisible(results is None and parallel is None)
        self.offer.setVisible(results is None and parallel is None and self._offered)
        self.banner.setVisible(self.is_recorded)
        self.save_button.setEnabled(results is not None or parallel is not None)
        if parallel is not None:
            self.banner.setText(f"Recorded, not of this machine. {parallel_title(parallel)}")
            self.parallel.show_results(parallel)
        for part in (self.part, self.chart):
            part.setVisible(self.shown_axis in _CHARTED)
        if results is None:
            return
        from voxview.engine.machine import (
            machine_heading,
        )  # brings torch, which waits until there are figures

        self.banner.setText(f"Recorded, not of this machine: {recorded_title(results)}")
        shown = table(results, self.shown_axis, self.part.currentData())
        self.table.show_table(shown, self.is_recorded)
        self.caveat.setVisible(shown.has_study)
        self.found.setText(found_text(results, self._running and not self.is_recorded))
        self.machine.setText(machine_heading(results.machine))
