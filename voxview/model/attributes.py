"""Attributes measured on a chair's grid: seat, back, arms, feet; in shares of the cube, and in degrees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import RESOLUTION
from voxview.shapes.frame import Grid, check_grid

ATTRIBUTES = (
    "seat_height",
    "seat_width",
    "seat_depth",
    "back_height",
    "back_tilt",
    "arms",
    "legs_apart",
)
"""Names of the attributes, in the order of display."""

_RISES = 3
"""Layers above the seat from which on voxels count as a back or an arm, not as a cushion's edge."""


@dataclass(frozen=True)
class Attributes:
    """The attributes of one chair. Lengths are shares of the cube's edge; None: no such part."""

    seat_height: float | None = None
    """From the lowest voxel to the top of the seat."""
    seat_width: float | None = None
    """Of the seat from left to right, with everything that stands on its edge."""
    seat_depth: float | None = None
    """Of the seat from its front edge to its rear one, the foot of the back included."""
    back_height: float | None = None
    """From the top of the seat to the top of the back."""
    back_tilt: float | None = None
    """Degrees by which the back leans backwards."""
    arms: float | None = None
    """From the top of the seat to the top of the arms; 0 where there are none."""
    legs_apart: float | None = None
    """Across the feet, from the outer edge of the leftmost to that of the rightmost."""

    def of(self, name: str) -> float | None:
        """Return the attribute of that name."""
        value: float | None = getattr(self, name)
        return value


def measure(grid: Grid) -> Attributes:
    """Measure the attributes of a grid; all are None if it is empty, all but `legs_apart` if it has no seat.

    The seat's height is the median of the highest voxels in the front half of the chair's middle, where
    nothing stands on the seat. The other parts are searched relative to it.
    """
    grid = check_grid(grid)
    if not grid.any():
        return Attributes()
    box = _box(grid)
    floor = box[1].start
    tops = _tops(grid)  # (x, z): one above the highest voxel, 0 of an empty column
    middle = tops[_share(box[0], 0.3, 0.7), _share(box[2], 0.15, 0.5)]
    seen = middle[middle > 0]
    if not seen.size:
        return Attributes(legs_apart=_extent(_projected(grid[:, floor : floor + 2], 1, 2)))
    seat = int(np.median(seen))
    board = _projected(grid[:, max(seat - 2, floor) : seat], 1)  # (x, z): the seat from above
    across = board[:, _share(box[2], 0.15, 0.5)]
    along = board[_share(box[0], 0.35, 0.65)]
    z = _longest_run(along.mean(0) >= 0.5)
    back_height, back_tilt = _back(grid, seat, box)
    return Attributes(
        seat_height=(seat - floor) / RESOLUTION,
        seat_width=float(np.median([_extent(row) for row in across.T])),
        seat_depth=(z.stop - z.start) / RESOLUTION if z else None,
        back_height=back_height,
        back_tilt=back_tilt,
        arms=_arms(grid, seat, box, z),
        legs_apart=_extent(_projected(grid[:, floor : floor + 2], 1, 2)),
    )


def _back(grid: Grid, seat: int, box: tuple[slice, slice, slice]) -> tuple[float | None, float | None]:
    """Return height above the seat and tilt (degrees) of the part that rises behind the chair's middle."""
    x = _share(box[0], 0.2, 0.8)
    behind = grid[x, seat:, _share(box[2], 0.5, 1.0)]
    rises = np.flatnonzero(behind.any((0, 2)))
    if not rises.size or rises[-1] < _RISES:
        return None, None
    height = int(rises[-1]) + 1
    spine = grid[_share(box[0], 0.35, 0.65), seat:, _share(box[2], 0.5, 1.0)]  # no arms here
    return height / RESOLUTION, _tilt(spine if spine[:, _RISES:].any() else behind, height)


def _tilt(back: Grid, height: int) -> float | None:
    """Return the tilt in degrees, of a line through each layer's rearmost voxel; None below three layers."""
    seen = _projected(back[:, _RISES - 1 : height], 0)  # (y, z), from the side
    levels = np.flatnonzero(seen.any(1))
    if len(levels) < 3:
        return None
    rear = seen.shape[1] - seen[levels, ::-1].argmax(1)
    return float(np.degrees(np.arctan(np.polyfit(levels, rear, 1)[0])))


def _arms(grid: Grid, seat: int, box: tuple[slice, slice, slice], z: slice | None) -> float:
    """Return the height above the seat of the lower arm, searched in front of the back; 0 for no arms."""
    if z is None:
        return 0.0
    before_back = _share(z, 0.15, 0.45)
    sides = [grid[_share(box[0], low, high), seat:, before_back] for low, high in ((0, 0.3), (0.7, 1))]
    heights = [np.flatnonzero(side.any((0, 2))) for side in sides]
    rise = min((int(found[-1]) + 1 if found.size else 0) for found in heights)
    return rise / RESOLUTION if rise >= _RISES else 0.0


def _box(grid: Grid) -> tuple[slice, slice, slice]:
    """Return the bounding box of the voxels, a slice for each axis."""
    x, y, z = (np.flatnonzero(grid.any(axes)) for axes in ((1, 2), (0, 2), (0, 1)))
    return slice(x[0], x[-1] + 1), slice(y[0], y[-1] + 1), slice(z[0], z[-1] + 1)


def _tops(grid: Grid) -> NDArray[np.intp]:
    return np.where(grid.any(1), RESOLUTION - grid[:, ::-1].argmax(1), 0)


def _share(span: slice, low: float, high: float) -> slice:
    """Return the part of a span between two shares of its length, at least one voxel."""
    length = span.stop - span.start
    start = span.start + int(low * length)
    return slice(start, max(start + 1, span.start + round(high * length)))


def _projected(grid: Grid, *axes: int) -> NDArray[np.bool_]:
    """Return the projection of a grid along some axes: True where any voxel is occupied."""
    return np.asarray(grid.any(axis=axes), np.bool_)


def _longest_run(line: NDArray[np.bool_]) -> slice | None:
    """Return the longest run of occupied voxels in a line, or None if there is none."""
    places = np.flatnonzero(line)
    if not places.size:
        return None
    longest = max(np.split(places, np.flatnonzero(np.diff(places) > 1) + 1), key=len)
    return slice(int(longest[0]), int(longest[-1]) + 1)


def _extent(line: NDArray[np.bool_]) -> float:
    places = np.flatnonzero(line)
    return (int(places[-1] - places[0]) + 1) / RESOLUTION if places.size else 0.0
