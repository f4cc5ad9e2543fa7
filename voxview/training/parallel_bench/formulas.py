"""How many bytes each process sends in a step, by formula, and from which batch on data parallel sends less.

With b pictures a process, N processes, D inputs of the first fully connected layer, H hidden numbers, C
outputs and P parameters, of which P_conv are the convolutions', a ring sends 2(N − 1)/N of what is summed,
and N − 1 parts of what is gathered, or summed and scattered:

    data parallel   2(N − 1)/N · P
    hybrid          2(N − 1)/N · (P_conv + C) + 2(N − 1) · b · (D + H + C)

Features, hidden numbers and outputs go there once, and their gradients back. The last layer is split by its
inputs, so that its outputs are sums, each of which one process needs; its C biases are replicated.
"""

from __future__ import annotations

from dataclasses import dataclass

from voxview.model.one_tower_sizes import CHANNELS
from voxview.training.parallel.schemes import DATA, MODEL
from voxview.training.parallel_bench.options import Options, features_of

FULL = 4
"""Bytes of a float32: of parameters, their gradients and the outputs."""


@dataclass(frozen=True)
class Sizes:
    """The numbers in a network, and the bytes of each that is exchanged."""

    inputs: int
    hidden: int
    outputs: int
    convolutions: int
    """Parameters."""
    activation_bytes: int = FULL
    """Of features and hidden numbers: 2 in bf16."""

    @property
    def fully_connected(self) -> int:
        """Parameters of the three layers, biases included."""
        return (
            (self.inputs + 1) * self.hidden
            + (self.hidden + 1) * self.hidden
            + (self.hidden + 1) * self.outputs
        )

    @property
    def parameters(self) -> int:
        """Of the whole network."""
        return self.convolutions + self.fully_connected


def sizes_of(options: Options, on_gpu: bool) -> Sizes:
    """Return the sizes of the one-tower AlexNet that is measured."""
    kernels = (11, 5, 3, 3, 3)
    channels = (3, *CHANNELS)
    convolutions = sum((channels[i] * k * k + 1) * channels[i + 1] for i, k in enumerate(kernels))
    activation = 2 if on_gpu and options.precision == "bf16" else FULL
    return Sizes(features_of(options), options.hidden, options.outputs, convolutions, activation)


def predicted_bytes(sizes: Sizes, scheme: str, processes: int, batch: int) -> float | None:
    """Return the bytes that a process sends in a step of `batch` pictures in all; None for pure `model`.

    That one gathers the maps after each convolution, for which there is no short formula.
    """
    if scheme == MODEL and processes > 1:
        return None
    ring = 2 * (processes - 1) / processes
    if scheme == DATA:
        return ring * sizes.parameters * FULL
    summed = ring * (sizes.convolutions + sizes.outputs) * FULL
    return summed + ring * batch * _bytes_of_a_picture(sizes)


def break_even(sizes: Sizes) -> float:
    """Return the batch of all processes together from which on data parallel sends less; N cancels out."""
    return (sizes.fully_connected - sizes.outputs) * FULL / _bytes_of_a_picture(sizes)


def break_even_of_the_paper(sizes: Sizes) -> float:
    """Return the same where everything is gathered: inputs of all three layers, and the outputs once."""
    elements = 2 * sizes.inputs + 4 * sizes.hidden + sizes.outputs
    return 2 * sizes.fully_connected / elements


def _bytes_of_a_picture(sizes: Sizes) -> int:
    """Return the bytes of a picture's features, hidden numbers and outputs, one way."""
    return sizes.activation_bytes * (sizes.inputs + sizes.hidden) + FULL * sizes.outputs
