"""A plane through a field: its values in colour, and where they cross 0.5. Free of VTK."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import LEVEL
from voxview.gui.blend.probability_colours import RAMP
from voxview.shapes.frame import Field, Floats, Grid

_LEAST = 0.01
"""Voxels below it are left out of the plane, so that one sees what stands behind."""


class Plane(NamedTuple):
    """Squares of one layer of voxels, and lines where the values cross 0.5."""

    vertices: Floats
    """`float32 (4m, 3)`."""
    faces: NDArray[np.int32]
    """`int32 (m, 4)`."""
    colours: NDArray[np.uint8]
    """Of each face, `(m, 3)`."""
    line_vertices: Floats
    """`float32 (2k, 3)`: ends of lines, two by two."""


def slice_plane(shape: Grid | Field, axis: int, layer: int, towards: int = 1) -> Plane:
    """Return the plane through the middles of a layer of voxels, at right angles to an axis (0, 1 or 2).

    `towards` is the side that it is seen from, 1 or −1: the lines lie a little before the plane on it.
    """
    values = np.take(np.asarray(shape, np.float32), layer, axis)
    place = place_of(layer, shape.shape[axis])
    cells = np.argwhere(values >= _LEAST)
    corners = cells[:, None] + np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    vertices = _in_frame(corners.reshape(-1, 2), axis, place, len(values))
    faces = np.arange(len(vertices), dtype=np.int32).reshape(-1, 4)
    colours = colours_of(values[tuple(cells.T)])
    lines = _in_frame(_crossings(values > LEVEL), axis, place + 0.004 * towards, len(values))
    return Plane(vertices, faces, colours, lines)


def colours_of(values: Floats) -> NDArray[np.uint8]:
    """Return the colours of probabilities `(n,)`, `uint8 (n, 3)`."""
    at = np.linspace(0, 1, len(RAMP))
    return np.stack([np.interp(values, at, channel) for channel in zip(*RAMP, strict=True)], 1).astype(
        np.uint8
    )


def place_of(layer: int, size: int) -> float:
    """Return where the middles of a layer of voxels are along its axis, in the frame."""
    return (layer + 0.5) / size - 0.5


def _crossings(inside: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the ends `(2k, 2)` of the edges between cells that are inside and those that are not."""
    padded = np.pad(inside, 1)
    ends = []
    for axis, within in ((0, np.s_[:, 1:-1]), (1, np.s_[1:-1])):
        first = np.argwhere(np.diff(padded, axis=axis)[within])
        along = (0, 1) if axis == 0 else (1, 0)
        ends.append(np.stack([first, first + along], 1).reshape(-1, 2))
    return np.concatenate(ends)


def _in_frame(corners: NDArray[np.int64], axis: int, place: float, size: int) -> Floats:
    """Return corners `(n, 2)` of cells of a layer as points of the frame, `float32 (n, 3)`."""
    points = np.full((len(corners), 3), place, np.float32)
    points[:, [other for other in range(3) if other != axis]] = corners / size - 0.5
    return points
