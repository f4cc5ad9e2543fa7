"""Which process holds what of each tensor, and whole tensors from the parts and back."""

from __future__ import annotations

import copy

from torch import Tensor, nn

from voxview.model.picture_network import PictureNetwork
from voxview.training.parallel.collectives import Traffic, start_gather
from voxview.training.parallel.mesh import Axis
from voxview.training.parallel.schemes import DATA, MODEL


def sharded_dimension(name: str, scheme: str) -> int | None:
    """Return along which dimension a tensor of a `PictureNetwork` is split; None: it is replicated.

    Layers are split by their units, with their biases and normalisations (`ColwiseParallel` in PyTorch's
    words), but the last one by its inputs (`RowwiseParallel`): it has 67 outputs, which nothing divides.
    """
    part, _, rest = name.partition(".")
    layer, _, leaf = rest.partition(".")
    if scheme == DATA or part != "alexnet" or leaf.endswith("num_batches_tracked"):
        return None
    if layer == "fc8":
        return 1 if leaf == "weight" else None
    if layer.startswith("fc") or (layer.startswith("conv") and scheme == MODEL):
        return 0
    return None


def shard(tensor: Tensor, dimension: int | None, axis: Axis) -> Tensor:
    """Return this process's part of a whole tensor, with memory of its own."""
    if dimension is None or axis.size == 1:
        return tensor.clone()
    return tensor.chunk(axis.size, dimension)[axis.rank].clone()


def gather(part: Tensor, dimension: int | None, axis: Axis) -> Tensor:
    """Return the whole tensor; all processes of the axis call this together."""
    if dimension is None or axis.size == 1:
        return part
    moved = part.detach().movedim(dimension, 0)
    return start_gather(moved, axis, "state", Traffic()).wait().movedim(0, dimension).contiguous()


def shard_network(network: PictureNetwork, scheme: str, axis: Axis) -> PictureNetwork:
    """Return a copy with this process's parts of the tensors, which is no use without the others.

    Forward passes are `ParallelNetwork`'s.
    """
    own = copy.deepcopy(network)
    for path, module in own.named_modules():
        for table in (module._parameters, module._buffers):
            for leaf, tensor in list(table.items()):
                name = f"{path}.{leaf}" if path else leaf
                dimension = sharded_dimension(name, scheme)
                if tensor is None or dimension is None:
                    continue
                part = shard(tensor.detach(), dimension, axis)
                table[leaf] = nn.Parameter(part) if isinstance(tensor, nn.Parameter) else part
    return own
