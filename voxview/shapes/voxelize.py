"""Meshes as they come → grids.

Real meshes are open, overlapping, wound either way and full of inner faces, so no single test says what is
inside. In order: the cells that a triangle passes through; what cannot be reached from outside without
crossing them; and for hulls with a missing side what rays along the axes agree on.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.errors import InputError
from voxview.shapes.frame import RESOLUTION, Grid, describe
from voxview.shapes.orient import rotation
from voxview.shapes.overlap import Corners, cells_touched
from voxview.shapes.rays import along, behind, crossings

_HALF_VOXEL = 0.5 / RESOLUTION
_IN_FRAME_LENGTH = 0.9
MAX_COLUMNS = 100_000_000
"""Columns of cells that the faces may take from three sides, all together; chairs of 100,000 take a million.

A soup of 100,000 random triangles has 82 million and took eight seconds."""

_FLAT = 1e-6
"""Thickness, as a share of the longest side, below which a mesh has no volume."""


def voxelize(
    vertices: NDArray[np.floating], faces: NDArray[np.integer], *, up: str = "y", turn: int = 0
) -> Grid:
    """Occupancy of a mesh, `bool (32, 32, 32)` indexed `[x, y, z]`.

    `vertices (n, 3)` in any unit, `faces (m, 3)`; `up` and `turn` as in `orient.rotation`. The longest side
    of the bounding box fills the cube and the shape is centred, except where it is in the frame already:
    inside [−0.5, 0.5]³ up to half a voxel, with a longest side of at least 0.9. A mesh in the frame that is
    closed, with the same side out everywhere, is taken by its cells' centres, so that a surface which
    VoxView extracted and exported reads back to the very grid. Raises `InputError` for wrong arrays and for
    meshes without volume.
    """
    vertices, faces = _check_mesh(vertices, faces)
    vertices = vertices @ rotation(up, turn).T
    faces = _distinct(faces)
    in_frame = _is_in_frame(vertices)
    corners = _in_cells(vertices if in_frame else _fit(vertices))[faces]
    _check_effort(corners)
    return centres_inside(corners) if in_frame and is_closed(faces) else solid(corners)


def solid(corners: Corners) -> Grid:
    """The cells that triangles pass through, and those that they enclose, more or less tightly."""
    # A face exactly between two cells belongs to the inner one: shrinking decides that the same way
    # on both sides, and keeps the outermost faces inside the cube.
    middle = RESOLUTION / 2
    corners = middle + (corners - middle) * (1 - 1e-6)
    filled = cells_touched(corners) | _agreed_inside(corners)
    return filled | _enclosed(filled)


def centres_inside(corners: Corners) -> Grid:
    """The cells whose centre a closed mesh winds around."""
    signed, _ = crossings(corners, axis=2)
    return behind(signed, axis=2) != 0


def is_closed(faces: NDArray[np.int64]) -> bool:
    """Whether every edge is used as often in one direction as in the other."""
    edges = faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    forward = edges[:, 0] < edges[:, 1]
    key = edges.min(axis=1) * (faces.max() + 1) + edges.max(axis=1)
    _, edge = np.unique(key, return_inverse=True)
    return not np.bincount(edge, np.where(forward, 1, -1)).any()


def _check_mesh(vertices: object, faces: object) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Used, merged, finite vertices that span a volume, and faces that are triangles of them."""
    if not isinstance(vertices, np.ndarray) or vertices.ndim != 2 or vertices.shape[1] != 3:
        raise InputError(f"vertices are (n, 3) numbers, but {describe(vertices)} came")
    if (
        not isinstance(faces, np.ndarray)
        or faces.ndim != 2
        or faces.shape[1] != 3
        or faces.dtype.kind not in "iu"
    ):
        raise InputError(f"faces are (m, 3) integers, but {describe(faces)} came")
    if not len(faces):
        raise InputError("a mesh without faces has no volume")
    if faces.min() < 0 or faces.max() >= len(vertices):
        raise InputError(f"faces name vertices up to {faces.max()}, and there are {len(vertices)}")
    used, faces = np.unique(faces, return_inverse=True)
    vertices, merged = np.unique(vertices[used].astype(np.float64) + 0.0, axis=0, return_inverse=True)
    if not np.isfinite(vertices).all():
        raise InputError("a mesh has vertices that are not finite numbers")
    with np.errstate(over="ignore"):
        size = np.ptp(vertices, axis=0).max()
    if not np.isfinite(size) or size < 1e-300 or _thickness(vertices, size) < _FLAT:
        raise InputError("a mesh with no volume: all of its faces lie in one plane")
    return vertices, merged.reshape(-1)[faces.reshape(-1, 3)]


