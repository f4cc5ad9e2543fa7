"""The Help menu: the tour, keys, version and diagnostics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog

from voxview.gui.context.actions import ActionSpec
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Feature

if TYPE_CHECKING:
    from voxview.experiment.results import Benchmark
    from voxview.gui.help.tour import TourDialog


class HelpFeature(Feature):
    """Opens the help dialogs."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._listed: tuple[ActionSpec, ...] = ()
        self._tour: TourDialog | None = None

    @property
    def actions(self) -> Sequence[ActionSpec]:
        """The tour, shortcuts and About."""
        return (
            ActionSpec(
                "tour",
                "&Help",
                0,
                "&Tour",
                self.show_tour,
                tip="From two chairs to a third in eight steps, on the pair on screen",
            ),
            ActionSpec("shortcuts", "&Help", 0, "&Keyboard shortcuts", self.show_shortcuts, "F1"),
            ActionSpec("about", "&Help", 0, "&About VoxView", self.show_about, "", "info"),
        )

    def list_actions(self, specs: Iterable[ActionSpec]) -> None:
        """Take all actions of the window: they are what the list of shortcuts shows."""
        self._listed = tuple(specs)

    def show_shortcuts(self) -> None:
        """List the keys."""
        from voxview.gui.help.dialogs import ShortcutsDialog

        self._open(ShortcutsDialog(self._listed, self.context.dialog_parent))

    def show_tour(self) -> None:
        """Go through the steps from two chairs to a third, beside the window."""
        from voxview.gui.help.tour import TourDialog

        if self._tour is not None:
            self._tour.raise_()
            self._tour.activateWindow()
            return
        pages = {spec.name.removeprefix("show_") for spec in self._listed if spec.name.startswith("show_")}
        tour = self._tour = TourDialog(self.context.session, pages, self.context.dialog_parent)
        tour.page_wanted.connect(self.open_page)
        tour.finished.connect(self._forget_tour)
        self.context.background.run(
            "Reading the recorded run", _recorded, self._show_recorded, self.context.notifications.error
        )
        tour.show()

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        if self._tour is not None:
            self._tour.apply_theme()

    def stop(self) -> None:
        """Close the tour."""
        if self._tour is not None:
            self._tour.close()

    def _forget_tour(self) -> None:
        if self._tour is not None:
            self._tour.deleteLater()
            self._tour = None

    def _show_recorded(self, run: Benchmark | None) -> None:
        if self._tour is not None:
            self._tour.show_run(run)

    def show_about(self) -> None:
        """Show version and diagnostics."""
        from voxview.gui.help.dialogs import AboutDialog

        engine = self.context.session.engine
        opengl = self.context.session.latency.renderer
        self._open(AboutDialog(engine.report, engine.weights, opengl, self.context.dialog_parent))

    def _open(self, dialog: QDialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _recorded() -> Benchmark | None:
    """Return the newest recorded run of the benchmark, if there is one."""
    from voxview.experiment.files import recorded_benchmarks

    return max(recorded_benchmarks(), key=lambda run: run.machine.date, default=None)
