"""What can be measured on a chair's grid: seat, back, arms, feet; in shares of its cube, and in degrees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxview.shapes.frame import RESOLUTION, Grid, check_grid

ATTRIBUTES = (
    "seat_height",
    "seat_width",
    "seat_depth",
    "back_height",
    "back_tilt",
    "arms",
    "legs_apart",
)
"""What is measured, in the order in which a person reads about it."""

_RISES = 3
"""Layers above the seat from which on something is a back or an arm, and no cushion's edge."""


@dataclass(frozen=True)
class Attributes:
    """Lengths are shares of the cube's edge, which a chair's longest side fills; None: there is none."""

    seat_height: float | None = None
    """From the lowest voxel to the top of the seat."""
    seat_width: float | None = None
    """Of the seat from left to right, with whatever stands on its edge."""
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
        """The attribute of that name."""
        value: float | None = getattr(self, name)
        return value


def measure(grid: Grid) -> Attributes:
    """Measure `bool (32, 32, 32)`; nothing is known of a grid that is empty or has no seat.

    The seat is where the middle of the chair, from its front to its half, is seen from above: there nothing
    stands on it. Everything else is looked for from there.
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
        return Attributes(legs_apart=_extent(_along(grid[:, floor : floor + 2], 1, 2)))
    seat = int(np.median(seen))
    board = _along(grid[:, max(seat - 2, floor) : seat], 1)  # (x, z): the seat from above
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
        legs_apart=_extent(_along(grid[:, floor : floor + 2], 1, 2)),
    )


def _back(grid: Grid, seat: int, box: tuple[slice, slice, slice]) -> tuple[float | None, float | None]:
    """Height above the seat and tilt of what stands up behind the middle of the chair."""
    x = _share(box[0], 0.2, 0.8)
    behind = grid[x, seat:, _share(box[2], 0.5, 1.0)]
    rises = np.flatnonzero(behind.any((0, 2)))
    if not rises.size or rises[-1] < _RISES:
        return None, None
    height = int(rises[-1]) + 1
    spine = grid[_share(box[0], 0.35, 0.65), seat:, _share(box[2], 0.5, 1.0)]  # no arms here
    return height / RESOLUTION, _tilt(spine if spine[:, _RISES:].any() else behind, height)


def _tilt(back: Grid, height: int) -> float | None:
    """Degrees of the line through the rearmost voxels of each layer; None of fewer than three layers."""
    seen = _along(back[:, _RISES - 1 : height], 0)  # (y, z), from the side
    levels = np.flatnonzero(seen.any(1))
    if len(levels) < 3:
        return None
    rear = seen.shape[1] - seen[levels, ::-1].argmax(1)
    return float(np.degrees(np.arctan(np.polyfit(levels, rear, 1)[0])))


def _arms(grid: Grid, seat: int, box: tuple[slice, slice, slice], z: slice | None) -> float:
    """Height above the seat of what stands at both its sides and before its back."""
    if z is None:
        return 0.0
    before_back = _share(z, 0.15, 0.45)
    sides = [grid[_share(box[0], low, high), seat:, before_back] for low, high in ((0, 0.3), (0.7, 1))]
    heights = [np.flatnonzero(side.any((0, 2))) for side in sides]
    rise = min((int(found[-1]) + 1 if found.size else 0) for found in heights)
    return rise / RESOLUTION if rise >= _RISES else 0.0


def _box(grid: Grid) -> tuple[slice, slice, slice]:
    """Where the voxels are, along each axis."""
    x, y, z = (np.flatnonzero(grid.any(axes)) for axes in ((1, 2), (0, 2), (0, 1)))
    return slice(x[0], x[-1] + 1), slice(y[0], y[-1] + 1), slice(z[0], z[-1] + 1)


def _tops(grid: Grid) -> NDArray[np.intp]:
    return np.where(grid.any(1), RESOLUTION - grid[:, ::-1].argmax(1), 0)


def _share(span: slice, low: float, high: float) -> slice:
    """The part of a span between two shares of it, one voxel at least."""
    length = span.stop - span.start
    start = span.start + int(low * length)
    return slice(start, max(start + 1, span.start + round(high * length)))


def _along(grid: Grid, *axes: int) -> NDArray[np.bool_]:
    """Whether anything is there, looking along some axes."""
    return np.asarray(grid.any(axis=axes), np.bool_)


def _longest_run(line: NDArray[np.bool_]) -> slice | None:
    """Where the longest run of a line's voxels is; None if it has none."""
    places = np.flatnonzero(line)
    if not places.size:
        return None
    longest = max(np.split(places, np.flatnonzero(np.diff(places) > 1) + 1), key=len)
    return slice(int(longest[0]), int(longest[-1]) + 1)


def _extent(line: NDArray[np.bool_]) -> float:
    places = np.flatnonzero(line)
    return (int(places[-1] - places[0]) + 1) / RESOLUTION if places.size else 0.0
