"""The page of timings: where the blend is computed, and what each stage costs there."""

from __future__ import annotations

from dataclasses import replace

from voxview.conventions import RESOLUTION
from voxview.engine.events import DecodedAhead
from voxview.engine.request import BlendResult
from voxview.engine.timings import Stage
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Feature, PageSpec
from voxview.gui.session.shown import Result
from voxview.gui.timings.panel import TimingPanel


class TimingsFeature(Feature):
    """Passes on what was measured; the page is there from the start, so that nothing is missed."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.panel = TimingPanel()
        self._resolution = RESOLUTION
        session, panel = context.session, self.panel
        selection, engine, latency = session.selection, session.engine, session.latency
        panel.backend_chosen.connect(lambda name: selection.compute_on(backend=name))
        panel.device_chosen.connect(lambda name: selection.compute_on(device=name))
        panel.measure_again.connect(session.measure_again)
        engine.ready.connect(panel.show_report)
        engine.measured.connect(panel.add_measured)
        engine.decoded_ahead.connect(self._show_ahead)
        engine.weights_changed.connect(lambda _: panel.forget())
        selection.pair_changed.connect(panel.forget_ahead)
        session.shown.changed.connect(self._add_result)
        latency.measured.connect(panel.add_latency)
        latency.rendered.connect(panel.add_render)

    @property
    def page(self) -> PageSpec:
        """The timings."""
        tip = "What each stage of a blend costs, on the CPU and on the GPU"
        return PageSpec("timings", "Timings", lambda: self.panel, "Ctrl+T", "&Timings", tip)

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self.panel.apply_theme()

    def _add_result(self, result: Result) -> None:
        """Take in a blend's timings; a mix's, of other numbers of chairs, cannot be compared with them."""
        if not isinstance(result, BlendResult):
            return
        chosen = result.request.surface_resolution
        if chosen != self._resolution:
            self._resolution = chosen
            self.panel.forget_surfaces()
        if result.request.extracted_resolution != chosen:  # coarser, while the slider moves
            timings = dict(result.timings)
            timings.pop(Stage.SURFACE, None)
            result = replace(result, timings=timings)
        self.panel.add_result(result)

    def _show_ahead(self, event: DecodedAhead) -> None:
        self.panel.show_ahead(event.done, event.total)
