"""Cropping of a cloud: a box in the file's own axes and unit, and what is in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxview.counts import counted
from voxview.errors import InputError
from voxview.shapes.frame import Doubles

Corner = tuple[float, float, float]
"""x, y and z."""


@dataclass(frozen=True)
class Box:
    """A box along the axes of a file; points on its faces are in it."""

    low: Corner
    high: Corner

    @classmethod
    def around(cls, points: Doubles) -> Box:
        """Return the smallest box around all points `(n, 3)` that are finite numbers.

        Raises `InputError` where there are none.
        """
        finite = points[np.isfinite(points).all(1)]
        if not len(finite):
            raise InputError("none of the points has three finite coordinates: export the file again")
        return cls(_corner(finite.min(0)), _corner(finite.max(0)))

    @property
    def corners(self) -> Doubles:
        """Its corners, `(8, 3)`: x changes slowest, z fastest."""
        pairs = zip(self.low, self.high, strict=True)
        return np.stack(np.meshgrid(*pairs, indexing="ij"), -1).reshape(8, 3)

    @property
    def text(self) -> str:
        """The box in words: `x 0.1 to 0.9, y -1 to 2, z 0 to 1`."""
        spans = zip("xyz", self.low, self.high, strict=True)
        return ", ".join(f"{axis} {low:.6g} to {high:.6g}" for axis, low, high in spans)

    def contains(self, points: Doubles) -> NDArray[np.bool_]:
        """Return which of the points `(n, 3)` are in the box, `(n,)`; what is no finite number is not."""
        return np.asarray(((points >= self.low) & (points <= self.high)).all(1))


def crop(points: Doubles, box: Box, least: int) -> tuple[Doubles, str]:
    """Return the points `(n, 3)` that are in a box, and a line that says how many are not.

    Raises `InputError` if fewer than `least` are in it.
    """
    inside = box.contains(points)
    count = int(inside.sum())
    if count < least:
        raise InputError(
            f"{counted(count, 'point')} of {len(points):,} in the box, and a chair takes {least} or more: "
            "make it larger"
        )
    return points[inside], f"{counted(len(points) - count, 'point')} outside the box left out"


def _corner(values: Doubles) -> Corner:
    x, y, z = values.tolist()
    return x, y, z
