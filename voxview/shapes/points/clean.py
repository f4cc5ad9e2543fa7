"""Cleaning of a cloud: what is no part of the chair is left out, and it is said what."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxview.counts import counted
from voxview.errors import InputError
from voxview.shapes.frame import Doubles
from voxview.shapes.points.outliers import is_outlier
from voxview.shapes.points.pieces import label_pieces
from voxview.shapes.points.planes import Plane, find_planes
from voxview.shapes.points.thin import CELLS, robust_box, thin

LEAST_POINTS = 50
"""Points that a chair can be made of, at least."""
FARTHEST = 1e60
"""Coordinates beyond it are damage: their squares' sums would be no numbers any more."""
FLAT = 0.01
"""Ratio of the least to the largest standard deviation below which all points lie in one plane."""
THIN_ABOVE = 20_000
"""Points above which a cloud is thinned."""
MOST_POINTS = 30_000
"""Points after thinning, at most: 0.3 s of work on two cores."""
ROOM_SHARE = 0.8
"""Share of the points in floors and walls from which on it is a room and not a chair."""
ROOM_PIECES = 4
"""Pieces like chairs from which on it is a room."""
STOUT = 0.35
"""Ratio of the least to the largest extent of a piece that may be a chair by itself."""


@dataclass(frozen=True)
class CleanCloud:
    """The points of a chair, in the file's own axes and units."""

    points: Doubles
    """`(n, 3)`, in an order that does not depend on the file's."""
    left_out: Doubles
    """`(m, 3)`: floors, walls, outliers and other chairs, thinned."""
    notes: tuple[str, ...]
    """What was left out, a line each."""
    warnings: tuple[str, ...]
    """Why this may be no chair, a line each."""
    floor: Doubles | None
    """The upward normal of the floor, `(3,)`, if there was one plane alone that can be it."""


def clean(points: Doubles) -> Generator[float, None, CleanCloud]:
    """Return the points of a chair among `(n, 3)` of any unit and origin, yielding the share that is done.

    Not finite ones, copies, floors, walls and outliers are left out; more than 20,000 are thinned. Raises
    `InputError` for fewer than 50 points, points in one plane or line, and a room.
    """
    notes: list[str] = []
    kept = _finite(points, notes)
    _check_count(len(kept), len(points))
    if len(kept) > THIN_ABOVE:
        before = len(kept)
        cells = CELLS
        kept = yield from thin(kept, cells)
        while len(kept) > MOST_POINTS:  # noise fills more cells than a surface
            cells = cells * 3 // 4
            kept = yield from thin(kept, cells)
        notes.append(f"{before:,} points thinned to {len(kept):,}")
    else:
        kept = _without_copies(kept, notes)
        _check_count(len(kept), len(points))
    _check_spread(kept)
    yield 0.5
    planes = find_planes(kept)
    on_plane = np.any([plane.points for plane in planes], axis=0) if planes else np.zeros(len(kept), bool)
    if on_plane.mean() > ROOM_SHARE:
        raise InputError(
            f"{on_plane.mean():.0%} of the points are floor and walls: crop the cloud to one chair first"
        )
    notes += [f"{counted(int(plane.points.sum()), 'point')} of a floor or wall left out" for plane in planes]
    yield 0.8
    chair = kept[~on_plane]
    _check_count(len(chair), len(points))
    outlier = is_outlier(chair)
    if outlier.any():
        notes.append(f"{counted(int(outlier.sum()), 'outlier')} left out")
    left_out, chair = np.concatenate([kept[on_plane], chair[outlier]]), chair[~outlier]
    _check_count(len(chair), len(points))
    _check_spread(chair)
    is_other, warnings = _other_chairs(chair, may_be_room=len(points) > THIN_ABOVE)
    left_out = np.concatenate([left_out, chair[is_other]])
    return CleanCloud(chair[~is_other], left_out, tuple(notes), warnings, _floor(planes))


def _finite(points: Doubles, notes: list[str]) -> Doubles:
    finite = (np.abs(points) < FARTHEST).all(1)  # NaN is not below anything
    if finite.all():
        return points
    is_nan = not np.isfinite(points[~finite]).all()
    why = "that are no numbers (NaN)" if is_nan else "immeasurably far away"
    notes.append(f"{counted(int((~finite).sum()), 'point')} {why} left out")
    return points[finite]


def _without_copies(points: Doubles, notes: list[str]) -> Doubles:
    unique = np.unique(points, axis=0)
    copies = len(points) - len(unique)
    if copies:
        notes.append(f"{counted(copies, 'point')} left out that are there twice")
    return unique


def _check_count(count: int, before: int) -> None:
    if count < LEAST_POINTS:
        of = f" of {before:,}" if before != count else ""
        raise InputError(
            f"{counted(count, 'usable point')}{of}: a chair takes {LEAST_POINTS} or more: scan it again"
        )


def _check_spread(points: Doubles) -> None:
    _, size = robust_box(points)
    if not size.max() > 0:
        raise InputError("all points lie in one place: there is no chair in them")
    spread = np.sqrt(np.maximum(np.linalg.eigvalsh(np.cov((points - points.mean(0)).T)), 0.0))
    if spread[1] < FLAT * spread[2]:
        raise InputError("all points lie in one line: there is no chair in them")
    if spread[0] < FLAT * spread[2]:
        raise InputError("all points lie in one plane: there is no chair in them; scan it from the side, too")


def _other_chairs(points: Doubles, *, may_be_room: bool) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """Return which points `(n,)` are of other chairs, and a warning where there are such; raise for a room.

    A room has many points: a small cloud in pieces is a chair of which little was seen.
    """
    pieces = label_pieces(points)
    sizes = np.bincount(pieces)
    boxes = [_box(points[pieces == i]) for i in range(min(len(sizes), 12))]
    extents = [high - low for low, high in boxes]
    whole = [
        i
        for i, extent in enumerate(extents)
        if sizes[i] > 0.03 * len(points)
        and extent.min() > STOUT * extent.max()
        and extent.max() > 0.5 * extents[0].max()
    ]
    if may_be_room and len(whole) >= ROOM_PIECES:
        raise InputError(
            f"there are {len(whole)} things beside each other, as in a room: crop it to one chair first"
        )
    # A seat and a base with nothing between them, as scans have them, are of different sizes.
    twins = [
        i
        for i in whole
        if i
        and (extents[i] > 0.7 * extents[0]).all()
        and sizes[i] > 0.3 * sizes[0]
        and (np.maximum(boxes[i][0] - boxes[0][1], boxes[0][0] - boxes[i][1]) > 0.1 * extents[0].max()).any()
    ]
    if 0 not in whole or not twins:
        return np.zeros(len(points), bool), ()
    return np.isin(pieces, twins), (
        f"there seem to be {1 + len(twins)} chairs: only the one with the most points is used",
    )


def _box(points: Doubles) -> tuple[Doubles, Doubles]:
    return points.min(0), points.max(0)


def _floor(planes: list[Plane]) -> Doubles | None:
    return planes[0].normal if len(planes) == 1 else None
