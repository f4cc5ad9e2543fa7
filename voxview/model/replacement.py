"""Networks with other layers in place of their convolutions, which compute the same faster somewhere."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from torch import nn

from voxview.model.network import Network


def replace_convolutions(
    network: Network,
    convolution: Callable[[nn.Conv3d], nn.Module],
    doubling: Callable[[nn.ConvTranspose3d], nn.Module],
    overlapping: Callable[[nn.ConvTranspose3d], nn.Module] | None = None,
) -> Network:
    """Return a copy of a network with layers made of its convolutions; it shares all other parameters.

    `network` is prepared for inference. `doubling` takes transposed convolutions to twice the size whose
    kernels neither overlap nor leave gaps, `overlapping` those with kernels of 5 around each second voxel.
    Convolutions with groups, dilation, uneven kernels or other than zero padding stay as they are.
    """
    shared: dict[int, Any] = {id(t): t for t in (*network.parameters(), *network.buffers())}
    twin = copy.deepcopy(network, shared)
    for parent in list(twin.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Conv3d) and _is_plain(child):
                setattr(parent, name, convolution(child))
            elif isinstance(child, nn.ConvTranspose3d) and _is_doubling(child):
                setattr(parent, name, doubling(child))
            elif overlapping and isinstance(child, nn.ConvTranspose3d) and _is_overlapping(child):
                setattr(parent, name, overlapping(child))
    return twin


def keeps_size(conv: nn.Conv3d) -> bool:
    """Return True if the gradient by the input is a convolution like it, with the kernel turned round."""
    return conv.stride[0] == 1 and 2 * int(conv.padding[0]) == conv.kernel_size[0] - 1


def _is_plain(conv: nn.Conv3d) -> bool:
    if isinstance(conv.padding, str) or conv.padding_mode != "zeros":
        return False
    alike = all(len(set(sizes)) == 1 for sizes in (conv.kernel_size, conv.stride, conv.padding))
    return alike and conv.groups == 1 and set(conv.dilation) == {1}


def _is_doubling(conv: nn.ConvTranspose3d) -> bool:
    doubles = set(conv.kernel_size) == {2} and set(conv.stride) == {2}
    return doubles and conv.groups == 1 and set(conv.padding) == set(conv.output_padding) == {0}


def _is_overlapping(conv: nn.ConvTranspose3d) -> bool:
    doubles = set(conv.kernel_size) == {5} and set(conv.stride) == {2} and set(conv.output_padding) == {1}
    return doubles and conv.groups == 1 and set(conv.padding) == {2} and set(conv.dilation) == {1}
