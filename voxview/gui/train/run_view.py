"""A run as it goes on: how far it is, its curves, its newest morph, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from voxview.engine.step import Step
from voxview.gui import theme
from voxview.gui.train.curves import Curves
from voxview.gui.train.preview import NOTHING_YET, PreviewMaker, PreviewStrip
from voxview.gui.train.training import Training
from voxview.gui.widgets.buttons import never_default
from voxview.gui.widgets.durations import step_text
from voxview.gui.widgets.elided import Elided
from voxview.gui.widgets.step_bar import StepBar
from voxview.training.child.run import RunState, RunStatus

_STATES = {
    RunState.PREPARING: "begins",
    RunState.TRAINING: "trains",
    RunState.STOPPING: "writes its checkpoint",
    RunState.PAUSED: "is paused",
    RunState.DONE: "is done",
    RunState.FAILED: "ended",
}


class RunView(QWidget):
    """Shows the run, and does what its buttons say."""

    another = Signal()
    """The person wants to set up another run."""

    def __init__(self, training: Training, maker: PreviewMaker) -> None:
        super().__init__()
        self._training, self._maker = training, maker
        self.title, self.line = QLabel(), Elided()
        self.title.setFont(theme.strong_font(self))
        self.line.setFont(theme.small_font(self))
        self.bar = StepBar()
        self.loss = Curves("Loss", "The mean loss since the report before, on a scale of powers of ten")
        self.iou = Curves(
            "Held-out IoU",
            "Mean IoU (intersection over union) of chairs that are not trained on and their reconstructions",
            is_share=True,
        )
        self.strip = PreviewStrip()
        self.pause = QPushButton("Pause")
        self.use, self.folder = QPushButton("Use these weights"), QPushButton("Open folder")
        self.new = QPushButton("New run…")
        never_default(self.folder, self.new)
        self.pause.clicked.connect(self._pause_or_resume)
        self.use.setToolTip("Blend with the weights that the run has written")
        self.use.clicked.connect(training.use)
        self.folder.setToolTip("Weights, log, pictures and checkpoint of the run")
        self.folder.clicked.connect(self._open_folder)
        self.new.clicked.connect(self.another)
        self._drawn_at = 0
        """The step of the weights that the preview is of."""
        self._had_focus = False
        self._moved_to: QWidget | None = None
        """Whether the keyboard was at the button while it was disabled for a moment."""
        self._lay_out()
        maker.drawn.connect(self._show_preview)
        maker.failed.connect(self.strip.say)
        training.changed.connect(self.show_run)
        self.show_run()

    def show_run(self) -> None:
        """Show the run as it is now."""
        run, status = self._training.run, self._training.status
        if run is None or status is None:
            return
        state, log = status.state, status.log
        self.title.setText(f"{run.name} {_STATES[state]}")
        left = log.seconds_left(run.steps) if state == RunState.TRAINING else None
        step = Step(log.step, run.steps, None, "steps")
        is_counted = log.step and state not in (RunState.FAILED, RunState.PREPARING)
        self.line.set_text(step_text(step, left) if is_counted else status.line)
        self.bar.show_step(Step(0, 0) if state == RunState.PREPARING else step)
        self.loss.show_curves({"": log.loss}, run.steps)
        self.iou.show_curves(log.of("IoU"), run.steps)
        self._show_buttons(status)
        self._draw_newest(status)

    def forget(self) -> None:
        """Forget the preview of this run: the next one has its own."""
        self._drawn_at = 0
        self.strip.show_images((), NOTHING_YET)

    # ---- inside ---------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        curves = QHBoxLayout()
        curves.setSpacing(theme.GAP)
        curves.addWidget(self.loss)
        curves.addWidget(self.iou)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addWidget(self.new)
        row.addWidget(self.folder)
        row.addStretch(1)
        row.addWidget(self.pause)
        row.addWidget(self.use)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(self.title)
        column.addWidget(self.bar)
        column.addWidget(self.line)
        column.addLayout(curves, 1)
        column.addWidget(self.strip)
        column.addLayout(row)

    def _show_buttons(self, status: RunStatus) -> None:
        self.pause.setText("Pause" if status.goes_on else "Continue")
        is_elsewhere = self._moved_to is not None and QApplication.focusWidget() is not self._moved_to
        had_focus = (self._had_focus and not is_elsewhere) or self.pause.hasFocus()
        self.pause.setEnabled(status.state not in (RunState.STOPPING, RunState.DONE))
        if not self._had_focus:
            self._moved_to = QApplication.focusWidget() if had_focus else None  # where Qt put it
        self._had_focus = had_focus and status.state == RunState.STOPPING
        if had_focus and self.pause.isEnabled() and not self.pause.hasFocus():
            self.pause.setFocus()  # a button that waits a moment loses the focus to the one beside it
        self.pause.setToolTip("Write a checkpoint and stop" if status.goes_on else "Go on where it stopped")
        run = self._training.run
        self.use.setEnabled(not status.goes_on and run is not None and run.out.exists())
        self.use.setDefault(status.state == RunState.DONE)
        if had_focus and status.state == RunState.DONE:
            self.use.setFocus()
        self.new.setEnabled(not status.goes_on)
        self.new.setToolTip(
            "Set up another run" if not status.goes_on else "One run at a time: pause it first"
        )

    def _draw_newest(self, status: RunStatus) -> None:
        """Draw the morph anew where the run has validated, and with it written weights, since."""
        validated = max((curve[-1][0] for curve in status.log.of("IoU").values() if curve), default=0)
        run = self._training.run
        if run is not None and validated > self._drawn_at and run.out.exists() and self._maker.want(run.out):
            self._drawn_at = validated

    def _show_preview(self, images: tuple[QImage, ...], has_chairs: bool) -> None:
        text = f"A to B by the weights after step {self._drawn_at:,}"
        self.strip.show_images(images, text if has_chairs else f"{text}: nothing yet")

    def _pause_or_resume(self) -> None:
        if self._training.goes_on:
            self._training.pause()
        else:
            self._training.resume()

    def _open_folder(self) -> None:
        if self._training.run is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._training.run.out.parent)))
