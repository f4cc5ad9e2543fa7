"""Voxelization of arbitrary meshes.

Real meshes are open, overlapping, inconsistently oriented and full of inner faces, so no single test decides
what is inside. A cell is occupied if a triangle overlaps it, if it cannot be reached from outside without
crossing such cells, or, for hulls with a missing side, if parity tests of rays along the axes agree.
"""

from __future__ import annotations

import numpy as np

from voxview.conventions import RESOLUTION
from voxview.errors import InputError
from voxview.shapes.frame import AnyFloats, AnyIntegers, Doubles, Grid, Integers, describe
from voxview.shapes.orient import rotation_matrix
from voxview.shapes.voxelizing.boxes import bounds
from voxview.shapes.voxelizing.merge import first_of_each, merge_equal
from voxview.shapes.voxelizing.overlap import Corners, cells_touched
from voxview.shapes.voxelizing.rays import count_crossings, crossings_before, to_rays, to_xyz

_HALF_VOXEL = 0.5 / RESOLUTION
_IN_FRAME_LENGTH = 0.9
_SAMPLES_A_CELL = (1, 2, 3)
"""Of surfaces that VoxView extracts: 32³, 64³ and 96³ samples."""
_SNAP = 1e-3
"""Samples by which a file's digits may miss a sample's place."""
MAX_COLUMNS = 12_000_000
"""Limit of the columns of cells under all faces larger than a cell, seen from three sides: two seconds.

Chairs of 100,000 faces have up to a million; 15,000 random triangles as large as the chair have twelve."""

_MOST_TWICE = 4
"""Times that a face may be there, of which columns are counted before its copies are left out."""

_AT_ONCE = 1 << 18
"""Faces whose sizes are measured in one step."""

_FLAT = 1e-6
"""Thickness, as a share of the longest side, below which a mesh has no volume."""


def voxelize(vertices: AnyFloats, faces: AnyIntegers, *, up: str = "y", turn: int = 0) -> Grid:
    """Voxelize a mesh: occupancy `bool (32, 32, 32)`, indexed `[x, y, z]`.

    `vertices (n, 3)` in any unit, `faces (m, 3)`; `up` and `turn` as in `orient.rotation_matrix`. The longest
    side of the bounding box fills the cube and the shape is centred, unless it is in the frame already:
    inside [−0.5, 0.5]³ up to half a voxel, with a longest side of at least 0.9, or of any size where marching
    cubes on this frame's samples made it. A mesh in the frame that is closed and consistently oriented is
    sampled at the cells' centres, so that a surface which VoxView extracted and exported reads back to
    exactly its grid. Raises `InputError` for wrong arrays and for meshes
    without volume.
    """
    vertices, faces = _check_mesh(vertices, faces)
    vertices = vertices @ rotation_matrix(up, turn).T
    in_frame = is_in_frame(vertices)
    cells = _in_cells(vertices if in_frame else _fit(vertices))
    _check_effort(cells, faces, _MOST_TWICE * MAX_COLUMNS)
    faces = _distinct(faces)
    _check_effort(cells, faces, MAX_COLUMNS)
    is_sampled = in_frame and is_closed(faces)
    return centres_inside(cells[faces]) if is_sampled else solid_voxels(cells[faces])


def solid_voxels(corners: Corners) -> Grid:
    """Return the cells that triangles overlap, and those that they enclose, even with gaps."""
    # A face exactly between two cells belongs to the inner one: shrinking ensures that on all sides, and
    # keeps the outermost faces inside the cube.
    middle = RESOLUTION / 2
    corners = corners - middle
    corners *= 1 - 1e-6
    corners += middle
    filled = cells_touched(corners)
    filled |= _enclosed(filled)
    filled |= _agreed_inside(corners, ~filled)
    return filled | _enclosed(filled)


def centres_inside(corners: Corners) -> Grid:
    """Return the cells whose centre has a nonzero winding number in a closed mesh."""
    signed, _ = count_crossings(corners, axis=2)
    return crossings_before(signed, axis=2) != 0


def is_closed(faces: Integers) -> bool:
    """Return True if every edge is used as often in one direction as in the other."""
    edges = faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    forward = edges[:, 0] < edges[:, 1]
    if 2 * np.count_nonzero(forward) != len(edges):
        return False
    key = edges.min(axis=1) * (faces.max() + 1) + edges.max(axis=1)
    return np.array_equal(np.sort(key[forward]), np.sort(key[~forward]))