def _check_effort(corners: Corners) -> None:
    """Refuse what would take minutes: a hundred thousand faces, each of them as large as the chair."""
    x, y, z = np.ceil(np.ptp(corners, axis=1)).T
    if (x * y + y * z + z * x).sum() > MAX_COLUMNS:
        raise InputError(f"its {len(corners):,} faces are too large and too many: simplify it first")


def _thickness(vertices: NDArray[np.float64], size: float) -> float:
    """Extent along the direction in which the vertices extend least, as a share of their size."""
    centred = (vertices - vertices.min(axis=0)) / size
    centred -= centred.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    return float(np.ptp(centred @ directions[:, 0]))


def _distinct(faces: NDArray[np.int64]) -> NDArray[np.int64]:
    """Faces without those that shrank to a line, and one of each that is there twice (double-sided)."""
    a, b, c = faces.T
    faces = faces[(a != b) & (b != c) & (c != a)]
    if not len(faces):
        raise InputError("a mesh with no volume: each of its faces is a line or a point")
    first = faces.argmin(axis=1)[:, None]
    once = faces[_firsts(np.take_along_axis(faces, (first + np.arange(3)) % 3, axis=1))]
    for closed in (once, faces):
        if is_closed(closed):
            return closed
    return faces[_firsts(np.sort(faces, axis=1))]


def _firsts(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each row stands for the first time, in order."""
    order = np.lexsort(rows.T)
    differs = (rows[order[1:]] != rows[order[:-1]]).any(axis=1)
    return np.sort(order[np.concatenate([[True], differs])])


def _is_in_frame(vertices: NDArray[np.float64]) -> bool:
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    limit = 0.5 + _HALF_VOXEL
    return bool((low >= -limit).all() and (high <= limit).all() and (high - low).max() >= _IN_FRAME_LENGTH)


def _fit(vertices: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    return (vertices - (low / 2 + high / 2)) / (high - low).max()


def _in_cells(vertices: NDArray[np.float64]) -> NDArray[np.float64]:
    return (vertices + 0.5) * RESOLUTION


def _enclosed(shell: Grid) -> Grid:
    """Empty cells that cannot be reached from outside through faces of empty cells."""
    from scipy import ndimage

    labels, _ = ndimage.label(~np.pad(shell, 1))
    return (labels != labels[0, 0, 0])[1:-1, 1:-1, 1:-1] & ~shell


def _agreed_inside(corners: Corners) -> Grid:
    """Cells that rays along at least two axes say are inside, and none says is outside.

    A ray that crosses the mesh an odd number of times leaves through a missing side, and abstains.
    """
    inside = np.zeros((RESOLUTION,) * 3, np.int64)
    outside = np.zeros((RESOLUTION,) * 3, np.bool_)
    for axis in range(3):
        _, plain = crossings(corners, axis)
        through = np.broadcast_to(plain.sum(axis=2, keepdims=True) % 2 == 0, (RESOLUTION,) * 3)
        speaks = along(through, axis)
        odd = behind(plain, axis) % 2 == 1
        inside += speaks & odd
        outside |= speaks & ~odd
    return (inside >= 2) & ~outside
