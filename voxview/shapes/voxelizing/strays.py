"""What lies so far from a mesh that it is no part of the shape: stray triangles, and faces without area.

Either would set the size: the chair would be a voxel in an empty cube.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.shapes.frame import Doubles, Integers
from voxview.shapes.voxelizing.merge import merge_equal

_AT_ONCE = 1 << 17
"""Faces that are measured in one step."""

_MOST_ROUNDS = 100
"""Times that what is near grows: each makes it larger by its own size or so, and numbers end."""

LIMITS = ((1.0, 0.01), (5.0, 0.1))
"""How far strays are from the rest at the least, in its longest sides, and the share of the area that they
may have together: what has more is a part of the shape. The nearest limit that fits is taken."""

_SUSPECT = 2.2
"""Standard deviations from the middle beyond which a mesh is looked at: strays are at least so far away."""

_NO_AREA = 1e-12
"""Doubled area of a face, as a share of its longest edge squared, that rounding leaves of none."""


def without_strays(vertices: Doubles, faces: Integers) -> tuple[Integers, str]:
    """Return the faces `(k, 3)` without strays, and one line that says what was left out, empty if nothing.

    Faces without area are left out without a word where they lie outside of the others.
    """
    with np.errstate(all="ignore"):
        areas, solid = _areas(vertices, faces)
    if not solid.any() or not np.isfinite(areas.sum()):
        return faces, ""
    if not solid.all():
        low, high = _bounds(vertices, faces[solid])
        inside = np.asarray(((vertices >= low) & (vertices <= high)).all(axis=1))
        kept = solid | inside[faces].all(axis=1)
        faces, areas = faces[kept], areas[kept]
    if not _is_suspect(vertices, faces, areas):
        return faces, ""
    stray = _find_strays(vertices, faces, areas)
    if not stray.any():
        return faces, ""
    low, high = _bounds(vertices, faces[~stray])
    size = float((high - low).max())
    middles = vertices[faces[stray]].mean(axis=1)
    gap = float(np.maximum(low - middles, middles - high).max(axis=1).min())
    count, times = int(stray.sum()), f"{gap / size:,.1f} times its size away"
    if count == 1:
        return faces[~stray], f"1 face lies far from the rest, {times}, and was left out"
    return faces[~stray], f"{count:,} faces lie far from the rest, {times} or more, and were left out"


def _areas(vertices: Doubles, faces: Integers) -> tuple[Doubles, NDArray[np.bool_]]:
    """Return the doubled area of each face, `(m,)`, and whether it is more than rounding leaves of none."""
    areas, solid = np.empty(len(faces)), np.empty(len(faces), np.bool_)
    for begin in range(0, len(faces), _AT_ONCE):
        some = slice(begin, begin + _AT_ONCE)
        corners = vertices[faces[some]]
        edges = corners[:, (1, 2, 0)] - corners
        normals = np.cross(edges[:, 0], edges[:, 1])
        areas[some] = np.sqrt(np.einsum("ma,ma->m", normals, normals))
        a, b, c = np.einsum("mea,mea->em", edges, edges)
        solid[some] = areas[some] > _NO_AREA * np.maximum(np.maximum(a, b), c)
    return areas, solid


def _bounds(vertices: Doubles, faces: Integers) -> tuple[Doubles, Doubles]:
    used = np.zeros(len(vertices), np.bool_)
    used[faces] = True
    corners = vertices[used]
    return corners.min(axis=0), corners.max(axis=0)


def _is_suspect(vertices: Doubles, faces: Integers, areas: Doubles) -> bool:
    """Return whether strays are possible, without a look at how faces hang together."""
    a, b, c = faces.T
    middles = (vertices[a] + vertices[b] + vertices[c]) / 3
    weights = areas / areas.sum()
    centre = weights @ middles
    spread = np.sqrt(weights @ (middles - centre) ** 2).max()
    low, high = _bounds(vertices, faces)
    return bool(np.maximum(high - centre, centre - low).max() > _SUSPECT * spread)


def _find_strays(vertices: Doubles, faces: Integers, areas: Doubles) -> NDArray[np.bool_]:
    """Return which faces are in pieces that are far from the largest one and those around it."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    used = np.zeros(len(vertices), np.bool_)
    used[faces] = True
    points, merged = merge_equal(vertices[used])
    a, b, c = merged[(np.cumsum(used) - 1)[faces]].T
    links = coo_array((np.ones(2 * len(a), np.bool_), (np.r_[a, b], np.r_[b, c])), shape=(len(points),) * 2)
    pieces, of_vertices = connected_components(links, directed=False)
    piece = of_vertices[a]
    area = np.bincount(piece, areas, pieces).astype(np.float64)
    low, high = np.full((pieces, 3), np.inf), np.full((pieces, 3), -np.inf)
    np.minimum.at(low, of_vertices, points)
    np.maximum.at(high, of_vertices, points)
    for least, share in LIMITS:
        near = _near(area, low, high, least)
        if area[~near].sum() <= share * area.sum():
            return np.asarray(~near[piece])
    return np.zeros(len(faces), np.bool_)


def _near(area: Doubles, low: Doubles, high: Doubles, least: float) -> NDArray[np.bool_]:
    """Return which pieces hang together with the largest one, over gaps below `least` times their size."""
    near: NDArray[np.bool_] = np.zeros(len(area), np.bool_)
    near[area.argmax()] = True
    for _ in range(_MOST_ROUNDS):
        around_low, around_high = low[near].min(axis=0), high[near].max(axis=0)
        size = (around_high - around_low).max()
        gap = np.maximum(around_low - high, low - around_high).max(axis=1)
        grown = near | (gap < least * size)
        if (grown == near).all():
            return near
        near = grown
    return np.ones(len(area), np.bool_)
