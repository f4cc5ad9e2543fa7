"""The arithmetic of one layer, with its formula in letters and in numbers. Free of torch.

W is the input's length along each axis, F the filter's, S the stride, P the padding on each side, O the
output padding of a transposed convolution; C counts input channels, K filters, G groups. Filters are as long
along every axis, and so are inputs and outputs.

Biases, normalisation, activations, pooling and the search for neighbours count as no multiply-adds.
"""

from __future__ import annotations

from dataclasses import dataclass

MULTIPLY_ADD = (
    "A multiply-add is one product that is added to a sum; those of convolutions, fully connected layers and "
    "matrix products are counted, for one example, and nothing else."
)
"""The definition, for who reads the counts."""

FLOAT_BYTES = 4
"""Bytes of a float32."""


@dataclass(frozen=True)
class Working:
    """One figure of a layer, and the way to it."""

    figure: str
    """What it is: `output`, `numbers a filter`, `parameters`, `multiply-adds`, …"""
    formula: str
    """In letters or words, such as `⌊(W − F + 2P)/S⌋ + 1`."""
    numbers: str
    """The same with the layer's numbers, such as `⌊(227 − 11 + 0)/4⌋ + 1`."""
    result: int

    @property
    def text(self) -> str:
        """Return all of it on one line."""
        return f"{self.formula} = {self.numbers} = {self.result:,}"


@dataclass(frozen=True)
class Convolution:
    """A convolution of one example."""

    size: int
    """Length of the input along each axis; of points, how many there are."""
    channels: int
    filters: int
    kernel: int
    stride: int = 1
    padding: int = 0
    groups: int = 1
    dimensions: int = 2
    """1, 2 or 3."""
    bias: bool = True
    transposed: bool = False
    output_padding: int = 0

    @property
    def output_size(self) -> int:
        """Length of the output along each axis."""
        if self.transposed:
            inside = (self.size - 1) * self.stride - 2 * self.padding
            return inside + self.kernel + self.output_padding
        return (self.size - self.kernel + 2 * self.padding) // self.stride + 1

    @property
    def weights_per_filter(self) -> int:
        """Weights of one filter, which reaches through all channels of its group."""
        return self.kernel**self.dimensions * self.channels // self.groups

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return self.filters * (self.weights_per_filter + self.bias)

    @property
    def multiply_adds(self) -> int:
        """Each output number is a sum over one filter; transposed, each input number goes into K filters."""
        if self.transposed:
            per_input = self.kernel**self.dimensions * self.filters // self.groups
            return self.size**self.dimensions * self.channels * per_input
        return self.output_size**self.dimensions * self.filters * self.weights_per_filter


def convolution_workings(layer: Convolution) -> tuple[Working, ...]:
    """Return output size, numbers a filter, parameters and multiply-adds of a convolution."""
    inner = _filter_letters(layer)
    inner_numbers = _filter_numbers(layer)
    with_bias = " + 1" if layer.bias else ""
    return (
        output_working(layer),
        Working(
            "numbers a filter",
            f"{inner}{with_bias}",
            f"{inner_numbers}{with_bias}",
            layer.weights_per_filter + layer.bias,
        ),
        Working(
            "parameters",
            f"filters × ({inner}{with_bias})",
            f"{layer.filters} × ({inner_numbers}{with_bias})",
            layer.parameters,
        ),
        _multiply_adds_working(layer),
    )


def output_working(layer: Convolution) -> Working:
    """Return the output's length along each axis with its arithmetic."""
    w, f, s, p = layer.size, layer.kernel, layer.stride, 2 * layer.padding
    if layer.transposed:
        return Working(
            "output",
            "(W − 1)·S − 2P + F + O",
            f"({w} − 1)·{s} − {p} + {f} + {layer.output_padding}",
            layer.output_size,
        )
    return Working("output", "⌊(W − F + 2P)/S⌋ + 1", f"⌊({w} − {f} + {p})/{s}⌋ + 1", layer.output_size)


def _multiply_adds_working(layer: Convolution) -> Working:
    if layer.transposed:
        weights = _product([layer.kernel] * layer.dimensions + [layer.filters // layer.groups])
        return Working(
            "multiply-adds",
            "input positions × C × F"
            + "·F" * (layer.dimensions - 1)
            + ("·K/G" if layer.groups > 1 else "·K"),
            f"{_product([layer.size] * layer.dimensions)} × {layer.channels} × {weights}",
            layer.multiply_adds,
        )
    positions = _product([layer.output_size] * layer.dimensions)
    return Working(
        "multiply-adds",
        f"output positions × filters × {_filter_letters(layer)}",
        f"{positions} × {layer.filters} × {_filter_numbers(layer)}",
        layer.multiply_adds,
    )


def linear_workings(inputs: int, outputs: int, bias: bool) -> tuple[Working, ...]:
    """Return parameters and multiply-adds of a fully connected layer."""
    one = " + 1" if bias else ""
    return (
        Working(
            "parameters",
            f"outputs × (inputs{one})",
            f"{outputs} × ({inputs}{one})",
            outputs * (inputs + bias),
        ),
        Working("multiply-adds", "outputs × inputs", f"{outputs} × {inputs}", outputs * inputs),
    )


def product_working(rows: int, inner: int, columns: int) -> Working:
    """Return the multiply-adds of a matrix product, `(rows, inner)` by `(inner, columns)`."""
    numbers = f"{rows} × {inner} × {columns}"
    return Working("multiply-adds", "rows × inner × columns", numbers, rows * inner * columns)


def pool_working(size: int, kernel: int, stride: int) -> Working:
    """Return the length of the output of a pool along each axis."""
    return output_working(Convolution(size, 1, 1, kernel, stride))


def memory_working(channels: int, size: tuple[int, ...]) -> Working:
    """Return the bytes of a layer's output in float32, for one example."""
    numbers = _product([*size, channels])
    count = channels
    for length in size:
        count *= length
    return Working("bytes of activations", "4 bytes × output numbers", f"4 × {numbers}", FLOAT_BYTES * count)


def _filter_letters(layer: Convolution) -> str:
    return "·".join(["F"] * layer.dimensions + ["C/G" if layer.groups > 1 else "C"])


def _filter_numbers(layer: Convolution) -> str:
    return _product([layer.kernel] * layer.dimensions + [layer.channels // layer.groups])


def _product(numbers: list[int]) -> str:
    return "·".join(map(str, numbers))
