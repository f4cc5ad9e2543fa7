"""The receptive field: how much of the input a number of a layer's output can depend on, layer by layer.

r₀ = 1 and j₀ = 1; a convolution or a pool of kernel F and stride S makes r + (F − 1)·j and j·S of r and j.
The jump j is the distance, in the input, between neighbours of the output. A transposed convolution makes
r + (⌈F/S⌉ − 1)·j and j/S: each of its outputs sums over so many inputs. What sums over everything sees all.
Free of torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from voxview.model.layers.arithmetic import Working


@dataclass(frozen=True)
class Receptive:
    """The receptive field after some layers: `width` along each axis, None for all of the input."""

    width: int | None = 1
    jump: Fraction = Fraction(1)

    def after(self, kernel: int, stride: int, transposed: bool = False) -> tuple[Receptive, Working | None]:
        """Return that after one more layer, and how it comes about; None where all was seen already."""
        if self.width is None:
            return self, None
        taps, symbol = (ceil(kernel / stride), "⌈F/S⌉") if transposed else (kernel, "F")
        jump = self.jump / stride if transposed else self.jump * stride
        width = self.width + ceil((taps - 1) * self.jump)
        numbers = f"{self.width} + ({taps} − 1)·{self.jump}"
        return Receptive(width, jump), Working("receptive field", f"r + ({symbol} − 1)·j", numbers, width)

    def text(self, input_size: int) -> str:
        """Return it in words, for an input of this length along each axis."""
        if self.width is None:
            return "all"
        return str(self.width) if self.width < input_size else f"{self.width} (input {input_size})"


ALL = Receptive(None)
"""The receptive field of what sums over everything."""
