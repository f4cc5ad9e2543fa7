"""The residual decoder for a single latent on a CUDA device, in VoxView's own kernels.

cuDNN is made for batches: one blend in single precision takes it 0.98 ms on an H200, most of it in
convolutions that occupy a few of 132 multiprocessors. These kernels split the sums, too
(`kernels/decoder.cu`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from voxview.conventions import LATENT_SHAPE, LATENT_SIZE, RESOLUTION
from voxview.cuda.views import check_views, views_on_stream
from voxview.model.mapping import LatentMapping
from voxview.model.residual import ResidualBlock, ResidualNetwork, Upsample

_ROWS, _DEPTH, _THREADS = 64, 32, 128  # tile sizes and block size, as in the kernels' source
_ADD_THREADS = 256
_BLOCKS_EACH = 2
"""Blocks per multiprocessor, so that one computes while another waits for memory."""


@dataclass(frozen=True, eq=False)
class _Layer:
    """One matrix product, with its bias and activation."""

    weights: Tensor
    """`(neighbours · channels, columns)`."""
    bias: Tensor
    """`(columns,)`."""
    neighbours: int
    side: int
    doubled: bool = False
    residual: bool = False
    """Add the input of the residual block."""
    probability: bool = False

    @property
    def columns(self) -> int:
        return self.weights.shape[1]

    @property
    def channels(self) -> int:
        return self.weights.shape[0] // self.neighbours

    @property
    def tile(self) -> int:
        """Columns of a tile."""
        return 32 if self.columns % 32 == 0 else 8


class ResidualDecoder:
    """Decodes one latent to one field; its buffers are allocated once."""

    def __init__(self, network: ResidualNetwork) -> None:
        """Prepare the layers of a network that is on a CUDA device and prepared for inference."""
        device = network.expand.weight.device
        # From [channel][voxel] to [voxel][channel].
        order = torch.arange(len(network.expand.weight), device=device).reshape(-1, 4**3).T.ravel()
        self._expand = network.expand.weight[order].T.contiguous(), network.expand.bias[order].contiguous()
        self._mapping = _Mapping(network.mapping) if isinstance(network.mapping, LatentMapping) else None
        self._layers = list(_layers(network.decoder))
        largest = max(layer.side**3 * layer.columns for layer in self._layers)
        # A residual block's input is needed until the block ends: three buffers take turns.
        self._activations = [torch.empty(largest, device=device) for _ in range(3)]
        processors = torch.cuda.get_device_properties(device).multi_processor_count
        self._cuts = [_cut(layer, _BLOCKS_EACH * processors) for layer in self._layers]
        sizes = (
            layer.side**3 * layer.columns * parts
            for layer, (_, parts) in zip(self._layers, self._cuts, strict=True)
        )
        self._parts = torch.empty(max(sizes), device=device)

    def queue(self, z: Tensor, field: Tensor, *, stream: int) -> None:
        """Queue the decoding of `z` (8, 8) into `field` (32, 32, 32): contiguous float32 on the device.

        `stream` is the handle of a stream of the network's device; nothing is waited for. Raises `InputError`
        for other arrays, those on another device among them.
        """
        arrays = {"z": z, "field": field, "the decoder's memory": self._parts}
        with views_on_stream(arrays, stream) as views:
            check_views(views, z=LATENT_SHAPE, field=(RESOLUTION,) * 3)
            weights, bias = self._expand
            now, before, after = self._activations
            size = len(bias)
            mapped = z if self._mapping is None else self._mapping.queue(z)
            _launch("expand", (-(-size // _THREADS),), _THREADS, (mapped, weights, bias, now), (size,))
            for layer, cut in zip(self._layers, self._cuts, strict=True):
                added = before if layer.residual else None
                self._queue_layer(layer, cut, now, added, field if layer.probability else after)
                now, before, after = after, now, before

    def _queue_layer(
        self, layer: _Layer, cut: tuple[int, int], before: Tensor, added: Tensor | None, after: Tensor
    ) -> None:
        (chunks, parts), voxels = cut, layer.side**3
        grid = (voxels // _ROWS, layer.columns // layer.tile, parts)
        numbers = (layer.side, layer.channels, layer.columns, layer.neighbours, chunks)
        _launch(f"sum_part_{layer.tile}", grid, _THREADS, (before, layer.weights, self._parts), numbers)
        blocks = -(-voxels * layer.columns // _ADD_THREADS)
        numbers = (layer.side, layer.columns, parts, layer.doubled, layer.probability)
        _launch("add_parts", (blocks,), _ADD_THREADS, (self._parts, layer.bias, added, after), numbers)


class _Mapping:
    """The mapping of one latent, `LatentMapping`, and its buffers."""

    def __init__(self, mapping: LatentMapping) -> None:
        self._even = mapping.even
        linear = [layer for layer in mapping.layers if isinstance(layer, nn.Linear)]
        # The first layer sees the even numbers only: for the kernel its weights of the odd ones are 0.
        weights = [F.pad(linear[0].weight, (0, LATENT_SIZE - self._even)), *(x.weight for x in linear[1:])]
        self._layers = [(w.contiguous(), x.bias) for w, x in zip(weights, linear, strict=True)]
        self._outputs = [torch.empty_like(x.bias) for x in linear]

    def queue(self, z: Tensor) -> Tensor:
        """Queue the mapping of `z` (64 numbers); return where the result will be."""
        now, last = z, len(self._layers) - 1
        for number, ((weights, bias), out) in enumerate(zip(self._layers, self._outputs, strict=True)):
            outputs, inputs = weights.shape
            arrays = (now, weights, bias, z if number == last else None, out)
            blocks = -(-32 * outputs // _THREADS)  # a warp for each output
            _launch("dense", (blocks,), _THREADS, arrays, (inputs, outputs, number == 0, self._even))
            now = out
        return now


def _launch(
    name: str, grid: tuple[int, ...], threads: int, arrays: Iterable[Tensor | None], numbers: Iterable[int]
) -> None:
    from voxview.cuda.compiled import kernel  # it needs CuPy when it is imported

    pointers = (np.uintp(0 if array is None else array.data_ptr()) for array in arrays)
    kernel("decoder.cu", name)(grid, (threads,), (*pointers, *map(np.int32, numbers)))


def fits(network: ResidualNetwork) -> bool:
    """Return True if the kernels have the decoder's mapping, and their tiles divide its widths."""
    if not isinstance(network.mapping, nn.Identity | LatentMapping):
        return False
    return all(layer.channels % _DEPTH == 0 and layer.columns % 8 == 0 for layer in _layers(network.decoder))


