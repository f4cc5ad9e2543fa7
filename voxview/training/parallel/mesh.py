"""The processes of a run as a device mesh: one axis on one host, data × shards over several hosts."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch.distributed.device_mesh import init_device_mesh

from voxview.training.parallel.schemes import DATA, shard_count
from voxview.training.process_group import ProcessGroup


@dataclass(frozen=True)
class Axis:
    """Processes that exchange something, as one of them sees them; `group` is None for one alone."""

    rank: int = 0
    size: int = 1
    group: dist.ProcessGroup | None = None


@dataclass(frozen=True)
class Mesh:
    """Three views of the same processes."""

    world: Axis = Axis()
    """All of them: each has a part of the batch, and they sum the gradients of replicated tensors."""
    shards: Axis = Axis()
    """Those that share one copy of the sharded layers: all of them, or the ones of this host."""
    copies: Axis = Axis()
    """Those that hold the same shard, one a host."""


def make_mesh(group: ProcessGroup, scheme: str) -> Mesh:
    """Return the mesh of the joined processes; they call this together.

    On one host, one axis is for both the batch and the shards. See `shard_count` for several.
    """
    if group.size == 1:
        return Mesh()
    kind = torch.device(group.device).type
    world = Axis(group.rank, group.size, dist.group.WORLD)
    if scheme == DATA:
        return mesh_on_one_host(world, scheme)  # on any number, as nothing is sharded
    local = shard_count(scheme, group.size)
    if local == group.size:
        return mesh_on_one_host(world, scheme)
    axes = init_device_mesh(kind, (group.size // local, local), mesh_dim_names=("copies", "shards"))
    copies, shards = (
        Axis(axes.get_local_rank(name), axes[name].size(), axes.get_group(name))
        for name in ("copies", "shards")
    )
    return Mesh(world, shards, copies)


def mesh_on_one_host(world: Axis, scheme: str) -> Mesh:
    """Return the mesh of processes that all share one copy of what the scheme shards."""
    return Mesh(world, Axis(), world) if scheme == DATA else Mesh(world, world, Axis())
