"""What each process of `test_parallel.py` runs; a file of its own, as forked processes import it."""

from __future__ import annotations

import copy
import os
import signal
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import cache
from pathlib import Path
from unittest import mock

import torch
import torch.distributed as dist
from torch import Tensor, nn

from voxview.errors import VoxViewError
from voxview.model.network import Network
from voxview.model.picture_network import PictureNetwork
from voxview.training import lost_process
from voxview.training.lost_process import report_lost_process
from voxview.training.parallel.gradients import Gradients
from voxview.training.picture_config import PictureConfig
from voxview.training.pictures.batch import PictureBatch
from voxview.training.pictures.parallel_learner import ParallelLearner
from voxview.training.process_group import ProcessGroup
from voxview.training.stop_signals import stop_on_signals

BATCH, STEPS, RATE, HIDDEN = 16, 2, 0.02, 8
FEATURES = 16
"""Channels of all convolutions but the first, and the numbers that they give of a picture."""
SIDE = 67
"""Pixels along each side of the pictures: the fewest that leave one number of each last map."""

CONFIG = PictureConfig(
    encoder="alexnet", hidden=HIDDEN, batch=BATCH, steps=STEPS, evaluate_every=STEPS, optimiser="sgd",
    weight_decay=0.01, dropout=0.5, voxels=0.0, batch_norm=False, clip=1.0, average=0.5, device="cpu",
    reuse=1,
)  # fmt: skip


def make_network() -> PictureNetwork:
    """Return the network that all begin with."""
    return copy.deepcopy(_initial_network())


@cache
def _initial_network() -> PictureNetwork:
    """Return AlexNet with few channels and hidden numbers, for small pictures."""
    torch.manual_seed(0)
    network = PictureNetwork(HIDDEN, dropout=CONFIG.dropout)
    alexnet = network.alexnet
    alexnet.conv1 = nn.Conv2d(3, 8, 11, stride=4)
    alexnet.conv2 = nn.Conv2d(8, FEATURES, 5, padding=2, groups=2)
    alexnet.conv3 = nn.Conv2d(FEATURES, FEATURES, 3, padding=1)
    alexnet.conv4 = nn.Conv2d(FEATURES, FEATURES, 3, padding=1, groups=2)
    alexnet.conv5 = nn.Conv2d(FEATURES, FEATURES, 3, padding=1, groups=2)
    alexnet.fc6 = nn.Linear(FEATURES, HIDDEN)
    alexnet.initialise_for_relu()
    nn.init.normal_(alexnet.fc8.weight, std=0.1)
    return network


def whole_batch(step: int) -> PictureBatch:
    """Return a step's pictures of all processes."""
    generator = torch.Generator().manual_seed(step)
    pixels = torch.rand(BATCH, 3, SIDE, SIDE, generator=generator)
    latents = torch.randn(BATCH, 8, 8, generator=generator)
    angles = torch.rand(BATCH, generator=generator) * 90
    return PictureBatch(pixels, latents, torch.zeros(BATCH, 1), angles, angles)


def train(learner: ParallelLearner, group: ProcessGroup, steps: range) -> None:
    """Take steps on this process's part of each batch."""
    own = BATCH // group.size
    for step in steps:
        part = whole_batch(step)[group.rank * own : (group.rank + 1) * own]
        learner.learn(part, mock.Mock(spec=Network), torch.eye(64), step, RATE)


def run(rank: int, size: int, folder: Path, runs: list[tuple[str, dict[str, object]]]) -> None:
    """Train as one of `size` processes, once for each (name, options); rank 0 writes the tensors.

    At the end the last process is killed.
    """
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder}/store", rank=rank, world_size=size)
    group = ProcessGroup(rank, size, "cpu")
    for name, options in runs:
        given = dict(options)
        os.environ["LOCAL_WORLD_SIZE"] = str(given.pop("local", size))
        with mistake(str(given.pop("wrong", ""))):
            learner = ParallelLearner(replace(CONFIG, **given), group, make_network())
            train(learner, group, range(1, STEPS + 1))
        if given.get("batch_norm"):
            check_replicated(learner)
        state = learner.state_dict()
        if rank == 0:
            torch.save((state, dict(learner.traffic.sent)), folder / f"{name}.pt")
    dist.barrier()
    lose_last(group, learner, folder)


def check_replicated(learner: ParallelLearner) -> None:
    """Raise `AssertionError` unless the first normalisation's running statistics are the same everywhere."""
    own = torch.cat([b for n, b in learner.network.named_buffers() if "conv1.1.running" in n])
    first = own.clone()
    dist.broadcast(first, 0)
    assert len(own) and torch.equal(own, first)


def lose_last(group: ProcessGroup, learner: ParallelLearner, folder: Path) -> None:
    """Kill the last process; the first that remains writes what is reported, and all end.

    Of two, the other hangs, as GPUs do, until it is terminated. Of more, an exchange breaks, as gloo's does.
    """
    lost_process.ROLL_CALL_SECONDS, lost_process.STOPPING_SECONDS = 1.0, 0.2
    errors = os.open(folder / f"errors-{group.rank}", os.O_WRONLY | os.O_CREAT)
    os.dup2(errors, 2)
    try:
        with stop_on_signals(), report_lost_process(group):
            if group.rank == group.size - 1:
                os.kill(os.getpid(), signal.SIGKILL)
            if group.size == 2:
                os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(60)
            train(learner, group, range(1, 3))
    except VoxViewError as error:
        print(f"voxview: {error}", file=sys.stderr, flush=True)
        sys.exit(error.exit_status)


def mistake(kind: str) -> AbstractContextManager[object]:
    """Return a context with one of the factors that are easily wrong: DDP's mean, or no mean at all."""
    if not kind:
        return nullcontext()
    right = Gradients._finish

    def finish(self: Gradients, replicated: list[Tensor], shards: list[Tensor]) -> None:
        right(self, replicated, shards)
        size = self._mesh.world.size
        wrong, factor = (replicated, 1 / size) if kind == "averaged" else (shards, size)
        for p in wrong:
            if p.grad is not None:
                p.grad *= factor

    return mock.patch.object(Gradients, "_finish", finish)
