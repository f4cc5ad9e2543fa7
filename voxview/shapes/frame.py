"""The frame every grid lives in, and the check that an array is a grid.

x to the right, y up, the seat's front towards −z (the backrest is at high z). A grid fills the cube
[−0.5, 0.5]³ and is indexed `[x, y, z]`; voxel (i, j, k) has its centre at ((i, j, k) + 0.5)/32 − 0.5.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.errors import InputError

RESOLUTION = 32
"""Voxels along each edge of a grid."""

CHAIR_SYNSET = "03001627"
"""WordNet's number for chairs, and ShapeNet's folder of them."""

Grid = NDArray[np.bool_]
"""Occupancy of one chair, `bool (32, 32, 32)`, indexed `[x, y, z]`."""

Field = NDArray[np.float32]
"""Probability of occupancy, `float32 (32, 32, 32)` in [0, 1], indexed `[x, y, z]`."""


def check_grid(grid: object) -> Grid:
    """Return `grid` if it is a `bool (32, 32, 32)` array, else raise `InputError` (a `ValueError`)."""
    expected = (RESOLUTION,) * 3
    if not isinstance(grid, np.ndarray) or grid.dtype != np.bool_ or grid.shape != expected:
        raise InputError(f"a grid is bool {expected}, but {describe(grid)} came")
    return grid


def describe(value: object) -> str:
    """Say what `value` is for an error message: `float64 (8, 7)`, or the type's name if it is no array."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape}"
    return f"a {type(value).__name__}"