def _layers(decoder: nn.Sequential) -> Iterator[_Layer]:
    side = 4
    for module in decoder:
        if isinstance(module, ResidualBlock):
            yield _Layer(*_convolution(module.conv1), 27, side)
            yield _Layer(*_convolution(module.conv2), 27, side, residual=True)
        elif isinstance(module, Upsample):
            w = module.conv.weight  # (inputs, outputs, 2, 2, 2)
            weights = w.permute(0, 2, 3, 4, 1).reshape(len(w), -1).contiguous()
            assert module.conv.bias is not None
            yield _Layer(weights, module.conv.bias.repeat(8), 1, side, doubled=True)
            side *= 2
        elif isinstance(module, nn.Conv3d):
            yield _Layer(*_convolution(module), 27, side, doubled=True, probability=True)


def _convolution(conv: nn.Conv3d) -> tuple[Tensor, Tensor]:
    """Return the weights (outputs, inputs, 3, 3, 3) as a matrix (27 · inputs, outputs), and the bias."""
    assert conv.bias is not None  # the fused normalisation left one
    w = conv.weight
    return w.permute(2, 3, 4, 1, 0).reshape(-1, len(w)).contiguous(), conv.bias


def _cut(layer: _Layer, blocks: int) -> tuple[int, int]:
    """Return chunks of terms per part, and parts, such that there are about `blocks` blocks and not more."""
    tiles = layer.side**3 // _ROWS * (layer.columns // layer.tile)
    total = layer.neighbours * layer.channels // _DEPTH
    chunks = -(-total * tiles // blocks)
    return chunks, -(-total // chunks)
