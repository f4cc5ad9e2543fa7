"""Rotation of shapes from a file's axes to the frame's: its up axis, and a turn about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from voxview.errors import InputError
from voxview.shapes.frame import Grid, Integers

_UP = {"x": (0, 1), "y": (1, 1), "z": (2, 1), "-x": (0, -1), "-y": (1, -1), "-z": (2, -1)}

UPS = ("y", "z", "x", "-y", "-z", "-x")
"""The axes that can be up, the usual ones first."""
TURNS = (0, 90, 180, 270)
"""The turns about the upward axis, in degrees."""


@dataclass(frozen=True)
class Orientation:
    """One of the 24 ways in which a file's axes can lie: the arguments of `rotation_matrix`."""

    up: str = "y"
    turn: int = 0

    @property
    def matrix(self) -> Integers:
        """The rotation from the file's axes to the frame's, `(3, 3)`."""
        return rotation_matrix(self.up, self.turn)

    @property
    def options(self) -> str:
        """The options of the command line that give it."""
        return f"--up {self.up} --turn {self.turn}"

    def after(self, first: Orientation) -> Orientation:
        """Return the orientation that rotates by `first` and then by this one."""
        matrix = self.matrix @ first.matrix
        return next(one for one in ORIENTATIONS if np.array_equal(one.matrix, matrix))

    def __str__(self) -> str:
        """Return it in words, as the import dialog has them."""
        return f"{self.up} up, turned by {self.turn}°"


AS_READ = Orientation()
ORIENTATIONS = tuple(Orientation(up, turn) for up in UPS for turn in TURNS)
"""All 24, the one that leaves a shape as it is first."""


def rotation_matrix(up: str = "y", turn: int = 0) -> Integers:
    """Return the 3×3 rotation (a signed permutation) that takes the axis `up` to +y and then turns about y.

    `turn` is 0, 90, 180 or 270 degrees, counter-clockwise seen from above: at 90, +x goes to −z.
    With z up, −y, the front in modelling programs, goes to +z. Raises `InputError` for other values.
    """
    if not isinstance(up, str) or up not in _UP:
        raise InputError(f"{up!r} is no axis that can be up: choose one of {', '.join(_UP)}")
    if not isinstance(turn, int | np.integer) or turn not in (0, 90, 180, 270):
        raise InputError(f"a turn of {turn!r} degrees is not possible: choose 0, 90, 180 or 270")
    axis, sign = _UP[up]
    upright = np.eye(3, dtype=np.int64)
    if axis != 1:
        # Swap `axis` and y, with the sign on the side that keeps it a rotation and not a mirror image.
        upright[[axis, 1]] = upright[[1, axis]]
        upright[1] *= sign
        upright[axis] *= -sign
    elif sign < 0:
        upright[[0, 1], [0, 1]] = -1
    quarter = np.array([[0, 0, 1], [0, 1, 0], [-1, 0, 0]])
    return np.linalg.matrix_power(quarter, turn // 90) @ upright


def rotate_grid(grid: Grid, rotation: Integers) -> Grid:
    """Rotate a grid about its centre by a matrix from `rotation_matrix`, exactly."""
    source = np.abs(rotation).argmax(axis=1)
    flips = tuple(slice(None, None, int(rotation[row, column])) for row, column in enumerate(source))
    return np.ascontiguousarray(grid.transpose(source)[flips])
