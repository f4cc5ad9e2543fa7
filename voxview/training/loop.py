"""The training loop: minutes on an H200, and on two CPU cores for trying out.

    voxview train --data ShapeNetVox32 --out runs/chairs.safetensors
    voxview train --architecture study --steps 200 --samples 500 --out runs/try.safetensors
    voxview train --resume --out runs/try.safetensors          # after a kill: the same result as without
    voxview train --data MY_CHAIRS --start-from chairs --steps 2000 --out runs/mine.safetensors
    torchrun --nproc-per-node=8 -m voxview train …             # the same on eight GPUs

The loss stands in `objective.py`, one step of the optimiser in `learner.py`, the sampling of batches in
`batches.py`, and the state of an unfinished run in `checkpoint.py`. Here is the loop.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from voxview.errors import InputError, VoxViewError
from voxview.model.autoencoder import choose_device
from voxview.model.network import Network
from voxview.model.refine import mean_curvature
from voxview.model.weights import Weights, find_weights, load_network, read_weights, write_weights
from voxview.shapes.bits import fingerprint
from voxview.training.augmentation import augment
from voxview.training.batches import fingerprints, sample_batch, seed_generator
from voxview.training.checkpoint import Checkpoint, write_checkpoint
from voxview.training.config import TrainConfig
from voxview.training.config_check import resolve_config
from voxview.training.data import NO_DATA, VALIDATION, TrainingData
from voxview.training.learner import Learner
from voxview.training.notes import result_notes
from voxview.training.preview import Preview, make_preview
from voxview.training.process_group import ProcessGroup
from voxview.training.running_mean import RunningMean
from voxview.training.schedule import learning_rate
from voxview.training.validation import HeldOutMetrics, measure_held_out

REPORTS = 200
"""How many times a run reports its loss, at about even distances."""
CHECKPOINT_SECONDS = 120.0
"""The most that a kill may cost; a checkpoint is also written at each validation."""
CURVATURE_CHAIRS = {"cuda": 512, "cpu": 64}
"""Chairs that the decoder's curvature is averaged over, by device, where the config leaves it open."""
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
    held_out: dict[str, HeldOutMetrics]
    """The metrics of the averaged weights on each held-out set, by name; empty between validations."""
    preview: Preview | None = None


class StoppedError(VoxViewError):
    """A run was stopped on request, and has left a checkpoint."""

    exit_status = 130


