"""Faces of any number of corners as triangles: the same ones from whichever corner a face is listed.

Triangles and convex faces need no library. Concave ones are cut by mapbox-earcut, which is kept (2.1 of 2026)
and has no dependency but NumPy; a fan from an arbitrary corner, as trimesh, VTK, Assimp and MeshLab make it
of such a face, fills what the face leaves open.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.shapes.frame import Doubles, Integers
from voxview.shapes.io.mesh_text import MeshError

MAX_FACES = 3_000_000
"""Limit of the faces; ShapeNet's largest chairs have about a million."""

MAX_COPIED_FACES = 500_000
"""Limit of the faces of all places of a scene's parts but each one's first: files have millions at times."""

MAX_CORNERS = 10_000
"""Limit of the corners of one face."""

MAX_CONCAVE_WORK = 60_000_000
"""Limit of the sum of the squared numbers of corners of concave faces: cutting takes up to so many steps."""

_LEAST_WORK = 3_000
"""What cutting a small face takes at the least, in these steps."""

_FEW_CORNERS = 12
"""Corners of a face up to which a fan from each of them is tried: most concave faces have one that fits."""

_SLACK = 1e-9
"""Area of a triangle, as a share of its face's, that may be turned over by rounding."""

_AT_ONCE = 1 << 20
"""Corners that are looked at in one step: about 100 MB of temporaries."""


