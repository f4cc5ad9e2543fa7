"""Convolutions on the CPU whose weights are arranged once as oneDNN wants them, forward and backward.

PyTorch arranges them anew at each call, which for 192 channels at 4³ is a third of the time; it also leaves
oneDNN out for a batch of one that needs a gradient.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from voxview.model.network import Network
from voxview.model.replacement import keeps_size, replace_convolutions

_LAYOUT = torch.channels_last_3d
_LIKELY_CHAIRS = 2
"""The arrangement depends a little on the size of the batch; any other is right, too."""


def can_pack() -> bool:
    """Return True if this PyTorch has oneDNN, and with it what this module needs."""
    return (
        torch.backends.mkldnn.is_available()
        and hasattr(torch.ops.mkldnn, "_convolution_pointwise")
        and hasattr(torch._C._nn, "mkldnn_reorder_conv3d_weight")
    )


def with_packed_weights(network: Network) -> Network:
    """Return a network, on the CPU and prepared for inference, that computes the same with packed weights."""
    return replace_convolutions(network, PackedConvolution, PackedDoubling, PackedOverlapping)


class PackedConvolution(nn.Module):
    """A convolution `(n, inputs, x, y, z)` → `(n, outputs, x', y', z')`, differentiable by its input."""

    def __init__(self, conv: nn.Conv3d) -> None:
        super().__init__()
        self._weight, self._bias = conv.weight.detach(), conv.bias
        self._padding, self._stride = 3 * (int(conv.padding[0]),), tuple(conv.stride)
        self._keeps_size = keeps_size(conv)
        self._packed: dict[tuple[int, bool], Tensor] = {}
        """Arranged weights by the side of the input, forward and turned round for the gradient."""

    def forward(self, x: Tensor) -> Tensor:
        if not (torch.is_grad_enabled() and x.requires_grad):
            return self.convolve(x)
        if not self._keeps_size:
            return nn.functional.conv3d(x, self._weight, self._bias, self._stride, self._padding)
        y: Tensor = _Differentiable.apply(x, self)
        return y

    def convolve(self, x: Tensor) -> Tensor:
        """Return the convolution of `x`."""
        return self._run(x, self._bias)

    def convolve_back(self, slope: Tensor) -> Tensor:
        """Return the gradient by the input, of the gradient by the output."""
        return self._run(slope, None, turned=True)

    def _run(self, x: Tensor, bias: Tensor | None, *, turned: bool = False) -> Tensor:
        x, settings = x.contiguous(memory_format=_LAYOUT), (self._padding, self._stride, (1, 1, 1), 1)
        key = x.shape[2], turned
        if key not in self._packed:
            weight = self._weight.transpose(0, 1).flip(2, 3, 4).contiguous() if turned else self._weight
            size = (_LIKELY_CHAIRS, *x.shape[1:])
            pack: Any = torch._C._nn.mkldnn_reorder_conv3d_weight  # its stub lacks the arguments
            self._packed[key] = pack(weight.to_mkldnn(), *settings, size)
        y: Tensor = torch.ops.mkldnn._convolution_pointwise(
            x, self._packed[key], bias, *settings, "none", [], ""
        )
        return y


class _Differentiable(torch.autograd.Function):
    """A packed convolution and its gradient by the input."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, conv: PackedConvolution) -> Tensor:
        ctx.conv = conv
        return conv.convolve(x)

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor, None]:
        return ctx.conv.convolve_back(slopes[0]), None


class PackedDoubling(nn.Module):
    """A transposed convolution to twice the size whose kernels neither overlap nor leave gaps."""

    def __init__(self, conv: nn.ConvTranspose3d) -> None:
        super().__init__()
        weight = conv.weight.detach()  # (inputs, outputs, 2, 2, 2)
        self._outputs = weight.shape[1]
        self._columns = weight.permute(0, 2, 3, 4, 1).flatten(1).contiguous()  # (inputs, 8 · outputs)
        self._bias = None if conv.bias is None else conv.bias.reshape(-1, 1, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        last = x.permute(0, 2, 3, 4, 1)
        y = _spread(last @ self._columns, self._outputs)
        return y if self._bias is None else y + self._bias


class PackedOverlapping(nn.Module):
    """A transposed convolution of kernels of 5 to twice the size, as one of kernels of 3 at the smaller size.

    That gives all eight voxels that come of one, a channel each, and is what oneDNN is fast at: a quarter of
    the time where there is one output channel.
    """

    def __init__(self, conv: nn.ConvTranspose3d) -> None:
        super().__init__()
        inputs, self._outputs = conv.weight.shape[:2]
        # Along each axis output 2i + p is the sum over j in 0 … 2 of input i + j − 1 by weight 2 (2 − j) + p.
        weight = nn.functional.pad(conv.weight.detach(), 3 * (0, 1))  # (inputs, outputs, 6, 6, 6)
        weight = weight.reshape(inputs, self._outputs, *3 * (3, 2)).flip(2, 4, 6)
        weight = weight.permute(3, 5, 7, 1, 0, 2, 4, 6).reshape(-1, inputs, 3, 3, 3)
        whole = nn.Conv3d(inputs, len(weight), 3, padding=1, bias=conv.bias is not None, device="meta")
        whole.weight = nn.Parameter(weight, requires_grad=False)
        if conv.bias is not None:
            whole.bias = nn.Parameter(conv.bias.detach().repeat(8), requires_grad=False)
        self._conv = PackedConvolution(whole)

    def forward(self, x: Tensor) -> Tensor:
        return _spread(self._conv(x).permute(0, 2, 3, 4, 1), self._outputs)


def _spread(x: Tensor, outputs: int) -> Tensor:
    """Return `(n, outputs, 2d, 2h, 2w)` of `(n, d, h, w, 8 · outputs)`: 2×2×2 voxels of each."""
    n, d, h, w, _ = x.shape
    y = x.reshape(n, d, h, w, 2, 2, 2, outputs).permute(0, 1, 4, 2, 5, 3, 6, 7)
    return y.reshape(n, 2 * d, 2 * h, 2 * w, outputs).permute(0, 4, 1, 2, 3)
