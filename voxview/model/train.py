"""Train an autoencoder, on an H200 in minutes, on two CPU cores for trying out.

    voxview train --data ShapeNetVox32 --out runs/chairs.safetensors
    voxview train --architecture study --steps 200 --samples 500 --out runs/try.safetensors
    voxview train --resume --out runs/try.safetensors          # after a kill: as if nothing had been
    voxview train --data MY_CHAIRS --start-from chairs --steps 2000 --out runs/mine.safetensors
    torchrun --nproc-per-node=8 -m voxview train …             # the same on eight GPUs

What is asked of the network stands in `objective.py`, which chairs a step sees in `batches.py`, and what
a run has to remember in `checkpoint.py`. Here is the loop.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from voxview.errors import InputError, VoxViewError
from voxview.model.autoencoder import choose_device
from voxview.model.batches import Packed, draw, fingerprints, seed_generator
from voxview.model.checkpoint import Checkpoint, write_checkpoint
from voxview.model.config import TrainConfig
from voxview.model.data import Grids
from voxview.model.distributed import Team
from voxview.model.held_out import Look, Shown, look, show
from voxview.model.learner import Learner
from voxview.model.network import Network
from voxview.model.refine import mean_curvature
from voxview.model.warp import augment
from voxview.model.weights import (
    ARCHITECTURES,
    Weights,
    find_weights,
    load_network,
    read_weights,
    write_weights,
)

LOGGED = 200
"""How often a run tells its loss."""
CHECKPOINT_SECONDS = 120.0
"""The longest time that a kill may cost; a checkpoint is also written at each look at the held-out chairs."""
CURVATURE_CHAIRS = (512, 64)
"""Chairs that the decoder's curvature is averaged over, on a GPU and on the CPU."""
ASKED_ON_GPU = 10
"""Steps between the moments at which several processes on GPUs agree to stop: asking makes them wait."""


@dataclass(frozen=True)
class TrainingData:
    """The chairs of one run."""

    real: Packed
    procedural: Packed
    held_out: Mapping[str, Grids] = field(default_factory=dict)
    """Sets of chairs that are only measured, by name; the last one is shown."""

    @cached_property
    def identity(self) -> str:
        """The same for the same chairs in the same order: a resumed run has to have it."""
        digest = hashlib.blake2b(digest_size=16)
        for packed in (self.real, self.procedural):
            digest.update(len(packed).to_bytes(8, "little"))
            digest.update(packed.data)
        return digest.hexdigest()


@dataclass(frozen=True)
class TrainingStep:
    """What is shown while training runs. Means are over the steps since the one shown before."""

    step: int
    steps: int
    loss: float
    parts: dict[str, float]
    """The terms that the loss is the sum of."""
    learning_rate: float
    images_per_second: float
    seconds: float
    """Since the run began, what came before it was resumed included."""
    looks: dict[str, Look]
    """What the averaged weights do on each held-out set, by name; empty between evaluations."""
    shown: Shown | None = None


class StoppedError(VoxViewError):
    """Somebody asked a run to stop, and it did, with a checkpoint."""

    exit_status = 130


