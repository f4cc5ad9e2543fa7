"""The part of the benchmark's page that shows a recorded parallel training: a view at a time."""

from __future__ import annotations

import html
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from voxview.gui import theme
from voxview.gui.benchmark.chart import BenchmarkChart
from voxview.gui.benchmark.figure_table import FigureTable
from voxview.gui.benchmark.parallel_tables import parallel_table
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.page import column_layout
from voxview.training.parallel_bench.chart.figure import VIEWS, View, available_views, whose
from voxview.training.parallel_bench.paper import THE_PAPER
from voxview.training.parallel_bench.record import ParallelBenchmark

_POINT = "Point at a figure for what is known of it."
_NOTES: dict[View, str] = {
    "weak": f"Crosses, and rows of the paper: not measured here, but {THE_PAPER}, as they were published.",
    "strong": "One process with the whole batch is what others are compared with.",
    "batch": "Data parallel sends as much whatever the batch, the hybrid in proportion to it.",
    "bytes": "Counted where collectives are started, as a ring sends them; model has no short formula.",
    "timeline": "One step of rank 0. A collective begins when it was started and the one before was over.",
}


@dataclass(frozen=True)
class ParallelDrawing:
    """Arguments of one chart."""

    results: ParallelBenchmark
    view: View
    dark: bool
    size: tuple[int, int]

    def svg(self) -> bytes:
        """Draw it; takes a tenth of a second and more, on any thread."""
        from voxview.charts import to_svg
        from voxview.training.parallel_bench.chart.figure import draw_view

        return to_svg(draw_view(self.results, self.view, dark=self.dark, size=self.size))


class ParallelResults(QWidget):
    """Widget with the table and the chart of one view of a run."""

    chart_wanted = Signal()
    """Another chart should be drawn: another view, size, colours or run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._results: ParallelBenchmark | None = None
        self.view = Chooser()
        self.view.setAccessibleName("What of parallel training")
        self.view.setToolTip("Which table or chart of the record is shown")
        self.view.shrink_to(10)
        self.view.currentIndexChanged.connect(self._show_view)
        self.table = FigureTable()
        self.detail = QLabel(_POINT, wordWrap=True)
        self.table.pointed.connect(lambda text: self.detail.setText(text or _POINT))
        self.note = QLabel(wordWrap=True)
        self.chart = BenchmarkChart()
        self.chart.resized.connect(self.chart_wanted)
        self.found = QLabel(wordWrap=True, textFormat=Qt.TextFormat.RichText)
        self.machine = QLabel(wordWrap=True)
        self.machine.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = column_layout(self)
        for part in (self.view, self.table, self.detail, self.note, self.chart, self.found, self.machine):
            column.addWidget(part)
        for label in (self.detail, self.note, self.found, self.machine):
            label.setFont(theme.small_font(self))
        self.detail.setMinimumHeight(2 * self.detail.fontMetrics().lineSpacing())
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)

    def show_results(self, results: ParallelBenchmark) -> None:
        """Show a run, in the view that was chosen if it has that."""
        from voxview.engine.machine import machine_heading  # brings torch

        if results == self._results:
            return
        before, self._results = self.shown_view, results
        with QSignalBlocker(self.view):
            self.view.clear()
            for view in available_views(results):
                self.view.addItem(VIEWS[view], view)
            self.view.setCurrentIndex(max(0, self.view.findData(before)))
        self.found.setText(_found_text(results))
        self.machine.setText(f"{whose(results)}\n{machine_heading(results.machine)}")
        self._show_view()

    @property
    def shown_view(self) -> View | None:
        """What is shown of the run; None before there is one."""
        view: View | None = self.view.currentData()
        return view

    def drawing(self) -> ParallelDrawing | None:
        """Return what the chart should be drawn of; None where there is no place for it."""
        size, view = self.chart.size_to_draw, self.shown_view
        if self._results is None or view is None or size == (0, 0):
            return None
        return ParallelDrawing(self._results, view, theme.palette() is theme.DARK, size)

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        for label in (self.detail, self.note, self.machine):
            label.setStyleSheet(f"color: {theme.palette().quiet}")
        self.table.apply_theme()
        self.chart.forget()
        self.chart_wanted.emit()

    def _show_view(self) -> None:
        view = self.shown_view
        if self._results is None or view is None:
            return
        self.chart.forget()
        self.table.show_table(parallel_table(self._results, view), recorded=True)
        self.detail.setText(_POINT)
        self.note.setText(_NOTES[view])
        self.chart_wanted.emit()


def parallel_title(results: ParallelBenchmark) -> str:
    """Return what was measured, on what, and when, in few words."""
    return f"Parallel training: {whose(results)}"


def _found_text(results: ParallelBenchmark) -> str:
    """Return a paragraph each, in Qt's rich text, on break-even, parity and what else is to say."""
    from voxview.training.parallel_bench.break_even import break_even_sentences
    from voxview.training.parallel_bench.tables import notes

    sentences = [*break_even_sentences(results), *notes(results)]
    return "".join(f"<p style='margin: 0 0 5px 0'>{html.escape(sentence)}</p>" for sentence in sentences)
