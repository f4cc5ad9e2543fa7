"""Convolutions as matrix products: for a few chairs on a GPU, whose own convolutions are made for batches.

A convolution of two chairs gives cuDNN too few rows to fill a device, forward and backward: 4³ voxels of 192
channels are six tiles. As a product of matrices it can be cut along the sum as well, whose parts are added
after it ("split-K"), always in the same order. For more than a few chairs the patches need too much memory.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from voxview.model.network import Network
from voxview.model.replacement import keeps_size, replace_convolutions

_TILE = 64
_TILES = 256
"""Tiles of the result, all parts together, that fill a large device."""


def with_matrix_products(network: Network) -> Network:
    """Return a network, prepared for inference, that computes the same with matrix products."""
    return replace_convolutions(network, MatrixConvolution, MatrixDoubling)


def with_matrix_doublings(network: Network) -> Network:
    """Return a network, prepared for inference, that doubles sizes with matrix products: for any batch.

    cuDNN computes a transposed convolution as the gradient of a convolution. Its deterministic algorithms
    for that made scoring of all pairs in single precision 3.5 times as slow, and the others give other bits
    in each run. As products, with deterministic algorithms for the rest, it takes 892 ms instead of 907
    (50 chairs in 11 steps, H200).
    """
    return replace_convolutions(network, lambda conv: conv, MatrixDoubling)


class MatrixConvolution(nn.Module):
    """A convolution `(n, inputs, x, y, z)` → `(n, outputs, x', y', z')`, differentiable by its input."""

    def __init__(self, conv: nn.Conv3d) -> None:
        super().__init__()
        weight = conv.weight  # (outputs, inputs, k, k, k)
        self._kernel, self._stride, self._padding = conv.kernel_size[0], conv.stride[0], int(conv.padding[0])
        self._bias = None if conv.bias is None else conv.bias.reshape(-1, 1, 1, 1)
        self._rows = _rows(weight)
        self._rows_back = _rows(weight.transpose(0, 1).flip(2, 3, 4)) if keeps_size(conv) else None

    def forward(self, x: Tensor) -> Tensor:
        if self._rows_back is None:
            y = _convolve(x, self._rows, self._kernel, self._stride, self._padding)
        else:
            y = _SameSize.apply(x, self._rows, self._rows_back, self._kernel)
        return y.contiguous() if self._bias is None else y + self._bias


class MatrixDoubling(nn.Module):
    """A transposed convolution to twice the size whose kernels neither overlap nor leave gaps."""

    def __init__(self, conv: nn.ConvTranspose3d) -> None:
        super().__init__()
        weight = conv.weight  # (inputs, outputs, 2, 2, 2)
        self._outputs = weight.shape[1]
        self._rows = weight.reshape(len(weight), -1).T.contiguous()  # (outputs · 8, inputs)
        self._bias = None if conv.bias is None else conv.bias.reshape(-1, 1, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        n, _, d, h, w = x.shape
        y = (self._rows @ x.flatten(2)).reshape(n, self._outputs, 2, 2, 2, d, h, w)
        y = y.permute(0, 1, 5, 2, 6, 3, 7, 4).reshape(n, self._outputs, 2 * d, 2 * h, 2 * w)
        return y if self._bias is None else y + self._bias


class _SameSize(torch.autograd.Function):
    """A convolution that keeps the size, and its gradient by the input."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, rows: Tensor, rows_back: Tensor, kernel: int) -> Tensor:
        ctx.kernel, ctx.rows_back = kernel, rows_back
        return _convolve(x, rows, kernel, 1, kernel // 2).contiguous()

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor, None, None, None]:
        return _convolve(slopes[0], ctx.rows_back, ctx.kernel, 1, ctx.kernel // 2), None, None, None


def _rows(weight: Tensor) -> Tensor:
    """Return the weights `(outputs, inputs, k, k, k)` as `(k³, inputs, outputs)`."""
    return weight.permute(2, 3, 4, 1, 0).flatten(0, 2).contiguous()


def _convolve(x: Tensor, rows: Tensor, kernel: int, stride: int, padding: int) -> Tensor:
    """Convolve `x` `(n, inputs, x, y, z)`: a product for each part of the sum, then their total."""
    x = F.pad(x, (padding,) * 6)
    sizes = [(side - kernel) // stride + 1 for side in x.shape[2:]]
    n, channels, *_ = x.shape
    by_n, by_channel, *by = x.stride()
    patches = x.as_strided(
        (*(kernel,) * 3, channels, n, *sizes), (*by, by_channel, by_n, *(stride * step for step in by))
    )
    outputs, columns = rows.shape[2], n * sizes[0] * sizes[1] * sizes[2]
    parts = _parts(outputs, columns, kernel)
    left = rows.reshape(parts, -1, outputs).mT  # (parts, outputs, terms)
    products = left @ patches.reshape(parts, -1, columns)
    return products.sum(0).reshape(outputs, n, *sizes).transpose(0, 1)


def _parts(outputs: int, columns: int, kernel: int) -> int:
    """Return into how many parts, 1, k, k² or k³, the sum is cut so that the parts' tiles fill the device."""
    tiles = -(-outputs // _TILE) * -(-columns // _TILE)
    return next((kernel**power for power in range(3) if tiles * kernel**power >= _TILES), kernel**3)