def train(
    config: TrainConfig,
    data: TrainingData,
    out: Path,
    notes: Mapping[str, str],
    *,
    team: Team | None = None,
    sources: list[Tensor] | None = None,
    checkpoint: Path | None = None,
    resumed: Checkpoint | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[TrainingStep]:
    """Train and write the averaged weights to `out`, yielding progress in the process that leads.

    `notes` go into the header of the weights, which are written at each evaluation. `sources` are the
    real and the procedural chairs where they are on the device already; processes that do not lead have
    only those. With a path for a `checkpoint`, one is written now and then, and removed at the end.
    `resumed` is one to go on from (`check_same_run` tells whether it can be), and gives the weights of a
    run without a break: bit for bit on a CPU, and on a GPU but for the order of its sums. When `stop`
    says so, a checkpoint is written and `StoppedError` raised.
    """
    team = team or Team(device=choose_device(config.device))
    config = settled(config, team)
    if sources is None:
        sources = [torch.from_numpy(packed).to(team.device) for packed in (data.real, data.procedural)]
    if not any(len(packed) for packed in sources):
        raise InputError("there is nothing to train on: give --data with chairs, or --samples above 0")
    torch.backends.cudnn.benchmark = team.device != "cpu"  # the shapes never change: find the fastest once
    start = starting_weights(config)
    learner = Learner(config, team, load_network(start, find_weights(config.start_from)) if start else None)
    generator = torch.Generator(team.device)
    seen = (start.trained_on if start else frozenset()).union(fingerprints(data.real))
    first, before = 1, 0.0
    if resumed is not None:
        learner.load_state_dict(resumed.tensors)
        first, before = resumed.step + 1, resumed.seconds
    count, since = config.batch // team.size, Since()
    began = saved = time.perf_counter()

    def save(step: int) -> None:
        if checkpoint is not None and team.leads:
            seconds = before + time.perf_counter() - began
            state = learner.state_dict()
            write_checkpoint(checkpoint, Checkpoint(config, data.identity, team.size, step, seconds, state))

    for step in range(first, config.steps + 1):
        rate = config.learning_rate * schedule(step, config)
        seed_generator(generator, config.seed, step, team.rank)
        grids = augment(draw(sources, count, config, generator), config.warp, generator)
        since.add(*learner.learn(grids, step, rate, generator), config.batch)
        evaluates = step % config.evaluate_every == 0 or step == config.steps
        if team.leads and (evaluates or step % max(1, config.steps // LOGGED) == 0):
            told = since.told(step, config.steps, rate, before + time.perf_counter() - began)
            if evaluates:
                result, sets = learner.result(), data.held_out
                looks = {name: look(result, grids, team.device) for name, grids in sets.items()}
                said = {**notes, **header(config, step, looks)}
                curvature = curvature_on(sources, result, config)
                write_weights(out, result, config.architecture, out.stem, said, seen, curvature)
                shown = show(result, list(sets.values())[-1], team.device) if sets else None
                told = replace(told, looks=looks, shown=shown)
            yield told
            since = Since()
        if step == config.steps:
            break
        if evaluates or time.perf_counter() - saved > CHECKPOINT_SECONDS:
            save(step)
            saved = time.perf_counter()
        if asked_to_stop(stop, step, team):
            save(step)
            raise StoppedError(f"stopped after step {step} of {config.steps}: --resume goes on from there")
    if checkpoint is not None and team.leads:
        checkpoint.unlink(missing_ok=True)


class Since:
    """Sums since a run was last heard of, kept on the device: to read a number makes a GPU wait."""

    def __init__(self) -> None:
        self._sums: dict[str, Tensor] = {}
        self._steps = self._images = 0
        self._start = time.perf_counter()

    def add(self, loss: Tensor, parts: dict[str, Tensor], images: int) -> None:
        for name, value in {"": loss, **parts}.items():
            self._sums[name] = self._sums[name] + value if name in self._sums else value
        self._steps += 1
        self._images += images

    def told(self, step: int, steps: int, rate: float, seconds: float) -> TrainingStep:
        """The means; `VoxViewError` if the loss is no number any more."""
        means = {name: float(value) / self._steps for name, value in self._sums.items()}
        loss = means.pop("")
        if not math.isfinite(loss):
            raise VoxViewError(f"the loss is no finite number at step {step}: try a lower --learning-rate")
        speed = self._images / (time.perf_counter() - self._start)
        return TrainingStep(step, steps, loss, means, rate, speed, seconds, {})


def schedule(step: int, config: TrainConfig) -> float:
    """The learning rate's share of its peak: linear warm-up, then a cosine down to one hundredth."""
    warm_up = min(config.warm_up, config.steps // 5)
    if step < warm_up:
        return step / warm_up
    progress = (step - warm_up) / max(1, config.steps - warm_up)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress))


def settled(config: TrainConfig, team: Team) -> TrainConfig:
    """The config with a number for everything that was left to the machine; `InputError` if it cannot be."""
    check(config)
    batch = config.batch or (16 if team.device == "cpu" else 256)
    if batch % team.size or batch // team.size < 4:
        raise InputError(f"a batch of {batch} does not go to {team.size} processes evenly, four or more each")
    return replace(config, batch=batch, evaluate_every=config.evaluate_every or max(1, config.steps // 10))


def check(config: TrainConfig) -> None:
    """`InputError` for a config that cannot be trained with, `VoxViewError` for a missing device."""
    if config.architecture not in ARCHITECTURES:
        raise InputError(f"no architecture '{config.architecture}': choose from {', '.join(ARCHITECTURES)}")
    allowed = {
        "steps": config.steps >= 1,
        "batch": config.batch >= 4 or config.batch == 0,
        "stay": 0 <= config.stay < 1 and (config.stay == 0 or config.start_from != ""),
        "warm-up": config.warm_up >= 0,
        "clip": config.clip > 0,
        "samples": config.samples >= 0,
        "seed": 0 <= config.seed < 2**63,
        "real-share": 0 <= config.real_share <= 1,
        "average": 0 <= config.average < 1,
        "learning-rate": 0 < config.learning_rate < math.inf,
        "weight-decay": 0 <= config.weight_decay < math.inf,
        "warp": 0 <= config.warp < 1,
        "latent-noise": 0 <= config.latent_noise < math.inf,
        "blends": 0 <= config.blends < math.inf,
        "mending": 0 <= config.mending < math.inf,
        "critic": 0 <= config.critic < math.inf,
        "precision": config.precision in ("bf16", "fp32"),
        "evaluate-every": config.evaluate_every >= 0,
    }
    for name, fits in allowed.items():
        if not fits:
            value = getattr(config, name.replace("-", "_"))
            raise InputError(f"{name} cannot be {value}: 'voxview train --help' shows the defaults")
    choose_device(config.device)


def starting_weights(config: TrainConfig) -> Weights | None:
    """The weights that a run goes on from, if any; `InputError` if they are of another architecture."""
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


def curvature_on(sources: list[Tensor], network: Network, config: TrainConfig) -> Tensor:
    """What `refine` needs to know of the decoder, from some of the chairs it was trained on: `(64, 64)`."""
    generator = torch.Generator(sources[0].device).manual_seed(config.seed)
    some = draw(sources, CURVATURE_CHAIRS[sources[0].device.type == "cpu"], config, generator)
    return mean_curvature(network, some[:, None].float(), generator)


def header(config: TrainConfig, step: int, looks: Mapping[str, Look]) -> dict[str, str]:
    """What the weights' file says of their training."""
    said = {key: str(value) for key, value in asdict(config).items()} | {"step": str(step)}
    for name, seen in looks.items():
        said[f"held-out IoU, {name}"] = f"{seen.iou:.4f}"
        said[f"held-out blends in one piece, {name}"] = f"{seen.one_piece:.4f}"
    return said


def asked_to_stop(stop: Callable[[], bool], step: int, team: Team) -> bool:
    """Whether somebody asked any of the processes, which all hear of it at the same step."""
    if team.size > 1 and team.device != "cpu" and step % ASKED_ON_GPU:
        return False
    return team.any(stop())
