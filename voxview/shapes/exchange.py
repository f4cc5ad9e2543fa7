"""Exchange of parts: the back of one chair on the seat and the legs of others, fitted to each other.

The seat is the measure: every other part comes with the seat that it was on, and is scaled and moved by what
takes that seat to the new one. Legs reach from the floor to the seat, a back stands at the seat's rear edge
and arms beside it. Small gaps are bridged; encoding and decoding then lets the parts grow together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

from voxview.conventions import RESOLUTION
from voxview.errors import InputError
from voxview.shapes.frame import Doubles
from voxview.shapes.parts import BACK, LEG, NO_PART, ORDER, PARTS, SEAT, Labels

STRETCH = (0.55, 1.8)
"""The least and the largest scale of a part along an axis."""
THICKEST = 0.45
"""Share of the seat's height that its body may take where legs of another chair go under it."""
INTO_SEAT = 1.5
"""Voxels by which legs reach up into the seat."""
WIDEST_GAP = 7.0
"""Voxels between two pieces that are joined."""
PLACES = 3
"""Places in each voxel, along each axis, that are moved: parts get no holes where they are enlarged."""


class _Seat(NamedTuple):
    """Where a chair's seat is, in voxels."""

    low: Doubles
    """Lowest x, underside, front: `(3,)`."""
    high: Doubles
    """Largest x, top, rear: `(3,)`."""
    floor: float
    """Height of the chair's lowest voxel."""


def exchange_parts(sources: Mapping[int, Labels]) -> Labels:
    """Return a chair of parts of several ones, `uint8 (32, 32, 32)`, longest side 32 voxels, centred.

    `sources` are the labelled grid from which each part is taken, by part; the seat is needed, and a part
    that is not named is left out. Raises `InputError` if a source has no such part, or no seat to fit it by.
    """
    for part, labels in sources.items():
        if not (labels == part).any():
            raise InputError(f"the chair that should give its {PARTS[part]} has none: choose another one")
        if not (labels == SEAT).any():
            raise InputError(f"the chair that should give its {PARTS[part]} has no seat to fit it by")
    if SEAT not in sources:
        raise InputError("a chair needs a seat: name the chair that gives it")
    labels = sources[SEAT]
    has_other_legs = LEG in sources and sources[LEG] is not labels
    seat, places = _seat_of(labels, has_other_legs)
    moved = {SEAT: places}
    for part in set(sources) - {SEAT}:
        others, _ = _seat_of(sources[part], slim=False)
        moved[part] = _fitted(part, _places(sources[part] == part), others, seat)
    return _joined(_rasterised(moved))


def _seat_of(labels: Labels, slim: bool) -> tuple[_Seat, Doubles]:
    """Return where a chair's seat is, and its places; `slim`: without a body that leaves legs no room."""
    is_seat = labels == SEAT
    floor = float(np.flatnonzero((labels != NO_PART).any((0, 2)))[0])
    columns = is_seat.any(1)
    tops = RESOLUTION - is_seat[:, ::-1].argmax(1)[columns]
    top = float(np.median(tops))
    bottom = float(np.median(is_seat.argmax(1)[columns]))
    if slim:
        bottom = max(bottom, top - max(2.0, THICKEST * (top - floor)))
        is_seat = is_seat & (np.arange(RESOLUTION)[:, None] >= np.floor(bottom))
    x, z = (np.percentile(axis, [2, 98]) for axis in np.nonzero(columns))
    low, high = np.array([x[0], bottom, z[0]]), np.array([x[1] + 1, top, z[1] + 1])
    return _Seat(low, high, floor), _places(is_seat)


def _places(voxels: np.ndarray) -> Doubles:
    """Return places all over some voxels, `(n, 3)` in voxels."""
    inside = (np.indices((PLACES,) * 3).reshape(3, -1).T + 0.5) / PLACES
    return (np.argwhere(voxels)[:, None] + inside).reshape(-1, 3)


