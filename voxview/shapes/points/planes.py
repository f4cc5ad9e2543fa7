"""Floors and walls: planes at the border of a cloud that extend beyond what is in front of them.

A partial scan of a chair has planes at its border, too: its seat, its back. So a floor has to be below, and
reach farther than all that stands on it; a wall still farther.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from voxview.shapes.frame import Doubles

SLAB = 0.03
"""Thickness of the layer at the border in which a plane is looked for, as a share of the longest side."""
THICKNESS = (0.012, 0.025)
"""The least and the largest distance from a plane at which a point belongs to it."""
BEYOND = 0.01
"""Share of the points that may lie behind a plane."""
UPS = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
"""Axes that are up in nearly all scans."""
STEEPEST = 0.97
"""Cosine of the largest angle, 14°, between a floor's normal and the axis that is up."""
FLOOR_REACH, WALL_REACH = 1.15, 1.3
"""How many times the extent of what is in front that of a floor and of a wall is, both ways along it."""
OUTSIDE = 0.2
"""Share of a plane's points that has to lie beside what is in front of it."""
COVERED = 0.85
"""Share of what is in front that has to lie before the plane's points and not beside them."""
LEAST = 12
"""Points of a plane beside what is in front of it, at least."""
CORNER_REACH = 0.92
"""How much of that a floor and walls have to extend that were found together."""
LEAST_FRONT = 0.02
"""Share of the points that has to be in front of a floor and walls together."""
_SAMPLE = 5_000


class Plane(NamedTuple):
    """A floor or a wall."""

    normal: Doubles
    """`(3,)`, of unit length, towards the chair."""
    points: NDArray[np.bool_]
    """Which of the cloud's points belong to it or lie behind it, `(n,)`."""


def find_planes(points: Doubles) -> list[Plane]:
    """Return the floor and walls of a cloud `(n, 3)`, the floor first.

    Looked for along the axes and across them every 15°, and then fitted: one of a scan's axes is nearly
    vertical.
    """
    some = points[:: max(1, len(points) // _SAMPLE)]
    size = float(np.ptp(np.percentile(some, [0.5, 99.5], axis=0), axis=0).max())
    fitted = (_on(points, *plane) for plane in _fitted(some, size))
    planes = [plane for plane in fitted if plane is not None]
    single = [plane for plane in planes if _extends(points, plane, ~plane.points, 1.0)]
    if single:
        return [max(single, key=lambda plane: plane.points.sum())]
    return next((corner for floor in planes if (corner := _corner(points, floor, planes))), [])


def _corner(points: Doubles, floor: Plane, planes: list[Plane]) -> list[Plane]:
    """Return a floor and the walls that stand on it, if all of them extend beyond what is between them."""
    if not _is_floor(floor):
        return []
    walls = [plane for plane in planes if abs(plane.normal @ floor.normal) < 0.1]
    for wall in walls:
        opposite = [other for other in walls if abs(other.normal @ wall.normal) < 0.1]
        for together in ([floor, wall, *opposite[:1]], [floor, wall]):
            front = ~np.any([plane.points for plane in together], axis=0)
            enough = front.sum() > LEAST_FRONT * len(points)
            if enough and all(_extends(points, plane, front, CORNER_REACH) for plane in together):
                return together
    return []


def _is_floor(plane: Plane) -> bool:
    return bool((UPS @ plane.normal).max() > STEEPEST)


def _fitted(points: Doubles, size: float) -> list[tuple[Doubles, float, float]]:
    """Return planes at the border of a cloud: normal, height and thickness; each one once."""
    heights = points @ _directions().T  # (n, directions)
    lowest = np.partition(heights, len(points) // 200, axis=0)[len(points) // 200]
    near = heights < lowest + SLAB * size
    found: list[tuple[Doubles, float, float]] = []
    for index in np.argsort(-near.sum(0), kind="stable")[:20]:
        fitted = _fit(points, near[:, index], _directions()[index], size)
        if fitted is not None and all(fitted[0] @ other[0] < STEEPEST for other in found):
            found.append(fitted)
    return found


@cache
def _directions() -> Doubles:
    """Return the inward normals that are tried, `(66, 3)`: the axes, and every 15° between two of them."""
    angles = np.radians(np.arange(0, 360, 15))
    circle = np.stack([np.cos(angles), np.sin(angles), np.zeros(len(angles))], 1)
    both = np.concatenate([np.roll(circle, shift, axis=1) for shift in range(3)]).round(12) + 0.0
    return np.unique(both, axis=0)


def _fit(
    points: Doubles, near: NDArray[np.bool_], normal: Doubles, size: float
) -> tuple[Doubles, float, float] | None:
    """Return a plane fitted to the points that are near one: its normal, its height and its thickness."""
    thickness = SLAB * size
    for _ in range(4):
        if near.sum() < LEAST:
            return None
        centre = points[near].mean(0)
        least = np.linalg.eigh(np.cov(points[near].T))[1][:, 0]
        if abs(least @ normal) < 0.85:  # it has turned to another plane
            return None
        normal = least * np.sign(least @ normal)
        heights = (points - centre) @ normal
        spread = 3.0 * float(np.median(np.abs(heights[near])))
        thickness = float(np.clip(spread, THICKNESS[0] * size, THICKNESS[1] * size))
        near = np.abs(heights) < thickness
    return normal, float(centre @ normal), thickness


def _on(points: Doubles, normal: Doubles, height: float, thickness: float) -> Plane | None:
    """Return the plane with all of its points, if there is nearly nothing behind it."""
    heights = points @ normal - height
    on, behind = np.abs(heights) < thickness, heights <= -thickness
    if on.sum() < LEAST or behind.sum() > max(BEYOND * len(points), 3):
        return None
    return Plane(normal, on | behind)


def _extends(points: Doubles, plane: Plane, front: NDArray[np.bool_], times: float) -> bool:
    """Return whether a plane extends beyond what is in front of it, by `times` more than its kind has to."""
    if front.sum() < 3 * LEAST:
        return False
    across = np.linalg.svd(plane.normal[None])[2][1:]
    outline, spots = points[front] @ across.T, points[plane.points] @ across.T
    reach = times * (FLOOR_REACH if _is_floor(plane) else WALL_REACH)
    extents = [np.ptp(np.percentile(spread, [1, 99], axis=0), axis=0) for spread in (spots, outline)]
    if (extents[0] < reach * extents[1]).any():
        return False
    outside = (~_inside(outline, spots)).sum()
    enough = outside >= max(LEAST, OUTSIDE * len(spots))
    return bool(enough and _inside(spots, outline).mean() >= COVERED)


def _inside(outline: Doubles, spots: Doubles) -> NDArray[np.bool_]:
    """Return which of the spots `(n, 2)` lie inside the convex hull of others but their stray points."""
    low, high = np.percentile(outline, [0.5, 99.5], axis=0)
    kept = outline[((outline >= low) & (outline <= high)).all(1)]
    try:
        hull = ConvexHull(kept)
    except (QhullError, ValueError):
        return np.ones(len(spots), bool)
    return (spots @ hull.equations[:, :2].T + hull.equations[:, 2] <= 0).all(1)
