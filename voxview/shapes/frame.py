"""The coordinate frame of grids, array types, and the validation of a grid.

x to the right, y up, the seat's front towards −z (the backrest is at high z). A grid fills the cube
[−0.5, 0.5]³ and is indexed `[x, y, z]`; voxel (i, j, k) has its centre at ((i, j, k) + 0.5)/32 − 0.5.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import RESOLUTION
from voxview.errors import InputError

Grid = NDArray[np.bool_]
"""Occupancy of one chair, `bool (32, 32, 32)`, indexed `[x, y, z]`."""

Grids = NDArray[np.bool_]
"""Occupancy of n chairs, `bool (n, 32, 32, 32)`."""

Field = NDArray[np.float32]
"""Probability of occupancy, `float32 (32, 32, 32)` in [0, 1], indexed `[x, y, z]`."""

Floats = NDArray[np.float32]
"""Any other float32 array; its docstring gives the shape."""

Doubles = NDArray[np.float64]
"""Any float64 array; its docstring gives the shape."""

AnyFloats = NDArray[np.floating]
"""Any array of float16, float32 or float64; its docstring gives the shape."""

Integers = NDArray[np.int64]
"""Any int64 array; its docstring gives the shape."""

AnyIntegers = NDArray[np.integer]
"""Any array of integers, whatever their size; its docstring gives the shape."""


def check_grid(grid: object) -> Grid:
    """Return `grid` if it is a `bool (32, 32, 32)` array, else raise `InputError` (a `ValueError`)."""
    expected = (RESOLUTION,) * 3
    if not isinstance(grid, np.ndarray) or grid.dtype != np.bool_ or grid.shape != expected:
        raise InputError(f"a grid is bool {expected}, but {describe(grid)} came")
    return grid


def describe(value: object) -> str:
    """Describe a value for an error message: `float64 (8, 7)` for an array, else the name of its type."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape}"
    return f"a {type(value).__name__}"
