"""Voxels as cubes: the faces between occupied voxels and empty ones."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import LEVEL
from voxview.shapes.frame import Field, Floats, Grid
from voxview.surface.extract import check_field


class Cubes(NamedTuple):
    """Squares in the chair's frame, four vertices each: neighbours share none, so that each is flat."""

    vertices: Floats
    """`float32 (4m, 3)`."""
    faces: NDArray[np.int32]
    """`int32 (m, 4)`, counter-clockwise seen from outside."""
    normals: Floats
    """`float32 (4m, 3)`."""
    voxels: NDArray[np.intp]
    """The voxel that each face belongs to, `(m, 3)`."""


def cubes_of(shape: Grid | Field) -> Cubes:
    """Return the outer faces of the occupied voxels of a grid, or of those of a field above 0.5."""
    occupied = np.pad(check_field(shape) > LEVEL, 1)
    size = np.asarray(shape.shape, np.float32)
    voxels, corners, normals = [], [], []
    for axis in range(3):
        for side in (0, 1):
            neighbour = np.roll(occupied, 1 - 2 * side, axis)
            cells = np.argwhere((occupied & ~neighbour)[1:-1, 1:-1, 1:-1])
            normal = np.zeros(3, np.float32)
            normal[axis] = 2 * side - 1
            voxels.append(cells)
            corners.append(cells[:, None] + _square(axis, side))
            normals.append(np.broadcast_to(normal, (4 * len(cells), 3)))
    vertices = np.concatenate(corners).reshape(-1, 3).astype(np.float32) / size - np.float32(0.5)
    faces = np.arange(len(vertices), dtype=np.int32).reshape(-1, 4)
    return Cubes(vertices, faces, np.concatenate(normals), np.concatenate(voxels))


def _square(axis: int, side: int) -> NDArray[np.int64]:
    """Return the corners of one face of the unit cube, `(4, 3)`, counter-clockwise seen from outside."""
    corners = np.zeros((4, 3), np.int64)
    first, second = (axis + 1) % 3, (axis + 2) % 3
    corners[:, axis] = side
    corners[:, first], corners[:, second] = (0, 1, 1, 0), (0, 0, 1, 1)
    return corners if side else corners[::-1]
