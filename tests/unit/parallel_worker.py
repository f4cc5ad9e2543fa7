"""What each process of `test_parallel.py` runs; a file of its own, as forked processes import it."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from unittest import mock

import torch
import torch.distributed as dist
from torch import Tensor, nn

from voxview.errors import VoxViewError
from voxview.model.network import Network
from voxview.model.picture_network import PictureNetwork
from voxview.training.lost_process import report_lost_process
from voxview.training.parallel.gradients import Gradients
from voxview.training.picture_config import PictureConfig
from voxview.training.pictures.batch import PictureBatch
from voxview.training.pictures.parallel_learner import ParallelLearner
from voxview.training.process_group import ProcessGroup

BATCH, STEPS, RATE, HIDDEN = 16, 2, 0.02, 8
SIDE = 67
"""Pixels along each side of the pictures: the fewest that leave one number of each last map."""

CONFIG = PictureConfig(
    hidden=HIDDEN, batch=BATCH, steps=STEPS, evaluate_every=STEPS, optimiser="sgd", weight_decay=0.01,
    dropout=0.5, voxels=0.0, batch_norm=False, clip=1.0, average=0.5, device="cpu", reuse=1,
)  # fmt: skip


def make_network() -> PictureNetwork:
    """Return the network that all begin with: AlexNet with few hidden numbers, for small pictures."""
    torch.manual_seed(0)
    network = PictureNetwork(HIDDEN, dropout=CONFIG.dropout)
    network.alexnet.fc6 = nn.Linear(256, HIDDEN)
    network.alexnet.initialise_for_relu()
    nn.init.normal_(network.alexnet.fc8.weight, std=0.1)
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
    """Train as one of `size` processes, once for each (name, options); rank 0 writes the tensors."""
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder}/store", rank=rank, world_size=size)
    group = ProcessGroup(rank, size, "cpu")
    for name, options in runs:
        given = dict(options)
        os.environ["LOCAL_WORLD_SIZE"] = str(given.pop("local", size))
        wrong = str(given.pop("wrong", ""))
        with mistake(wrong):
            learner = ParallelLearner(replace(CONFIG, **given), group, make_network())
            train(learner, group, range(1, STEPS + 1))
        state = learner.state_dict()
        if rank == 0:
            torch.save((state, dict(learner.traffic.sent)), folder / f"{name}.pt")
    dist.barrier()
    dist.destroy_process_group()


def lose_one(rank: int, size: int, folder: Path) -> None:
    """Train until the last process is killed; the first writes what is reported."""
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder}/lost", rank=rank, world_size=size)
    group = ProcessGroup(rank, size, "cpu")
    learner = ParallelLearner(replace(CONFIG, parallel="hybrid-a"), group, make_network())
    try:
        with report_lost_process(group):
            train(learner, group, range(1, 2))
            if rank == size - 1:
                os.kill(os.getpid(), signal.SIGKILL)
            train(learner, group, range(2, 3))
    except VoxViewError as error:
        (folder / "line").write_text(str(error))
        sys.exit(error.exit_status)


def mistake(kind: str) -> mock._patch:  # type: ignore[type-arg]
    """Return a context with one of the factors that are easily wrong: DDP's mean, or no mean at all."""
    if kind == "averaged":
        right = Gradients._finish

        def finish(self: Gradients, replicated: list[Tensor], shards: list[Tensor]) -> None:
            right(self, replicated, shards)
            for p in replicated:
                if p.grad is not None:
                    p.grad /= self._mesh.world.size

        return mock.patch.object(Gradients, "_finish", finish)
    if kind == "local mean":

        def finish_shards(self: Gradients, replicated: list[Tensor], shards: list[Tensor]) -> None:
            right_of(self, replicated, shards)
            for p in shards:
                if p.grad is not None:
                    p.grad *= self._mesh.world.size

        right_of = Gradients._finish
        return mock.patch.object(Gradients, "_finish", finish_shards)
    return mock.patch.object(Gradients, "unused", None, create=True)