def _check_mesh(vertices: object, faces: object) -> tuple[Doubles, Integers]:
    """Validate a mesh; return its used vertices, merged where equal, and its faces re-indexed to them."""
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
    used = np.zeros(len(vertices), np.bool_)
    used[faces] = True
    places = np.cumsum(used) - 1
    vertices = vertices[used].astype(np.float64)
    if not np.isfinite(vertices).all():
        raise InputError("a mesh has vertices that are not finite numbers")
    vertices, merged = merge_equal(vertices)
    with np.errstate(over="ignore"):
        size = np.ptp(vertices, axis=0).max()
    if not np.isfinite(size) or size < 1e-300 or _thickness(vertices, size) < _FLAT:
        raise InputError("a mesh with no volume: all of its faces lie in one plane")
    return vertices, merged[places[faces]]


def _check_effort(cells: Doubles, faces: Integers, limit: int) -> None:
    """Refuse meshes that would take minutes: a hundred thousand faces, each as large as the chair.

    `cells (n, 3)` are the vertices in cell units.
    """
    columns = 0.0
    for begin in range(0, len(faces), _AT_ONCE):
        low, high = bounds(cells[faces[begin : begin + _AT_ONCE]])
        x, y, z = (high - low).T
        x, y, z = np.ceil((high - low)[(x > 1) | (y > 1) | (z > 1)]).T
        columns += (x * y + y * z + z * x).sum()
        if columns > limit:
            raise InputError(f"its {len(faces):,} faces are too large and too many: simplify it first")


def _thickness(vertices: Doubles, size: float) -> float:
    """Return the extent along the direction of least extent, as a share of the mesh's size."""
    centred = (vertices - vertices.min(axis=0)) / size
    centred -= centred.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    return float(np.ptp(centred @ directions[:, 0]))


def _distinct(faces: Integers) -> Integers:
    """Remove degenerate faces, and duplicates: repeated faces, and the second side of double-sided ones."""
    a, b, c = faces.T
    faces = faces[(a != b) & (b != c) & (c != a)]
    if not len(faces):
        raise InputError("a mesh with no volume: each of its faces is a line or a point")
    first = faces.argmin(axis=1)[:, None]
    once = faces[first_of_each(np.take_along_axis(faces, (first + np.arange(3)) % 3, axis=1))]
    for closed in (once, faces):
        if is_closed(closed):
            return closed
    return faces[first_of_each(np.sort(faces, axis=1))]


def is_in_frame(vertices: Doubles) -> bool:
    """Return whether vertices `(n, 3)` are in the frame already, so that they are not moved or scaled."""
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    limit = 0.5 + _HALF_VOXEL
    if (low < -limit).any() or (high > limit).any():
        return False
    return bool((high - low).max() >= _IN_FRAME_LENGTH) or _is_extracted(vertices)


def _is_extracted(vertices: Doubles) -> bool:
    """Return whether marching cubes made these: each lies between two neighbouring samples of the frame."""
    for factor in _SAMPLES_A_CELL:
        places = (vertices + 0.5) * RESOLUTION * factor - 0.5
        if (np.count_nonzero(np.abs(places - places.round()) < _SNAP, axis=1) >= 2).all():
            return True
    return False


def _fit(vertices: Doubles) -> Doubles:
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    return (vertices - (low / 2 + high / 2)) / (high - low).max()


def _in_cells(vertices: Doubles) -> Doubles:
    return (vertices + 0.5) * RESOLUTION


def _enclosed(shell: Grid) -> Grid:
    """Return the empty cells that are not 6-connected to the outside through empty cells."""
    from scipy import ndimage

    labels, _ = ndimage.label(~np.pad(shell, 1))
    return (labels != labels[0, 0, 0])[1:-1, 1:-1, 1:-1] & ~shell


def _agreed_inside(corners: Corners, open_: Grid) -> Grid:
    """Return the open cells that rays along at least two axes find inside, and none finds outside, by parity.

    A ray that crosses the mesh an odd number of times leaves through a missing side, and is ignored. In a
    mesh that is all in the cube no cell is inside without touched ones before it along two axes, and needs no
    ray.
    """
    wanted = open_
    if corners.min() >= 0 and corners.max() <= RESOLUTION:
        before = [np.logical_or.accumulate(~open_, axis=axis) for axis in range(3)]
        wanted = open_ & (np.sum(before, axis=0) >= 2)
    if not wanted.any():
        return wanted
    inside = np.zeros((RESOLUTION,) * 3, np.int64)
    outside = np.zeros((RESOLUTION,) * 3, np.bool_)
    for axis in range(3):
        _, plain = count_crossings(corners, axis, np.asarray(to_rays(wanted, axis).any(axis=2)))
        through = np.broadcast_to(plain.sum(axis=2, keepdims=True) % 2 == 0, (RESOLUTION,) * 3)
        votes = to_xyz(through, axis)
        odd = crossings_before(plain, axis) % 2 == 1
        inside += votes & odd
        outside |= votes & ~odd
    return wanted & (inside >= 2) & ~outside
