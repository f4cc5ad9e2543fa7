"""Parts by height and place: rules, beside which a network that labels parts is measured.

The seat is the height at which most of the plan is filled; legs are below it, and above it the back is behind
and the arms are at the sides.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import RESOLUTION
from voxview.shapes.frame import AnyFloats, Doubles, Grid
from voxview.shapes.parts import ARM, BACK, LEG, NO_PART, SEAT, Labels

LAYERS = 40
"""Layers between the floor and the top in which a seat is looked for."""
PLAN = 16
"""Cells of the plan along each side."""
SEAT_HEIGHTS = (0.1, 1.0)
"""Where the seat may be, as shares of the height."""
SEAT_COVER = 0.6
"""Share of the fullest layer's cells that other layers of the seat have, at least."""
BEHIND = 0.3
"""Share of the seat's depth, from behind, above which there is the back."""
BESIDE = 0.6
"""Share of half the width outside of which there are arms."""


def label_points_by_rules(points: AnyFloats) -> Labels:
    """Return the part of each of the points `(n, 3)` in the chair's frame, `(n,)`."""
    if not len(points):
        return np.empty(0, np.uint8)
    x, y, z = np.asarray(points, np.float64).T
    bottom, top = _seat_range(np.stack([x, y, z], 1))
    in_seat = (y >= bottom) & (y <= top)
    half = max(float(np.percentile(np.abs(x), 99)), 1e-9)
    front, rear = np.percentile(z[in_seat] if in_seat.any() else z, [2, 98])
    is_behind = z > rear - BEHIND * (rear - front)
    above = np.where(is_behind, BACK, np.where(np.abs(x) > BESIDE * half, ARM, SEAT))
    # What rises from the seat's middle is the front of a leaning back, if it is far enough above.
    above = np.where((above == SEAT) & (y > top + 0.15 * np.ptp(y)), BACK, above)
    return np.where(y > top, above, np.where(in_seat, SEAT, LEG)).astype(np.uint8)


def label_grid_by_rules(grid: Grid) -> Labels:
    """Return the part of each voxel of a grid, `uint8 (32, 32, 32)`, `NO_PART` where it is empty."""
    labels = np.full(grid.shape, NO_PART, np.uint8)
    labels[grid] = label_points_by_rules((np.argwhere(grid) + 0.5) / RESOLUTION - 0.5)
    return labels


def _seat_range(points: Doubles) -> tuple[float, float]:
    """Return the heights between which the seat is."""
    low, high = np.percentile(points, [0.5, 99.5], axis=0)
    edges = np.linspace(low[1], high[1], LAYERS + 1)
    filled = _filled_cells(points, low, high)
    first, last = (int(share * LAYERS) for share in SEAT_HEIGHTS)
    fullest = first + int(np.argmax(filled[first:last]))
    enough = filled >= SEAT_COVER * filled[fullest]
    bottom = top = fullest
    while bottom > 0 and enough[bottom - 1]:
        bottom -= 1
    while top < last - 1 and enough[top + 1]:
        top += 1
    return float(edges[bottom]), float(edges[top + 1])


def _filled_cells(points: Doubles, low: Doubles, high: Doubles) -> NDArray[np.int64]:
    """Return how many cells of the plan have points in each layer and the one above it, `(LAYERS,)`."""
    share = (points - low) / np.maximum(high - low, 1e-9)
    i, k = (np.clip((share[:, axis] * PLAN).astype(np.int64), 0, PLAN - 1) for axis in (0, 2))
    j = np.clip((share[:, 1] * LAYERS).astype(np.int64), 0, LAYERS - 1)
    there = np.zeros((LAYERS + 1, PLAN, PLAN), bool)
    there[j, i, k] = True
    return (there[:-1] | there[1:]).sum((1, 2))
