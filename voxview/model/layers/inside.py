"""What the channels of a layer give for one example, and which of the input one of them answers to.

That is *input × gradient* (Shrikumar et al. 2016, arXiv:1605.01713): each number of the input times the
derivative by it of the channel's largest number. Of voxels that are 0 or 1 it says how much each occupied one
adds to first order; an empty one has 0, whatever it would do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from voxview.model.autoencoder import full_precision
from voxview.model.layers.describe import numbered, shown_name
from voxview.model.layers.trace import CONVOLUTIONS, Call, trace
from voxview.shapes.frame import Floats

_OPERATION_NAMES = {"max pool": "pool", "matrix product": "product", "rearrangement": "voxels"}


@dataclass(frozen=True, eq=False)
class Answering:
    """What one channel's largest number depends on."""

    channel: int
    value: float
    """That number."""
    place: tuple[int, ...]
    """Where it stands in the channel's map."""
    contributions: Floats
    """Input × gradient, in the input's shape without the batch: `(1, 32, 32, 32)`, `(8, 8)`, …"""
    reach: tuple[int, ...]
    """How long the part of the input that it depends on is along each axis: where the gradient is not 0."""


@dataclass(frozen=True, eq=False)
class LayerActivations:
    """What a layer gives for one example."""

    layer: str
    """Its name, as in a `LayerRow`."""
    values: Floats
    """`(channels, …)`, after the activation that comes with the layer."""
    answering: Answering
    filters: Floats | None
    """Of a convolution that reads the input itself: `(filters, channels, …)`."""


@dataclass(frozen=True, eq=False)
class Pass:
    """One way through a network, or through a part of it."""

    network: nn.Module
    run: Callable[[Tensor], object]
    given: Tensor
    """`(1, …)`"""


def look_inside(
    one: Pass, layers: Sequence[str], channel: int, look: Callable[[], None] = lambda: None
) -> LayerActivations | None:
    """Return what the first of some layers that there is gives; None if the pass has none of them.

    A channel that the layer does not have counts as its last one. `look` is called before each layer, and
    what it raises ends it.
    """
    given = one.given.clone().requires_grad_()
    with torch.enable_grad(), full_precision():
        calls = trace(one.network, given, keep=True, run=one.run, look=look, gradients=True)
        names = layer_names(calls)
        found = next((name for name in layers if name in names), None)
        if found is None:
            return None
        look()
        call = calls[names.index(found)]
        values = _one(call)
        return LayerActivations(
            found,
            values.detach().numpy().copy(),
            _answering(values, given, min(channel, len(values) - 1)),
            _filters(call) if call is calls[0] else None,
        )


def layer_names(calls: Sequence[Call]) -> list[str]:
    """Return the names that calls have as rows."""
    return numbered(
        [shown_name(call.path, _OPERATION_NAMES.get(call.operation, call.operation)) for call in calls]
    )


def _one(call: Call) -> Tensor:
    """Return what a call gave of the one example, `(channels, …)`."""
    assert call.value is not None
    value = call.value[0]
    if value.dim() == 6:  # eight channels as voxels, before they lie side by side: (d, 2, h, 2, w, 2)
        d, _, h, _, w, _ = value.shape
        value = value.reshape(1, 2 * d, 2 * h, 2 * w)
    return value


def _answering(values: Tensor, given: Tensor, channel: int) -> Answering:
    numbers = values[channel].reshape(-1)
    largest = int(numbers.detach().argmax())
    (slope,) = torch.autograd.grad(numbers[largest], given)
    place = torch.unravel_index(torch.tensor(largest), values[channel].shape)
    return Answering(
        channel,
        float(numbers[largest].detach()),
        tuple(int(axis) for axis in place),
        (slope * given.detach())[0].numpy().copy(),
        _reach(slope[0]),
    )


def _reach(slope: Tensor) -> tuple[int, ...]:
    places = slope.nonzero()
    if not len(places):
        return (0,) * slope.dim()
    return tuple((places.amax(0) - places.amin(0) + 1).tolist())


def _filters(call: Call) -> Floats | None:
    if not isinstance(call.module, CONVOLUTIONS):
        return None
    return call.module.weight.detach().numpy().copy()
