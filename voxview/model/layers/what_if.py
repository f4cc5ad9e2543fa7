"""What a convolution would give, and the mistakes that its numbers invite. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from voxview.errors import InputError
from voxview.model.layers.arithmetic import Convolution, Working, convolution_workings


@dataclass(frozen=True)
class Outcome:
    """What a convolution gives."""

    layer: Convolution
    output_size: int
    """Along each axis."""
    numbers_per_filter: int
    """Weights, and the bias."""
    parameters: int
    multiply_adds: int
    workings: tuple[Working, ...]
    remarks: tuple[str, ...]
    """Mistakes that these numbers invite, a sentence each."""


def what_if(layer: Convolution) -> Outcome:
    """Return what a convolution gives; raise `InputError` for one that cannot be."""
    check(layer)
    return Outcome(
        layer,
        layer.output_size,
        layer.weights_per_filter + layer.bias,
        layer.parameters,
        layer.multiply_adds,
        convolution_workings(layer),
        tuple(_remarks(layer)),
    )


def check(layer: Convolution) -> None:
    """Raise `InputError` of one line unless a convolution can be computed."""
    if layer.dimensions not in (1, 2, 3):
        raise InputError(f"a convolution has 1, 2 or 3 dimensions, but {layer.dimensions} came")
    for name in ("size", "channels", "filters", "kernel", "stride", "groups"):
        value = getattr(layer, name)
        if value < 1:
            raise InputError(f"{_NAMES[name]} is 1 or more, but {value} came")
    if layer.padding < 0 or layer.output_padding < 0:
        raise InputError(f"padding is 0 or more, but {min(layer.padding, layer.output_padding)} came")
    for name in ("channels", "filters"):
        value = getattr(layer, name)
        if value % layer.groups:
            raise InputError(f"{layer.groups} groups cannot share {value} {name}: take a divisor of both")
    padded = layer.size + 2 * layer.padding
    if not layer.transposed and layer.kernel > padded:
        raise InputError(
            f"the filter is {layer.kernel} long and the padded input {padded}: take a smaller filter or more "
            "padding"
        )
    if layer.output_size < 1:
        raise InputError(f"the output would be {layer.output_size} long: take less padding")


_NAMES = {
    "size": "the input's size",
    "channels": "the number of channels",
    "filters": "the number of filters",
    "kernel": "the filter's size",
    "stride": "the stride",
    "groups": "the number of groups",
}


def _remarks(layer: Convolution) -> list[str]:
    found = [] if layer.transposed else [*_of_the_floor(layer), *_of_the_edges(layer)]
    axes, inner = "·".join([str(layer.kernel)] * layer.dimensions), layer.channels // layer.groups
    if inner > 1:
        found.append(
            f"a filter reaches through all {inner} channels{' of its group' if layer.groups > 1 else ''}: it "
            f"has {axes}·{inner} = {layer.weights_per_filter:,} weights, not {axes} = "
            f"{layer.kernel**layer.dimensions:,}"
        )
    if layer.bias:
        found.append(f"a bias is one number a filter, not one an output number: {layer.filters:,} in all")
    if layer.groups > 1:
        whole = Convolution(**{**vars(layer), "groups": 1})
        found.append(
            f"with {layer.groups} groups a filter sees {inner} of {layer.channels} channels; without groups "
            f"the layer has {whole.parameters:,} parameters and {whole.multiply_adds:,} multiply-adds"
        )
    found.append(
        "the input's size changes the multiply-adds, and no parameter: filters are shared by all positions"
    )
    return found


def _of_the_floor(layer: Convolution) -> list[str]:
    span = layer.size - layer.kernel + 2 * layer.padding
    if span % layer.stride == 0:
        return []
    exact = float(Fraction(span, layer.stride)) + 1
    unread, are = span % layer.stride, "is" if span % layer.stride == 1 else "are"
    padded = "padded input" if layer.padding else "input"
    needed = layer.output_size * layer.stride + layer.kernel
    padding = -(-(needed - layer.size) // 2)
    return [
        f"({layer.size} − {layer.kernel} + {2 * layer.padding})/{layer.stride} + 1 is {exact:g}, and the "
        f"floor belongs around the fraction: ⌊{span}/{layer.stride}⌋ + 1 = {layer.output_size}",
        f"the last {unread} of the {padded} along each axis {are} read by no filter",
        f"{layer.output_size + 1} along each axis would take an input of {needed - 2 * layer.padding} with "
        f"this padding, or a padding of {padding} with this input",
    ]


def _of_the_edges(layer: Convolution) -> list[str]:
    found = []
    if layer.stride > layer.kernel:
        found.append(
            f"the stride is larger than the filter: {layer.stride - layer.kernel} of every {layer.stride} "
            "input positions along each axis are never read"
        )
    if layer.padding >= layer.kernel:
        found.append("the padding is as long as the filter: at the edges it reads nothing but zeros")
    if layer.stride == 1 and layer.kernel % 2 == 0:
        found.append("no padding keeps the size with an even filter and stride 1; an odd one takes (F − 1)/2")
    return found