def triangulate(vertices: Doubles, corners: Integers, counts: Integers) -> Integers:
    """Return triangles `(m, 3)` of faces in their order; `corners` are the vertices of one after another.

    `counts (k,)` says how many corners each face has; those of fewer than three are left out. A face begins
    at its lowest corner, by x, then y, then z. Raises `MeshError` for vertices that are not there and for
    faces that are too large.
    """
    if len(corners) and (corners.min() < 0 or corners.max() >= len(vertices)):
        raise MeshError(f"a face names a vertex that is not there, and there are {len(vertices):,}")
    if len(counts) and counts.max() > MAX_CORNERS:
        raise MeshError(
            f"it has a face of {counts.max():,} corners: cut its large faces into triangles first"
        )
    check_faces(int((counts - 2).clip(0).sum()))
    firsts = np.cumsum(counts) - counts
    by_count = np.argsort(counts, kind="stable")
    by_count = by_count[np.searchsorted(counts[by_count], 3) :]
    triangles, order = [np.empty((0, 3), np.int64)], [np.empty(0, np.int64)]
    work = 0
    for which in np.split(by_count, np.flatnonzero(np.diff(counts[by_count])) + 1) if len(by_count) else []:
        count = int(counts[which[0]])
        step = max(1, _AT_ONCE // count)
        for begin in range(0, len(which), step):
            some = which[begin : begin + step]
            faces = corners[firsts[some][:, None] + np.arange(count)]
            cut, lengths, concave = _cut(vertices, faces)
            work += concave * max(count**2, _LEAST_WORK)
            if work > MAX_CONCAVE_WORK:
                raise MeshError(
                    "it has too many large faces that are concave: cut its large faces into triangles first"
                )
            triangles.append(cut)
            order.append(np.repeat(some, lengths))
    return np.concatenate(triangles)[np.argsort(np.concatenate(order), kind="stable")]


def check_faces(count: int) -> None:
    """Raise `MeshError` for more faces than are read: parsers call it before they take memory for them."""
    if count > MAX_FACES:
        raise MeshError(f"it has more than {MAX_FACES:,} faces: simplify it first")


def _cut(vertices: Doubles, faces: Integers) -> tuple[Integers, Integers, int]:
    """Return triangles of faces `(k, n)`, how many each has, and how many faces were cut by ears."""
    corners = faces.shape[1]
    each = np.full(len(faces), corners - 2)
    if corners == 3:
        return faces, each, 0
    faces = _from_lowest(vertices, faces)
    bad = np.flatnonzero(~_fan_fits(vertices[faces]))
    if corners == 4:
        faces[bad] = np.roll(faces[bad], 1, axis=1)  # one of the two diagonals of a simple quad is inside
        return _fans(faces), each, 0
    if corners <= _FEW_CORNERS:
        for _ in range(corners - 1):
            faces[bad] = np.roll(faces[bad], -1, axis=1)
            bad = bad[~_fan_fits(vertices[faces[bad]])]
    if max(corners**2, _LEAST_WORK) * len(bad) > MAX_CONCAVE_WORK:
        return _fans(faces), each, len(bad)
    fans = _fans(faces).reshape(len(faces), corners - 2, 3)
    pieces = {int(i): _cut_ears(vertices, faces[i]) for i in bad}
    if not pieces:
        return fans.reshape(-1, 3), each, 0
    cut = [pieces.get(i, fan) for i, fan in enumerate(fans)]
    return np.concatenate(cut), np.array([len(piece) for piece in cut]), len(bad)


def _from_lowest(vertices: Doubles, faces: Integers) -> Integers:
    """Return faces that begin at their lowest corner, by x, then y, then z."""
    lowest: NDArray[np.bool_] = np.ones(faces.shape, np.bool_)
    for axis in range(3):
        values = np.where(lowest, vertices[faces, axis], np.inf)
        lowest &= values == values.min(axis=1, keepdims=True)
    places = lowest.argmax(axis=1)[:, None] + np.arange(faces.shape[1])
    return np.take_along_axis(faces, places % faces.shape[1], axis=1)


def _fan_fits(points: Doubles) -> NDArray[np.bool_]:
    """Return whether a fan from the first corner covers each face `(k, n, 3)`: no triangle is turned over."""
    with np.errstate(all="ignore"):
        spokes = points[:, 1:] - points[:, :1]
        areas = np.cross(spokes[:, :-1], spokes[:, 1:])
        total = areas.sum(axis=1)
        along = np.einsum("kna,ka->kn", areas, total)
        least = -_SLACK * (total**2).sum(axis=1)
        return np.asarray((along >= least[:, None]).all(axis=1) | ~np.isfinite(along).all(axis=1))


def _fans(faces: Integers) -> Integers:
    step = np.arange(1, faces.shape[1] - 1)
    fan = np.stack(np.broadcast_arrays(faces[:, :1], faces[:, step], faces[:, step + 1]), axis=2)
    return np.asarray(fan.reshape(-1, 3))


def _cut_ears(vertices: Doubles, face: Integers) -> Integers:
    """Return triangles of one concave face, turned as it is."""
    from mapbox_earcut import triangulate_float64

    points = vertices[face] - vertices[face[0]]
    normal = np.cross(points[1:-1], points[2:]).sum(axis=0)
    dropped = int(np.abs(normal).argmax())
    a, b = (dropped + 1) % 3, (dropped + 2) % 3
    flat = np.ascontiguousarray(points[:, (a, b)])
    ears = triangulate_float64(flat, np.array([len(face)], np.uint32)).reshape(-1, 3).astype(np.int64)
    if not len(ears):
        return _fans(face[None])
    edges = flat[ears[:, 1:]] - flat[ears[:, :1]]
    turned = (edges[:, 0, 0] * edges[:, 1, 1] - edges[:, 0, 1] * edges[:, 1, 0]).sum()
    return np.asarray(face[ears if turned * normal[dropped] >= 0 else ears[:, ::-1]])


def compacted(vertices: Doubles, faces: Integers) -> tuple[Doubles, Integers]:
    """Return vertices `(n, 3)` without those that no face `(m, 3)` names, where these are most of them.

    A mesh may be placed a million times, and each place copies the vertices: those are 3 for each face then.
    """
    if len(vertices) <= 3 * len(faces):
        return vertices, faces
    used, renumbered = np.unique(faces, return_inverse=True)
    return vertices[used], renumbered.reshape(-1, 3)
