"""The crop as a rectangle that is moved and resized within a picture; no Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voxview.pictures.crop import Crop

Part = tuple[int, int]
"""What of a box is dragged: −1, 0 or 1 for left, no and right edge, and the same from top to bottom."""

MOVE: Part = (0, 0)
HANDLES: tuple[Part, ...] = ((-1, -1), (0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0))
"""The eight handles, clockwise from the top left."""

_LEAST = 8.0
"""Pixels of the picture along an edge, where it has as many."""


@dataclass(frozen=True)
class CropBox:
    """A rectangle within a picture of `size` (width, height), in the picture's pixels from its top left."""

    size: tuple[int, int]
    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def whole(cls, size: tuple[int, int]) -> CropBox:
        """Return the box that leaves nothing out."""
        return cls(size, 0.0, 0.0, float(size[0]), float(size[1]))

    @classmethod
    def between(cls, size: tuple[int, int], a: tuple[float, float], b: tuple[float, float]) -> CropBox:
        """Return the box with two points as opposite corners, as far as it lies in the picture."""
        spans = [_span(a[axis], b[axis], size[axis]) for axis in (0, 1)]
        return cls(size, spans[0][0], spans[1][0], spans[0][1], spans[1][1])

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return self == CropBox.whole(self.size)

    def dragged(self, part: Part, dx: float, dy: float) -> CropBox:
        """Return the box after its `part` was dragged by some pixels; it stays within the picture."""
        left, right = _dragged(self.left, self.right, part[0], dx, self.size[0], part == MOVE)
        top, bottom = _dragged(self.top, self.bottom, part[1], dy, self.size[1], part == MOVE)
        return replace(self, left=left, right=right, top=top, bottom=bottom)

    def to_crop(self) -> Crop | None:
        """Return the crop in whole pixels, at least one; None for the whole picture.

        A box that is moved has the same width and height everywhere.
        """
        from voxview.pictures.crop import Crop

        width, height = max(1, round(self.right - self.left)), max(1, round(self.bottom - self.top))
        x, y = min(round(self.left), self.size[0] - width), min(round(self.top), self.size[1] - height)
        return None if (x, y, width, height) == (0, 0, *self.size) else Crop(x, y, width, height)


def _dragged(low: float, high: float, edge: int, by: float, most: int, is_moved: bool) -> tuple[float, float]:
    """Return the two edges of a box along one axis after one of them, or both, was dragged."""
    least = min(_LEAST, most)
    if is_moved:
        by = min(max(by, -low), most - high)
        return low + by, high + by
    if edge < 0:
        low = min(max(low + by, 0.0), high - least)
    elif edge > 0:
        high = max(min(high + by, float(most)), low + least)
    return low, high


def _span(a: float, b: float, most: int) -> tuple[float, float]:
    """Return the ordered edges between two places along one axis, at least some pixels apart."""
    least = min(_LEAST, most)
    low, high = sorted((min(max(a, 0.0), most), min(max(b, 0.0), most)))
    high = max(high, min(low + least, most))
    return min(low, high - least), high
