"""Data-parallel training in several processes, a GPU each, as `torchrun` starts them.

    torchrun --nproc-per-node=8 -m voxview train --data ShapeNetVox32 --out runs/chairs.safetensors

Each process learns from its own part of every batch, and DistributedDataParallel averages the gradients,
so that the weights are the same everywhere; a process alone shares and averages nothing. Batch
normalisation takes its statistics over all processes on GPUs (SyncBatchNorm). On CPUs, where torch has no
such thing, each process normalises with its own part, and the running statistics are averaged after each
step.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor, nn

from voxview.errors import InputError
from voxview.model.autoencoder import choose_device
from voxview.shapes.bits import PACKED_SIZE, Packed

PATIENCE = timedelta(hours=3)
"""How long a process waits for another: the first one draws half a million chairs while the others wait."""


@dataclass(frozen=True)
class ProcessGroup:
    """The processes of one run, as one of them sees them."""

    rank: int = 0
    size: int = 1
    device: str = "cpu"

    @property
    def is_rank_zero(self) -> bool:
        """Whether this is the process that reads the data, validates, writes files and prints."""
        return self.rank == 0

    def share(self, arrays: Sequence[Packed] | None, count: int) -> list[Tensor] | None:
        """Return rank 0's packed chairs, `count` arrays, on the device of each process.

        `arrays` is None on other ranks; rank 0 gives None if it failed, and then all processes get None.
        """
        if self.size == 1:
            return None if arrays is None else [torch.from_numpy(a).to(self.device) for a in arrays]
        lengths = torch.full((count,), -1, dtype=torch.int64, device=self.device)
        if arrays is not None:
            lengths.copy_(torch.tensor([len(array) for array in arrays]))
        dist.broadcast(lengths, 0)
        if int(lengths.min()) < 0:
            return None
        shared = []
        for i, length in enumerate(lengths.tolist()):
            if arrays is not None:
                tensor = torch.from_numpy(arrays[i]).to(self.device)
            else:
                tensor = torch.empty((length, PACKED_SIZE), dtype=torch.uint8, device=self.device)
            if length:
                dist.broadcast(tensor, 0)
            shared.append(tensor)
        return shared

    def any(self, flag: bool) -> bool:
        """Return True in every process if the flag is true in one; each has to call this at the same step."""
        if self.size == 1:
            return flag
        flags = torch.tensor(int(flag), device=self.device)
        dist.all_reduce(flags, dist.ReduceOp.MAX)
        return bool(flags)

    def synchronise_norms(self, network: nn.Module) -> nn.Module:
        """Return the network with batch normalisation over the whole batch, where torch can: on GPUs."""
        if self.size == 1 or self.device == "cpu":
            return network
        return nn.SyncBatchNorm.convert_sync_batchnorm(network)

    def wrap(self, module: nn.Module) -> nn.Module:
        """Return the module with a backward pass that averages the gradients over all processes."""
        if self.size == 1:
            return module
        devices = None if self.device == "cpu" else [torch.device(self.device)]
        return nn.parallel.DistributedDataParallel(module, device_ids=devices, broadcast_buffers=False)

    def average_gradients_of(self, module: nn.Module) -> None:
        """Average the gradients of a module that is not wrapped, such as a critic, as each is computed."""
        if self.size > 1:
            for parameter in module.parameters():
                parameter.register_post_accumulate_grad_hook(lambda p: self._average(p.grad))

    def average_statistics(self, network: nn.Module) -> None:
        """Average running means and variances over processes, where `synchronise_norms` cannot: on CPUs."""
        if self.size > 1 and self.device == "cpu":
            for buffer in network.buffers():
                if buffer.is_floating_point():
                    self._average(buffer)

    def _average(self, tensor: Tensor | None) -> None:
        assert tensor is not None
        dist.all_reduce(tensor)  # gloo has sums, and no means
        tensor /= self.size


@contextmanager
def join_process_group(device: str) -> Iterator[ProcessGroup]:
    """Yield the group of processes that `torchrun` started, seen from this one; alone without `torchrun`.

    `device` is the config's: empty takes a GPU for each process, if there are GPUs. Raises `InputError` for
    one GPU in several processes.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1 or "RANK" not in os.environ:
        yield ProcessGroup(device=choose_device(device))
        return
    rank, local = int(os.environ["RANK"]), int(os.environ.get("LOCAL_RANK", "0"))
    if device.startswith("cuda:"):
        raise InputError(f"device {device} is one GPU for {size} processes: leave --device out, or give cuda")
    if choose_device(device) == "cuda":
        device = choose_device(f"cuda:{local}")
        torch.cuda.set_device(device)
    else:
        device = "cpu"
    dist.init_process_group("gloo" if device == "cpu" else "nccl", timeout=PATIENCE)
    try:
        yield ProcessGroup(rank, size, device)
    finally:
        dist.destroy_process_group()
