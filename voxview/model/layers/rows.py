"""A network as rows, one a layer, with totals. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import Literal

from voxview.model.layers.arithmetic import FLOAT_BYTES, Working

Unit = Literal["voxel", "pixel", "point"]
"""What an input consists of."""

CONVOLUTION, TRANSPOSED, FULLY_CONNECTED = "convolution", "transposed convolution", "fully connected"
SHARED = "shared layer"
"""Kinds of layers that have weights: a shared layer is the same for every point, a 1×1 convolution."""
PRODUCT = "matrix product"

_POWERS = {2: "²", 3: "³"}


@dataclass(frozen=True)
class Shape:
    """Lengths of one example's array: channels, and the length along each other axis."""

    channels: int
    size: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """How many numbers there are."""
        return self.channels * prod(self.size)

    @property
    def text(self) -> str:
        """Return `55×55×96`, `16³×32`, `1024×64` or `4096`: channels last."""
        if len(self.size) == 3 and len(set(self.size)) == 1:
            return f"{self.size[0]}{_POWERS[3]}×{self.channels}"
        return "×".join(map(str, (*self.size, self.channels)))


@dataclass(frozen=True)
class LayerRow:
    """One layer."""

    name: str
    """The path of its module, such as `encoder.0.conv`; of what is none, where it is and what it does."""
    kind: str
    input: Shape
    output: Shape
    stored: int
    """Parameters in the file."""
    expanded: int
    """Parameters in use: more where a symmetric network shares them between its halves."""
    multiply_adds: int
    receptive_field: int | None
    """Along each axis, the voxels or pixels that a number of the output can depend on, those outside the
    input included; None where that is all, and for points."""
    receptive_text: str
    """The same in words, for points too."""
    kernel: int | None = None
    stride: int | None = None
    padding: int | None = None
    filters: int | None = None
    groups: int = 1
    then: tuple[str, ...] = ()
    """What is done to the output at once: `ReLU`, `SiLU`, `+ input of the block`."""
    note: str = ""
    workings: tuple[Working, ...] = field(default=(), repr=False)

    @property
    def part(self) -> str:
        """The network's part that it belongs to, such as `encoder`."""
        return self.name.split(".")[0]

    @property
    def activation_bytes(self) -> int:
        """Bytes of the output in float32, for one example."""
        return FLOAT_BYTES * self.output.count


@dataclass(frozen=True)
class NetworkRows:
    """A network by its layers."""

    name: str
    title: str
    unit: Unit
    input: Shape
    rows: tuple[LayerRow, ...]

    @property
    def stored(self) -> int:
        """Parameters in the file."""
        return sum(row.stored for row in self.rows)

    @property
    def expanded(self) -> int:
        """Parameters in use."""
        return sum(row.expanded for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """Of one example through all layers."""
        return sum(row.multiply_adds for row in self.rows)

    @property
    def activation_bytes(self) -> int:
        """Bytes of all layers' outputs in float32, as training keeps them, for one example."""
        return sum(row.activation_bytes for row in self.rows)

    def of_kind(self, *kinds: str) -> tuple[LayerRow, ...]:
        """Return the rows of some kinds."""
        return tuple(row for row in self.rows if row.kind in kinds)

    @property
    def convolutions(self) -> tuple[LayerRow, ...]:
        """Convolutions, transposed and shared ones included."""
        return self.of_kind(CONVOLUTION, TRANSPOSED, SHARED)

    @property
    def fully_connected(self) -> tuple[LayerRow, ...]:
        """Fully connected layers."""
        return self.of_kind(FULLY_CONNECTED)
