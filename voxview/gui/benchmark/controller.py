"""Controller of the page of the benchmark: runs it, draws its chart, saves it."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.errors import VoxViewError
from voxview.experiment.files import recorded_benchmarks, write_benchmark
from voxview.experiment.results import Axis, Benchmark
from voxview.gui import theme
from voxview.gui.benchmark.panel import BenchmarkPanel
from voxview.gui.benchmark.parallel_results import ParallelDrawing
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import PageController
from voxview.gui.context.save_folder import suggested_folder
from voxview.gui.widgets.save_path import ask_save_path
from voxview.training.parallel_bench.files import write_parallel_benchmark
from voxview.training.parallel_bench.read import recorded_parallel_benchmarks

if TYPE_CHECKING:
    from voxview.engine.device import DeviceReport
    from voxview.engine.engine import Engine
    from voxview.engine.step import Step

_KINDS = {".json": "Record", ".csv": "Table", ".png": "Chart", ".svg": "Chart"}
_DRAWN_EVERY = 5.0
"""Seconds between two charts while it runs."""


@dataclass(frozen=True)
class Drawing:
    """Arguments of one chart."""

    results: Benchmark | None
    recorded: Benchmark | None
    axis: Axis
    dark: bool
    size: tuple[int, int]
    """Pixels; (0, 0) while there is no place for it."""

    @property
    def can_be_drawn(self) -> bool:
        """Whether there is a place for it."""
        return self.size != (0, 0)

    def svg(self) -> bytes:
        """Draw it; takes a tenth of a second and more, on any thread."""
        from voxview.experiment.chart.figure import chart_svg

        return chart_svg(self.results, axis=self.axis, dark=self.dark, size=self.size, recorded=self.recorded)


class BenchmarkController(PageController):
    """Owns the run that was made last on this machine."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._task: int | None = None
        self._has_some = False
        """Whether the run has brought figures."""
        self._results: Benchmark | None = None
        self._wanted = Drawing(None, None, "inputs", dark=False, size=(0, 0))
        """Set on the GUI thread alone; others only read it."""
        self._drawn_parallel: ParallelDrawing | None = None
        self.panel = BenchmarkPanel()
        self.panel.run.connect(self.run)
        self.panel.save.connect(self.save)
        self.panel.chart_wanted.connect(self._draw)
        context.session.tasks.ended.connect(self._end)
        context.session.engine.ready.connect(self._offer)
        self._offer_recorded()

    def run(self) -> None:
        """Run the experiment on the engine's thread; while it runs, cancel it."""
        if self._task is not None:
            self.context.session.tasks.cancel(self._task)
            return
        self._has_some = False
        self._task = self.context.session.tasks.run(
            "Benchmark", self._work, self._show, self._show, self._kept_text
        )
        if self._task is not None:
            self.context.playback.pause()
            self.panel.show_running(True)

    def save(self) -> None:
        """Ask for a file, and write the run that is shown."""
        suggested = suggested_folder(self.context.settings, self.context.listing) / "benchmark.json"
        path = ask_save_path(self.panel, "Save benchmark", suggested, _KINDS)
        if path is not None:
            self.save_to(path)

    def save_to(self, path: Path) -> None:
        """Write the run that is shown; the suffix decides how."""
        shown, parallel = self.panel.shown, self.panel.shown_parallel
        write = None
        if parallel is not None:
            write = partial(write_parallel_benchmark, path, parallel)
        elif shown is not None:
            write = partial(write_benchmark, path, shown, axis=self._chart_axis())
        if write is not None:
            self.context.background.run(
                f"Saving {path.name}",
                write,
                lambda _: self.context.notifications.note(f"the benchmark is in {path}"),
                self.context.notifications.error,
            )

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self.panel.apply_theme()

    # ---- a run ----------------------------------------------------------------------------------

    def _work(self, engine: Engine) -> Generator[Step, None, object]:
        """Run the benchmark on the engine's thread.

        Charts are drawn between the measurements: beside them they would cost the time that is measured.
        """
        from voxview.experiment.bench import benchmark

        run = benchmark(engine)
        shown, drawn = None, time.monotonic()
        while True:
            try:
                step = next(run)
            except StopIteration as end:
                return end.value, None
            results = step.value
            assert isinstance(results, Benchmark)
            if results is shown:
                yield step._replace(value=None)
                continue
            shown, svg, wanted = results, None, self._wanted
            due = time.monotonic() - drawn >= _DRAWN_EVERY
            if due and wanted.can_be_drawn and results.sizes(wanted.axis):
                svg, drawn = replace(wanted, results=results).svg(), time.monotonic()
            yield step._replace(value=(results, svg))

    def _kept_text(self) -> str:
        """Return what stays of a run that was cancelled."""
        return "the figures so far stay, and say so" if self._has_some else "nothing was measured yet"

    def _show(self, value: object) -> None:
        assert isinstance(value, tuple)
        self._results, svg = value
        self._has_some = True
        assert self._results is not None
        self.panel.show_mine(self._results)
        if svg is not None and not self.panel.is_recorded:
            self.panel.chart.show_svg(svg)

    def _end(self, task: int) -> None:
        if task == self._task:
            self._task = None
            self.panel.show_running(False)
            self._draw()

    # ---- the chart ------------------------------------------------------------------------------

    def _chart_axis(self) -> Axis:
        return "blends" if self.panel.shown_axis == "blends" else "inputs"

    def _draw(self) -> None:
        """Draw the chart anew on the background's thread; while a run measures, the engine's thread does."""
        panel = self.panel
        if panel.shown_parallel is not None:
            self._draw_parallel()
            return
        before, self._wanted = (
            self._wanted,
            Drawing(
                self._results,
                panel.shown if panel.is_recorded else None,
                self._chart_axis(),
                theme.palette() is theme.DARK,
                panel.chart.size_to_draw,
            ),
        )
        if self._task is not None or panel.shown is None or not self._wanted.can_be_drawn:
            return
        if self._wanted == before and panel.chart.drawn:
            return
        self._draw_in_background(self._wanted)

    def _draw_parallel(self) -> None:
        """Do the same for a parallel training; while a run measures, its chart waits."""
        before, self._drawn_parallel = self._drawn_parallel, self.panel.parallel.drawing()
        wanted, chart = self._drawn_parallel, self.panel.parallel.chart
        if self._task is not None or wanted is None or (wanted == before and chart.drawn):
            return
        self._draw_in_background(wanted)

    def _draw_in_background(self, drawing: Drawing | ParallelDrawing) -> None:
        self.context.background.run(
            "Drawing the chart",
            partial(self._svg, drawing),
            partial(self._take, drawing),
            self.context.notifications.error,
        )

    def _svg(self, drawing: Drawing | ParallelDrawing) -> bytes:
        """Draw a chart; one that is not wanted any more when its turn comes is left out."""
        return drawing.svg() if drawing in (self._wanted, self._drawn_parallel) else b""

    def _take(self, drawing: Drawing | ParallelDrawing, svg: bytes) -> None:
        if svg and drawing == self._wanted:
            self.panel.chart.show_svg(svg)
        elif svg and drawing == self._drawn_parallel:
            self.panel.parallel.chart.show_svg(svg)

    # ---- recorded runs --------------------------------------------------------------------------

    def _offer_recorded(self) -> None:
        try:
            self.panel.offer_recorded(recorded_benchmarks(), recorded_parallel_benchmarks())
        except VoxViewError as error:
            self.context.notifications.error(str(error))
        if self.context.session.engine.report is not None:
            self._offer(self.context.session.engine.report)

    def _offer(self, report: DeviceReport) -> None:
        self.panel.show_no_gpu(report.cuda_problem)
