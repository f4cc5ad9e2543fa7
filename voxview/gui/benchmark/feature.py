"""The page of the benchmark: the study's experiment, run on this machine."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from voxview.gui.context.feature import PageController, PageFeature


class BenchmarkFeature(PageFeature):
    """Announces the page."""

    name, title, keys, text = "benchmark", "Benchmark", "Ctrl+Shift+B", "&Benchmark"
    tip = "Recorded runs of the experiment: times and charts"
    is_wide = True

    def make_controller(self) -> tuple[PageController, QWidget]:
        """Import and make the controller; return it with its page."""
        from voxview.gui.benchmark.controller import BenchmarkController

        controller = BenchmarkController(self.context)
        return controller, controller.panel
