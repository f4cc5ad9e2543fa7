"""The Help menu: help pages, the first steps, the tour, keys, version and diagnostics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from shiboken6 import isValid

from voxview.gui.context.actions import ActionSpec
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Destination, Feature

if TYPE_CHECKING:
    from voxview.engine.device import DeviceReport
    from voxview.experiment.results import Benchmark
    from voxview.gui.help.first_steps import FirstSteps
    from voxview.gui.help.keys_dialog import KeysDialog
    from voxview.gui.help.tour import TourDialog
    from voxview.gui.help.window import HelpWindow


class HelpFeature(Feature):
    """Opens the help dialogs."""

    keys_changed = Signal(str, object)
    """The name of an action and its keys from now on, or None: the program's own."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.keys_dialog: KeysDialog | None = None
        """Where keys are changed; None while it is closed."""
        self.window: HelpWindow | None = None
        """The help pages; None while they are closed."""
        self.first_steps: FirstSteps | None = None
        """The hints of a first start; None while none is shown."""
        self._listed: tuple[ActionSpec, ...] = ()
        self._qactions: Mapping[str, QAction] = {}
        self._targets: Sequence[QWidget] = ()
        self._tour: TourDialog | None = None
        context.session.engine.ready.connect(self._say_problem)

    @property
    def actions(self) -> Sequence[ActionSpec]:
        """The pages, the first steps, the tour, shortcuts and About."""
        return (
            ActionSpec(
                "help",
                "&Help",
                0,
                "&Help",
                self.show_help,
                "F1",
                tip="Explain the page that is open, and all the rest",
            ),
            ActionSpec(
                "first_steps",
                "&Help",
                0,
                "&First steps",
                self.show_first_steps,
                tip="Show the three hints of a first start again",
            ),
            ActionSpec(
                "tour",
                "&Help",
                0,
                "&Tour",
                self.show_tour,
                tip="From two chairs to a third in eight steps, on the pair on screen",
            ),
            ActionSpec(
                "shortcuts",
                "&Help",
                0,
                "&Keyboard shortcuts",
                self.show_shortcuts,
                "Ctrl+F1",
                tip="List all actions with their keys, to search among",
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
        if self.window is not None:
            self.window.show_actions(self._listed)
        if self.keys_dialog is not None:
            self.keys_dialog.show_keys(self._listed, "It counts from now on.")

    def change_keys(self) -> None:
        """Let the person change keys."""
        from voxview.gui.help.keys_dialog import KeysDialog

        before = QApplication.focusWidget()
        self.keys_dialog = KeysDialog(self._listed, self.context.dialog_parent)
        self.keys_dialog.changed.connect(lambda name, keys: self.keys_changed.emit(name, keys))
        self.keys_dialog.reset.connect(lambda name: self.keys_changed.emit(name, None))
        self.keys_dialog.finished.connect(lambda _: self._forget_keys_dialog(before))
        self._open(self.keys_dialog)

    def _forget_keys_dialog(self, before: QWidget | None) -> None:
        self.keys_dialog = None
        if before is not None and isValid(before):  # such as the preferences
            before.activateWindow()

    def take_actions(self, qactions: Mapping[str, QAction], targets: Sequence[QWidget]) -> None:
        """Take what links in the help do, and the widgets that the first steps point at, in their order."""
        self._qactions, self._targets = qactions, targets

    def destinations(self) -> Sequence[Destination]:
        """Return the help pages."""
        from voxview.gui.help.contents import help_pages

        return [
            Destination("Help", f"Help: {page.title}", partial(self.show_page, page.name), page.begin)
            for page in help_pages(self._listed)
        ]

    def show_help(self) -> None:
        """Show what there is about the page of the side panel that is open, or the first steps."""
        from voxview.gui.help.contents import ORDER

        is_open = [name for name, action in self._qactions.items() if action.isChecked()]
        pages = [name.removeprefix("show_").replace("_", "-") for name in is_open if name.startswith("show_")]
        self.show_page(next((page for page in pages if page in ORDER), ORDER[0]))

    def show_shortcuts(self) -> None:
        """List the keys."""
        from voxview.gui.help.contents import ACTIONS

        self.show_page(ACTIONS)

    def show_page(self, name: str) -> None:
        """Show a help page beside the window, which can be used meanwhile."""
        from voxview.gui.help.window import HelpWindow

        if self.window is None:
            self.window = HelpWindow(self._listed, self.context.dialog_parent)
            self.window.action_wanted.connect(self._act)
            self.window.finished.connect(self._forget_window)
        self.window.go_to(name)
        self.window.show()
        self.window.activateWindow()

    def welcome(self) -> None:
        """Show the first steps at a first start, once something is on screen, and never again by itself."""
        if self.context.settings.text("first_steps") == "new":
            self.context.session.shown.changed.connect(self._welcome_now)

    def show_first_steps(self) -> None:
        """Point at where one begins; whoever does what a hint says sees the next one."""
        from voxview.gui.help.first_steps import FirstSteps

        self.hide_first_steps()
        self.context.settings.remember("first_steps", "seen")
        if not self._targets:
            return
        hints = self.first_steps = FirstSteps(self._targets, self.context.dialog_parent)
        selection = self.context.session.selection
        selection.pair_changed.connect(hints.pair_was_chosen)
        selection.position_changed.connect(hints.slider_was_moved)
        self._qactions["palette"].triggered.connect(hints.palette_was_opened)
        hints.closed.connect(self.hide_first_steps)
        hints.begin()

    def hide_first_steps(self) -> bool:
        """Take the hints away; return whether there were any."""
        hints, self.first_steps = self.first_steps, None
        if hints is not None:
            hints.leave()
        return hints is not None

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
        if self.window is not None:
            self.window.apply_theme()
        if self.first_steps is not None:
            self.first_steps.apply_theme()

    def stop(self) -> None:
        """Close the pages, the hints and the tour."""
        self.hide_first_steps()
        if self.window is not None:
            self.window.reject()
        if self._tour is not None:
            self._tour.close()

    def _act(self, name: str) -> None:
        """Do what a link is about, as if it had been chosen in a menu."""
        if name in self._qactions:
            QTimer.singleShot(0, self, self._qactions[name].trigger)

    def _welcome_now(self) -> None:
        self.context.session.shown.changed.disconnect(self._welcome_now)
        self.show_first_steps()

    def _forget_window(self) -> None:
        if self.window is not None:
            self.window.deleteLater()
            self.window = None

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
