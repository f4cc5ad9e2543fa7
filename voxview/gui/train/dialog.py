"""Window to train weights: what a run is made with, then the run."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QStackedWidget, QVBoxLayout

from voxview.errors import VoxViewError
from voxview.gui import theme
from voxview.gui.context.app_context import AppContext
from voxview.gui.train.preview import PreviewMaker
from voxview.gui.train.run_view import RunView
from voxview.gui.train.setup_form import SetupForm
from voxview.gui.train.training import Training
from voxview.gui.widgets.buttons import make_default


class TrainDialog(QDialog):
    """Shows the run while there is one, else the fields of the next."""

    def __init__(self, context: AppContext, training: Training) -> None:
        super().__init__(context.dialog_parent)
        self.setWindowTitle("Train weights")
        self._context, self._training = context, training
        self._maker = PreviewMaker(context.session, self)
        self.form = SetupForm(context, training.runs_folder)
        self.form.started.connect(self._start)
        self.view = RunView(training, self._maker)
        self.view.another.connect(self._set_up)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.form)
        self._stack.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.GAP] * 4)
        column.addWidget(self._stack)
        self.resize(600, 460)
        if training.run is not None:
            self._stack.setCurrentWidget(self.view)

    def showEvent(self, event: QShowEvent) -> None:
        """Let Enter start a run from any field."""
        super().showEvent(event)
        if not self.shows_run:
            make_default(self.form.button)

    @property
    def shows_run(self) -> bool:
        """Whether it shows a run, and not the fields of the next one."""
        return self._stack.currentWidget() is self.view

    def done(self, result: int) -> None:
        """Close, and draw nothing more; the run goes on."""
        self._maker.stop()
        super().done(result)

    def _start(self) -> None:
        try:
            self._training.start(self.form.out(), self.form.options(), self.form.data)
        except VoxViewError as error:
            self.form.line.setText(f"{str(error)[:1].upper()}{str(error)[1:]}.")
            return
        self.form.line.clear()
        self._stack.setCurrentWidget(self.view)
        self.view.pause.setFocus()

    def _set_up(self) -> None:
        self._maker.stop()
        self.view.forget()
        self._stack.setCurrentWidget(self.form)
        make_default(self.form.button)
