"""The training loop, the same for every network: minutes on an H200, and on two CPU cores for trying out.

    voxview train --data ShapeNetVox32 --out runs/chairs.safetensors
    voxview train --architecture study --steps 200 --samples 500 --out runs/try.safetensors
    voxview train --resume --out runs/try.safetensors          # after a kill: the same result as without
    voxview train --data MY_CHAIRS --start-from chairs --steps 2000 --out runs/mine.safetensors
    voxview train --network picture --data ShapeNetVox32 --out runs/picture.safetensors
    voxview train --network points --data ShapeNetVox32 --out runs/pointnet2.safetensors
    voxview train --network parts --out runs/parts.safetensors
    torchrun --nproc-per-node=8 -m voxview train …             # the same on eight GPUs

What differs between networks is a `task.Task`: `autoencoder_task.py` has an autoencoder's, `pictures/task.py`
a picture encoder's, `points/task.py` a points encoder's, `parts/task.py` a parts network's. The state of an
unfinished run is in `checkpoint.py`. Here is the loop.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from voxview.errors import VoxViewError
from voxview.shapes.io.atomic import remove_file
from voxview.training.checkpoint import Checkpoint, write_checkpoint
from voxview.training.configs import Config
from voxview.training.process_group import ProcessGroup
from voxview.training.running_mean import RunningMean
from voxview.training.schedule import learning_rate
from voxview.training.task import Preview, SetMetrics, Task

REPORTS = 200
"""How many times a run reports its loss, at about even distances."""
CHECKPOINT_SECONDS = 120.0
"""The most that a kill may cost; a checkpoint is also written before and after each validation."""
STOP_CHECK_STEPS = 10
"""Steps between two exchanges of stop requests among several GPUs: each makes them wait."""


@dataclass(frozen=True)
class TrainingStep:
    """The report of one step. Means are over the steps since the report before."""

    step: int
    steps: int
    loss: float
    terms: dict[str, float]
    """The terms that the loss is the sum of, by name."""
    learning_rate: float
    images_per_second: float
    seconds: float
    """Since the run began, without breaks; a resumed run counts on."""
    held_out: Mapping[str, SetMetrics]
    """The metrics of the averaged weights on each held-out set, by name; empty between validations."""
    preview: Preview | None = None


class StoppedError(VoxViewError):
    """A run was stopped on request, and has left a checkpoint."""

    exit_status = 130


def run_loop(
    config: Config,
    task: Task,
    group: ProcessGroup,
    data: str,
    *,
    checkpoint: Path | None = None,
    resumed: Checkpoint | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[TrainingStep]:
    """Take the steps of a resolved config; yield reports on rank 0, with validations among them.

    `data` is the identity of the data. With a path for a `checkpoint`, one is written now and then, and
    removed at the end. `resumed` is one to go on from (`check_same_run` raises where it cannot be), and gives
    the weights of an unbroken run: bit for bit on a CPU, and on a GPU up to the order of sums. When `stop`
    returns True, a checkpoint is written and `StoppedError` raised.
    """
    run = _Run(config, task, group, data, resumed)
    for step in range(run.first_step, config.steps + 1):
        run.learn(step)
        validates = _validates(step, config)
        if group.is_rank_zero and (validates or step % max(1, config.steps // REPORTS) == 0):
            report = run.report(step)
            yield run.validate(report) if validates else report
            run.restart_means()
        if step == config.steps:
            break
        if validates or _validates(step + 1, config) or is_checkpoint_due(run.seconds_unsaved, step, group):
            run.save(step, checkpoint)  # before a validation, too: who ends the run in one loses no step
        if should_stop(stop, step, group):
            run.save(step, checkpoint)
            raise StoppedError(f"stopped after step {step} of {config.steps}: --resume goes on from there")
    if checkpoint is not None and group.is_rank_zero:
        remove_file(checkpoint)


def _validates(step: int, config: Config) -> bool:
    return step % config.evaluate_every == 0 or step == config.steps


class _Run:
    """One run in one process: its task, means and clock."""

    def __init__(
        self, config: Config, task: Task, group: ProcessGroup, data: str, resumed: Checkpoint | None
    ) -> None:
        self._config, self._task, self._group, self._data = config, task, group, data
        if resumed is not None:
            task.load_state_dict(resumed.tensors)
        self.first_step = resumed.step + 1 if resumed is not None else 1
        self._saved = time.perf_counter()
        self._began = self._saved - (resumed.seconds if resumed is not None else 0.0)
        self.restart_means()

    def learn(self, step: int) -> None:
        """Take one step on this process's part of the batch."""
        loss, terms = self._task.learn(step, learning_rate(step, self._config))
        self._means.add({"loss": loss, **terms})
        self._images += self._config.batch

    def restart_means(self) -> None:
        """Begin the means and the speed of the next report."""
        self._means, self._images = RunningMean(), 0
        self._means_began = time.perf_counter()

    def report(self, step: int) -> TrainingStep:
        """Return the means since the last report; `VoxViewError` if the loss is no finite number."""
        terms = self._means.result()
        loss = terms.pop("loss")
        if not math.isfinite(loss):
            raise VoxViewError(f"the loss is no finite number at step {step}: try a lower --learning-rate")
        now = time.perf_counter()
        speed = self._images / (now - self._means_began)
        rate = learning_rate(step, self._config)
        return TrainingStep(step, self._config.steps, loss, terms, rate, speed, now - self._began, {})

    def validate(self, report: TrainingStep) -> TrainingStep:
        """Measure the averaged weights and write them; return the report with metrics and a preview."""
        validation = self._task.validate(report.step)
        return replace(report, held_out=validation.held_out, preview=validation.preview)

    @property
    def seconds_unsaved(self) -> float:
        """Seconds since the last checkpoint of any process, or since the start."""
        return time.perf_counter() - self._saved

    def save(self, step: int, path: Path | None) -> None:
        """Write a checkpoint after a step, on rank 0 and if there is a path for it.

        All processes call this at the same step: the state may be in parts, which they gather.
        """
        state = self._task.state_dict()
        if path is not None and self._group.is_rank_zero:
            seconds = time.perf_counter() - self._began
            write_checkpoint(
                path, Checkpoint(self._config, self._data, self._group.size, step, seconds, state)
            )
        self._saved = time.perf_counter()


def is_checkpoint_due(seconds: float, step: int, group: ProcessGroup) -> bool:
    """Return whether the last checkpoint is too old: the same answer in all processes at a step."""
    if group.size > 1 and step % STOP_CHECK_STEPS:
        return False
    return group.any(seconds > CHECKPOINT_SECONDS)


def should_stop(stop: Callable[[], bool], step: int, group: ProcessGroup) -> bool:
    """Return whether any process was requested to stop: the same answer in all of them at a step."""
    if group.size > 1 and group.device != "cpu" and step % STOP_CHECK_STEPS:
        return False
    return group.any(stop())
