"""The Help menu: the tour, keys, version and diagnostics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog

from voxview.gui.context.actions import ActionSpec
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Feature

if TYPE_CHECKING:
    from voxview.engine.device import DeviceReport
    from voxview.experiment.results import Benchmark
    from voxview.gui.help.keys_dialog import KeysDialog
    from voxview.gui.help.tour import TourDialog


class HelpFeature(Feature):
    """Opens the help dialogs."""

    keys_changed = Signal(str, object)
    """The name of an action and its keys from now on, or None: the program's own."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.keys_dialog: KeysDialog | None = None
        """Where keys are changed; None while it is closed."""
        self._listed: tuple[ActionSpec, ...] = ()
        self._tour: TourDialog | None = None
        context.session.engine.ready.connect(self._say_problem)

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
            ActionSpec(
                "shortcuts", "&Help", 0, "&Keyboard shortcuts", self.show_shortcuts, "F1", tip="List all keys"
            ),
            ActionSpec(
                "change_keys",
                "&Help",
                0,
                "&Change keys…",
                self.change_keys,
                tip="Give any action another key, or none",
            ),
            ActionSpec(
                "about",
                "&Help",
                0,
                "&About VoxView",
                self.show_about,
                "",
                "info",
                tip="Version, and what a bug report needs",
            ),
        )

    def list_actions(self, specs: Iterable[ActionSpec]) -> None:
        """Take all actions of the window: they are what the list of shortcuts shows."""
        self._listed = tuple(specs)
        if self.keys_dialog is not None:
            self.keys_dialog.show_keys(self._listed, "It counts from now on.")

    def change_keys(self) -> None:
        """Let the person change keys."""
        from voxview.gui.help.keys_dialog import KeysDialog

        self.keys_dialog = KeysDialog(self._listed, self.context.dialog_parent)
        self.keys_dialog.changed.connect(lambda name, keys: self.keys_changed.emit(name, keys))
        self.keys_dialog.reset.connect(lambda name: self.keys_changed.emit(name, None))
        self.keys_dialog.finished.connect(self._forget_keys_dialog)
        self._open(self.keys_dialog)

    def _forget_keys_dialog(self) -> None:
        self.keys_dialog = None

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

    def _say_problem(self, report: DeviceReport) -> None:
        """Say once why a GPU that is there is not used, or not fully, and what to do; the same not again."""
        problem = next((problem for problem in report.problems if not problem.is_harmless), None)
        sentence = problem.sentence() if problem else ""
        if sentence and sentence != self.context.settings.text("gpu_problem"):
            part = "the GPU is not used" if report.cuda is None else "the GPU is not fully used"
            self.context.notifications.offer(f"{part}: {sentence}", "Details", self.show_about)
        self.context.settings.remember("gpu_problem", sentence)

    def _open(self, dialog: QDialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _recorded() -> Benchmark | None:
    """Return the newest recorded run of the benchmark, if there is one."""
    from voxview.experiment.files import recorded_benchmarks

    return max(recorded_benchmarks(), key=lambda run: run.machine.date, default=None)
