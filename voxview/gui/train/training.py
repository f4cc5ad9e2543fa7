"""The window's training run: started, watched once a second, paused, continued, found again by its files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from voxview.engine.step import Step
from voxview.errors import VoxViewError
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.works import Work
from voxview.training.child import run as child_run
from voxview.training.child.log import RunLog
from voxview.training.child.run import ChildRun, Options, RunState, RunStatus

SETTING = "training_run"
"""The weights of the run that a later start looks for; empty where there is none."""
FAILED = "training_failed"
"""The run of which a start has said that it failed."""
_POLLED_EVERY_MS = 1000
_INSIST_AFTER_MS = 3000
"""After a pause was requested: where a validation takes longer, it is left in its middle."""
_KILL_AFTER_MS = 1300
"""After that. A checkpoint is written before each validation: no step is lost."""
_STEPS_WAITED = 2
"""Steps that a run is given at least to come to its end, where one takes longer than all of that."""


class Training(QObject):
    """One run at a time, this window's or that of one before."""

    changed = Signal()
    """Another `run` or `status`."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context.session)
        self._context = context
        self.run: ChildRun | None = None
        self.status: RunStatus | None = None
        """Of the run, as it was a moment ago; None while there is none."""
        self._poll = QTimer(self, interval=_POLLED_EVERY_MS)
        self._poll.timeout.connect(self.look)
        self._insist = QTimer(self, singleShot=True)
        self._insist.timeout.connect(self._pause_again)
        self._kill = QTimer(self, singleShot=True)
        self._kill.timeout.connect(self._end_at_once)

    @property
    def goes_on(self) -> bool:
        """Whether a run is at work."""
        return self.status is not None and self.status.goes_on

    @property
    def runs_folder(self) -> Path:
        """Where runs are written unless the person says otherwise."""
        return self._context.settings.state_folder / "runs"

    # ---- what the person does -------------------------------------------------------------------

    def start(self, out: Path, options: Options, data: str) -> None:
        """Start a run; raises `VoxViewError` where it cannot be."""
        if self.goes_on:
            raise VoxViewError("a run goes on already: pause it first")
        self._watch(child_run.start(out, options, data))

    def resume(self) -> None:
        """Go on with the run that was paused, or that ended by itself."""
        run = self.run
        if run is None or self.goes_on:
            return
        try:
            run.resume()
        except VoxViewError as error:
            self._context.notifications.error(str(error))
            return
        self._watch(run)

    def pause(self) -> None:
        """Let the run write a checkpoint and end, within five seconds or two of its steps."""
        if self.run is not None and self.status is not None and self.goes_on:
            patience = _patience_ms(self.status.log)
            self.run.pause()
            self._insist.start(patience)
            self._kill.start(patience + _KILL_AFTER_MS)
            self.look()

    def use(self) -> None:
        """Take the run's weights in use."""
        if self.run is not None:
            self._context.session.tasks.change_weights(str(self.run.out))

    def find(self) -> None:
        """Look for the run of a window before, and offer what can be done with it."""
        name = self._context.settings.text(SETTING)
        run = child_run.find(Path(name)) if name and self.run is None else None
        if run is None:
            return
        status = run.status()
        notifications = self._context.notifications
        if status.goes_on:
            self._adopt(run)
            notifications.note(f"the training run {run.name} goes on: View, Train weights shows it")
            return
        self.run, self.status = run, status
        self.changed.emit()
        if status.state == RunState.DONE:
            self._offer_weights()
        elif status.state != RunState.FAILED or self._context.settings.text(FAILED) != name:
            if status.state == RunState.FAILED:
                # Said once; the window of training still has it.
                self._context.settings.remember(FAILED, name)
            how = status.line if status.state == RunState.PAUSED else f"ended: {status.line}"
            notifications.offer(f"the training run {run.name} {how}", "Continue", self.resume)

    def stop(self) -> None:
        """Let a run of this window write its checkpoint and end, as the window does; it is found again."""
        for timer in (self._poll, self._insist, self._kill):
            timer.stop()
        is_stopping = self.status is not None and self.status.state == RunState.STOPPING
        if self.run is not None and self.goes_on and self.run.is_of_this_window and not is_stopping:
            self.run.pause()  # a second time would end it in the middle of writing

    # ---- inside ---------------------------------------------------------------------------------

    def _adopt(self, run: ChildRun) -> None:
        try:
            run.adopt()
        except VoxViewError as error:
            self._context.notifications.error(str(error))
        self._watch(run)

    def _watch(self, run: ChildRun) -> None:
        self.run = run
        self._context.settings.remember(SETTING, str(run.out))
        self._context.settings.remember(FAILED, "")
        self._context.settings.save()  # a window that is killed finds it, too
        self._context.works.start(
            Work(
                ("training", run.out),
                f"Training {run.name}",
                "training",
                self.pause,
                lambda: False,
                is_quiet=True,
                stop_text="Pause",
            )
        )
        self._poll.start()
        self.look()

    def look(self) -> None:
        """See how the run is; say so when it has ended."""
        run = self.run
        if run is None:
            return
        went_on, self.status = self.goes_on, run.status()
        log, key = self.status.log, ("training", run.out)
        if self.status.goes_on:
            self._context.works.step(
                key, Step(log.step, run.steps, None, "steps"), log.seconds_left(run.steps)
            )
        else:
            for timer in (self._poll, self._insist, self._kill):
                timer.stop()
            self._context.works.end(key)
            if went_on:
                self._say_end()
        self.changed.emit()

    def _say_end(self) -> None:
        assert self.run is not None and self.status is not None
        notifications, status = self._context.notifications, self.status
        if status.state == RunState.DONE:
            self._offer_weights()
        elif status.state == RunState.PAUSED:
            notifications.note(f"the training run {self.run.name} is {status.line}")
        else:
            notifications.error(f"the training run {self.run.name} ended: {status.line}")

    def _offer_weights(self) -> None:
        assert self.run is not None and self.status is not None
        self._context.settings.remember(SETTING, "")
        ious = [f"{curve[-1][1]:.3f} on {name}" for name, curve in self.status.log.of("IoU").items()]
        how = f": held-out IoU {', '.join(ious)}" if ious else ""
        self._context.notifications.offer(
            f"the training run {self.run.name} is done{how}", "Use these weights", self.use
        )

    def _pause_again(self) -> None:
        if self.run is not None:
            self.run.pause()

    def _end_at_once(self) -> None:
        if self.run is not None:
            self.run.kill()
        self.look()


def _patience_ms(log: RunLog) -> int:
    """Return how long a run may take to come to the end of its step."""
    return max(_INSIST_AFTER_MS, int(_STEPS_WAITED * 1000 * log.seconds / max(1, log.step)))