def train(
    config: TrainConfig,
    data: TrainingData,
    out: Path,
    notes: Mapping[str, str],
    *,
    group: ProcessGroup | None = None,
    sources: Sequence[Tensor] | None = None,
    checkpoint: Path | None = None,
    resumed: Checkpoint | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[TrainingStep]:
    """Train and write the averaged weights to `out`; yield reports on rank 0.

    `notes` go into the header of the weights, which are written at each validation. `sources` are the
    packed real and procedural chairs, `(n, 4096)` uint8 each, where they are on the device already; other
    ranks than 0 have only those. With a path for a `checkpoint`, one is written now and then, and removed
    at the end. `resumed` is one to go on from (`check_same_run` raises where it cannot be), and gives the
    weights of an unbroken run: bit for bit on a CPU, and on a GPU up to the order of sums. When `stop`
    returns True, a checkpoint is written and `StoppedError` raised.
    """
    group = group or ProcessGroup(device=choose_device(config.device))
    config = resolve_config(config, group)
    run = _Run(config, data, group, sources, resumed)
    for step in range(run.first_step, config.steps + 1):
        run.learn(step)
        validates = step % config.evaluate_every == 0 or step == config.steps
        if group.is_rank_zero and (validates or step % max(1, config.steps // REPORTS) == 0):
            report = run.report(step)
            yield run.validate(report, out, notes) if validates else report
            run.restart_means()
        if step == config.steps:
            break
        if validates or run.seconds_unsaved > CHECKPOINT_SECONDS:
            run.save(step, checkpoint)
        if should_stop(stop, step, group):
            run.save(step, checkpoint)
            raise StoppedError(f"stopped after step {step} of {config.steps}: --resume goes on from there")
    if checkpoint is not None and group.is_rank_zero:
        checkpoint.unlink(missing_ok=True)


class _Run:
    """One run in one process: its learner, chairs, means and clock."""

    def __init__(
        self,
        config: TrainConfig,
        data: TrainingData,
        group: ProcessGroup,
        sources: Sequence[Tensor] | None,
        resumed: Checkpoint | None,
    ) -> None:
        if sources is None:
            sources = [torch.from_numpy(packed).to(group.device) for packed in (data.real, data.procedural)]
        if not any(len(packed) for packed in sources):
            raise InputError(NO_DATA)
        torch.backends.cudnn.benchmark = group.device != "cpu"  # shapes never change: find the fastest once
        start = starting_weights(config)
        network = load_network(start, find_weights(config.start_from)) if start else None
        self._learner = Learner(config, group, network)
        self._config, self._group, self._sources = config, group, sources
        self._generator = torch.Generator(group.device)
        self._identity = data.identity
        self._held_out = data.held_out
        self._trained_on = (start.trained_on if start else frozenset()).union(fingerprints(data.real))
        measured = map(fingerprint, data.held_out.get(VALIDATION, ()))
        self._validated_on = (start.validated_on if start else frozenset()).union(measured)
        if resumed is not None:
            self._learner.load_state_dict(resumed.tensors)
        self.first_step = resumed.step + 1 if resumed is not None else 1
        self._saved = time.perf_counter()
        self._began = self._saved - (resumed.seconds if resumed is not None else 0.0)
        self.restart_means()

    def learn(self, step: int) -> None:
        """Take one step on this process's part of the batch."""
        seed_generator(self._generator, self._config.seed, step, self._group.rank)
        count = self._config.batch // self._group.size
        grids = sample_batch(self._sources, count, self._config, self._generator)  # (count, 32, 32, 32)
        grids = augment(grids, self._config.warp, self._generator, self._config.bend)
        rate = learning_rate(step, self._config)
        loss, terms = self._learner.learn(grids, step, rate, self._generator)
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

    def validate(self, report: TrainingStep, out: Path, notes: Mapping[str, str]) -> TrainingStep:
        """Measure the averaged weights and write them; return the report with metrics and a preview."""
        network, device = self._learner.result(), self._group.device
        held_out = {name: measure_held_out(network, grids, device) for name, grids in self._held_out.items()}
        header = {**notes, **result_notes(self._config, report.step, held_out)}
        curvature = curvature_on(self._sources, network, self._config)  # (64, 64)
        chairs = {"trained_on": self._trained_on, "validated_on": self._validated_on}
        write_weights(
            out, network, self._config.architecture, out.stem, header, curvature=curvature, **chairs
        )
        sets = list(self._held_out.values())
        preview = make_preview(network, sets[-1], device) if sets else None
        return replace(report, held_out=held_out, preview=preview)

    @property
    def seconds_unsaved(self) -> float:
        """Seconds since the last checkpoint of any process, or since the start."""
        return time.perf_counter() - self._saved

    def save(self, step: int, path: Path | None) -> None:
        """Write a checkpoint after a step, on rank 0 and if there is a path for it."""
        if path is not None and self._group.is_rank_zero:
            seconds = time.perf_counter() - self._began
            state = self._learner.state_dict()
            write_checkpoint(
                path, Checkpoint(self._config, self._identity, self._group.size, step, seconds, state)
            )
        self._saved = time.perf_counter()


def starting_weights(config: TrainConfig) -> Weights | None:
    """Return the weights that a run starts from, if any; `InputError` if of another architecture."""
    if not config.start_from:
        return None
    path = find_weights(config.start_from)
    weights = read_weights(path)
    if weights.architecture != config.architecture:
        raise InputError(
            f"{path} holds the architecture '{weights.architecture}': start from it with --architecture "
            f"{weights.architecture}"
        )
    return weights


def curvature_on(sources: Sequence[Tensor], network: Network, config: TrainConfig) -> Tensor:
    """Return the decoder's mean curvature on some training chairs, which `refine` needs: `(64, 64)`."""
    generator = torch.Generator(sources[0].device).manual_seed(config.seed)
    chairs = config.curvature_chairs or CURVATURE_CHAIRS[sources[0].device.type]
    some = sample_batch(sources, chairs, config, generator)
    return mean_curvature(network, some[:, None].float(), generator)


def should_stop(stop: Callable[[], bool], step: int, group: ProcessGroup) -> bool:
    """Return whether any process was requested to stop: the same answer in all of them at a step."""
    if group.size > 1 and group.device != "cpu" and step % STOP_CHECK_STEPS:
        return False
    return group.any(stop())
