"""Data-parallel training in several processes, a GPU each, as `torchrun` starts them.

    torchrun --nproc-per-node=8 -m voxview train --data ShapeNetVox32 --out runs/chairs.safetensors

Each process learns from its own part of every batch, and gradients are averaged, so that the weights are the
same everywhere; a process alone shares and averages nothing. Each process normalises with its own part of the
batch, so that should not be a handful of chairs, and running statistics are averaged with the gradients. All
of it is one exchange between two CUDA graphs. DistributedDataParallel would overlap it with the backward
pass, but exchanges from hooks, while a step is launched; SyncBatchNorm waits for the GPU at each norm.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor

from voxview.counts import counted
from voxview.errors import InputError, VoxViewError
from voxview.model.autoencoder import choose_device
from voxview.shapes.bits import Packed

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

    @contextmanager
    def failing_once(self) -> Iterator[None]:
        """Let rank 0 alone raise the `VoxViewError` that all come to; the others exit with its status."""
        try:
            yield
        except VoxViewError as error:
            self.any(True)  # together: who leaves first breaks the connections that others still make
            if self.is_rank_zero:
                raise
            raise SystemExit(error.exit_status) from None

    def share(self, arrays: Sequence[Packed] | None, count: int) -> list[Tensor] | None:
        """Return rank 0's packed chairs, `count` arrays, on the device of each process.

        `arrays` is None on other ranks; rank 0 gives None if it failed, and then all processes get None.
        """
        if self.size == 1:
            return None if arrays is None else [torch.from_numpy(a).to(self.device) for a in arrays]
        shapes = torch.full((count, 2), -1, dtype=torch.int64, device=self.device)
        if arrays is not None:
            shapes.copy_(torch.tensor([array.shape for array in arrays]))
        dist.broadcast(shapes, 0)
        if int(shapes.min()) < 0:
            return None
        shared = []
        for i, shape in enumerate(shapes.tolist()):
            if arrays is not None:
                tensor = torch.from_numpy(arrays[i]).to(self.device)
            else:
                tensor = torch.empty(shape, dtype=torch.uint8, device=self.device)
            if len(tensor):
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

    @torch.no_grad()
    def average_(self, tensors: Sequence[Tensor]) -> None:
        """Average float tensors over the processes, in place and in one exchange."""
        flat = torch.cat([tensor.flatten() for tensor in tensors])
        dist.all_reduce(flat)  # gloo has sums, and no means
        parts = (flat / self.size).split([tensor.numel() for tensor in tensors])
        torch._foreach_copy_(list(tensors), [a.view_as(b) for a, b in zip(parts, tensors, strict=True)])


@contextmanager
def join_process_group(device: str) -> Iterator[ProcessGroup]:
    """Yield the group of processes that `torchrun` started, seen from this one; alone without `torchrun`.

    `device` is the config's: empty takes a GPU for each process, if there are GPUs. Raises `InputError` for
    one GPU in several processes, and for fewer GPUs than processes; all but the first of a host exit then.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1 or "RANK" not in os.environ:
        yield ProcessGroup(device=choose_device(device))
        return
    rank, local = int(os.environ["RANK"]), int(os.environ.get("LOCAL_RANK", "0"))
    try:
        device = _own_device(device, local, int(os.environ.get("LOCAL_WORLD_SIZE", size)))
    except VoxViewError as error:
        if local:
            raise SystemExit(error.exit_status) from None  # the first process of the host says why
        raise
    if device != "cpu":
        torch.cuda.set_device(device)
    dist.init_process_group("gloo" if device == "cpu" else "nccl", timeout=PATIENCE)
    try:
        yield ProcessGroup(rank, size, device)
        if device == "cpu":
            # Together: now and then a process aborted at its exit ("terminate called without an active
            # exception"), most likely because a thread of gloo's let go of tensors while Python ended.
            dist.barrier()
    finally:
        dist.destroy_process_group()


def _own_device(device: str, local: int, processes: int) -> str:
    """Return the device of a host's process number `local`; they all come to the same error, if to any."""
    if device.startswith("cuda:"):
        raise InputError(
            f"device {device} is one GPU for {processes} processes: leave --device out, or give cuda"
        )
    if choose_device(device) == "cpu":
        return "cpu"
    gpus = torch.cuda.device_count()
    if processes > gpus:
        raise InputError(
            f"{processes} processes, and {counted(gpus, 'GPU')} on this host: "
            f"give torchrun --nproc-per-node={gpus}, or --device cpu"
        )
    return f"cuda:{local}"