def _fitted(part: int, places: Doubles, old: _Seat, new: _Seat) -> Doubles:
    """Return a part's places scaled and moved from the seat that it was on to another."""
    scale = np.clip((new.high - new.low) / np.maximum(old.high - old.low, 1.0), *STRETCH)
    across = float(np.clip(np.sqrt(scale[0] * scale[2]), 0.75, 1.35))
    anchor_old, anchor_new = (old.low + old.high) / 2, (new.low + new.high) / 2
    if part == LEG:
        return _under(places, scale, old, new)
    scale[1] = across
    anchor_old[1], anchor_new[1] = old.high[1], new.high[1]
    if part == BACK:
        scale[2] = across
        anchor_old[2], anchor_new[2] = old.high[2], new.high[2]
    return (places - anchor_old) * scale + anchor_new


def _under(places: Doubles, scale: Doubles, old: _Seat, new: _Seat) -> Doubles:
    """Return legs between the floor and the seat; their upper ends reach into it."""
    moved = places.copy()
    for axis in (0, 2):
        middle_old, middle_new = (old.low[axis] + old.high[axis]) / 2, (new.low[axis] + new.high[axis]) / 2
        moved[:, axis] = (places[:, axis] - middle_old) * scale[axis] + middle_new
    height = max(old.low[1] - old.floor, 1.0)
    share = (places[:, 1] - old.floor) / height
    moved[:, 1] = new.floor + share * max(new.low[1] - new.floor, 1.0)
    ends = moved[share > 1 - 1.01 / height]
    steps = np.array([[0.0, 0.5 * INTO_SEAT, 0.0], [0.0, INTO_SEAT, 0.0]])
    reaching = np.concatenate([moved, *(ends + step for step in steps)])
    return reaching[reaching[:, 1] < new.high[1] - 1.0]  # not through a thin seat


def _rasterised(places: Mapping[int, Doubles]) -> Labels:
    """Return places of parts as a labelled grid: scaled so that the longest side fills it, and centred."""
    together = np.concatenate(list(places.values()))
    low, high = together.min(0) - 0.5 / PLACES, together.max(0) + 0.5 / PLACES
    scale = RESOLUTION / float((high - low).max())
    labels = np.full((RESOLUTION,) * 3, NO_PART, np.uint8)
    for part in reversed(ORDER):
        if part in places:
            at = (places[part] - (low + high) / 2) * scale + RESOLUTION / 2
            i, j, k = np.clip(np.floor(at), 0, RESOLUTION - 1).astype(np.int64).T
            labels[i, j, k] = part
    return labels


def _joined(labels: Labels) -> Labels:
    """Return the chair with each piece beside the largest joined to it by a bar, if the gap is small."""
    joined = labels.copy()
    pieces, count = ndimage.label(labels != NO_PART, np.ones((3, 3, 3)))
    order = np.argsort(-np.bincount(pieces.ravel())[1:]) + 1
    main = np.argwhere(pieces == order[0])
    for piece in order[1:count]:
        voxels = np.argwhere(pieces == piece)
        distances, nearest = cKDTree(main).query(voxels)
        closest = int(np.argmin(distances))
        if distances[closest] <= WIDEST_GAP:
            bar = _line(voxels[closest], main[nearest[closest]])
            empty = joined[tuple(bar.T)] == NO_PART
            joined[tuple(bar[empty].T)] = joined[tuple(voxels[closest])]
            main = np.concatenate([main, voxels, bar])
    return joined


def _line(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the voxels of a bar between two, two wide in x and z, `(n, 3)`."""
    steps = int(np.abs(end - start).max()) + 1
    line = np.rint(start + (end - start) * np.linspace(0, 1, steps)[:, None]).astype(np.int64)
    wide = np.concatenate([line + step for step in np.array([[0, 0, 0], [1, 0, 0], [0, 0, 1]])])
    return np.clip(wide, 0, RESOLUTION - 1)
