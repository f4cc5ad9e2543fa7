"""Where the blocks of a network's picture lie: proportions by size, as in the study's Table 1. Free of Qt.

A block is as high as its array is long, and as thick as the square root of its channels; what has no
length is a bar as high as the square root of its numbers. Norms, whose output is as large as what they
normalise, have no block of their own: that of the layer before stands for them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod, sqrt

from voxview.model.layers.rows import LayerRow, NetworkRows, Shape

CAPTION = (
    "Blocks: as high as the array is long, as thick as the square root of its channels. Bars: fully "
    "connected layers, as high as the square root of their numbers."
)
_SAME_SIZE = ("batch normalisation", "response normalisation")
_SLANT = 0.32
"""How far the hidden axis of a block goes aside and up, as a share of its height."""
_LEAST_HEIGHT, _LEAST_THICK = 4.0, 2.0
_MOST_GAP = 16.0
_FEW = 16
"""Blocks up to which none hides another's side."""
_HALF = 0.55
"""Of the room's height that the longest bar takes: it is no longer than the largest block looks."""


@dataclass(frozen=True)
class Block:
    """One array, in pixels: its front's left, top, width and height, and how far it goes aside and up."""

    row: int | None
    """The row that makes it; None of the input."""
    left: float
    top: float
    width: float
    height: float
    depth: float
    text: str
    kind: str

    @property
    def right(self) -> float:
        """Where it ends, its hidden axis included."""
        return self.left + self.width + self.depth

    def moved(self, right: float, down: float) -> Block:
        """Return the same elsewhere."""
        return replace(self, left=self.left + right, top=self.top + down)

    def holds(self, x: float, y: float) -> bool:
        """Return whether a place is on it or just beside."""
        is_beside = self.left - 2 <= x <= self.right + 2
        return is_beside and self.top - self.depth - 6 <= y <= self.top + self.height + 6


def drawn_rows(network: NetworkRows) -> list[int]:
    """Return the rows that have a block."""
    return [number for number, row in enumerate(network.rows) if row.kind not in _SAME_SIZE]


def block_of_row(network: NetworkRows, row: int) -> int:
    """Return the row whose block stands for a row: its own, or that of what it normalises."""
    return max((number for number in drawn_rows(network) if number <= row), default=row)


def blocks(network: NetworkRows, width: float, height: float) -> list[Block]:
    """Return the blocks of a network from left to right, in a room of `width` × `height` pixels."""
    rows: list[int | None] = [None, *drawn_rows(network)]
    shapes = [network.input if row is None else network.rows[row].output for row in rows]
    kinds = ["input" if row is None else _kind(network.rows[row]) for row in rows]
    longest = max(_edge(shape) for shape in shapes)
    most = max((shape.count for shape in shapes if not shape.size), default=1)
    across = height / (1 + _SLANT)
    heights = [
        max(
            _LEAST_HEIGHT,
            across * _edge(shape) / longest if shape.size else _HALF * height * sqrt(shape.count / most),
        )
        for shape in shapes
    ]
    depths = [_SLANT * h if shape.size else 0.0 for h, shape in zip(heights, shapes, strict=True)]
    thick = [sqrt(shape.channels) if shape.size else 1.0 for shape in shapes]
    gap = min(_MOST_GAP, width / (3 * len(rows)))
    aside = max(0.0, depths[-1])
    apart = 1.0 if len(rows) <= _FEW else 0.0
    between = gap * len(rows) + apart * sum(depths[:-1])
    room = width - aside - between - _LEAST_THICK * len(rows)
    scale = max(0.0, min(room / sum(thick), 0.9 * height / max(thick)))
    widths = [_LEAST_THICK + scale * one for one in thick]
    spare = width - aside - sum(widths) - between
    left, found = max(0.0, spare / 2) + gap / 2, []
    for row, shape, kind, w, h, depth in zip(rows, shapes, kinds, widths, heights, depths, strict=True):
        top = (height - h + depth) / 2
        found.append(Block(row, left, top, w, h, depth, shape.text, kind))
        left += w + gap + apart * depth
    return found


def _edge(shape: Shape) -> float:
    """Return how long an array is: of points the square root of how many there are, of numbers nothing."""
    if not shape.size:
        return 0.0
    return (
        float(shape.size[0]) if len(set(shape.size)) == 1 and len(shape.size) > 1 else sqrt(prod(shape.size))
    )


def _kind(row: LayerRow) -> str:
    """Return which colour a row's block has: `convolution`, `transposed`, `connected` or `other`."""
    if row.kind in ("convolution", "shared layer"):
        return "convolution"
    if row.kind == "transposed convolution":
        return "transposed"
    return "connected" if row.kind == "fully connected" else "other"
