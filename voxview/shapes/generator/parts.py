"""Which part of a chair each of its solids is, or where a solid of two parts is divided.

Labels are those that people gave PartNet's chairs: the body of an upholstered seat is seat down to its
feet, the boards under a seat are seat, supports of arms are arms, stretchers and columns are legs, headrests
are back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from voxview.shapes.generator.base import base_solids
from voxview.shapes.generator.recipe import Recipe
from voxview.shapes.generator.solids import TOUCH, Solid, Values
from voxview.shapes.generator.upper import arm_solids, back_solids, seat_solids
from voxview.shapes.parts import ARM, BACK, LEG, SEAT

Split = Callable[[Values, Values, Values], NDArray[np.int64]]
"""Labels at voxel centres x, y, z in centimetres, which broadcast to them; see `Solid.touches`."""

UPHOLSTERED = ("armchair", "easy chair", "office chair", "sofa")
"""Kinds whose block under the seat is the seat's own body; that of the others is a base."""


class Part(NamedTuple):
    """A solid with its label, or with what says the label at each place."""

    solid: Solid
    label: int | Split


def labelled(label: int | Split, solids: Iterable[Solid]) -> list[Part]:
    """Return parts of one label."""
    return [Part(solid, label) for solid in solids]


def parts_of(recipe: Recipe) -> list[Part]:
    """Return a chair's parts, with the origin on the floor below the seat's middle."""
    return [*base_parts(recipe), *seat_parts(recipe), *back_parts(recipe), *arm_parts(recipe)]


def base_parts(r: Recipe) -> list[Part]:
    """Return the parts under the seat; what shows through a thin seat's top is the seat's."""
    middle = r.seat_height - r.cushion - (r.seat_thickness - r.cushion - r.seat_rise) / 2
    parts = labelled(above(middle, SEAT, LEG), base_solids(r))
    if r.base == "block" and r.kind in UPHOLSTERED:
        parts[0] = Part(parts[0].solid, SEAT)  # the block's body
    return parts


def seat_parts(r: Recipe) -> list[Part]:
    """Return the seat's parts; below an arm that is a board or a cushion the seat's edge is the arm's."""
    solids = seat_solids(r)
    if r.arms not in ("panel", "padded") or r.back == "tub":
        return labelled(SEAT, solids)
    return labelled(beside(r.width / 2 - r.arm_thickness, ARM, SEAT), solids)


def back_parts(r: Recipe) -> list[Part]:
    """Return the back's parts; the sides of a tub are arms where they are high enough to lean on."""
    if r.back != "tub" or r.arm_height < 8.0:
        return labelled(BACK, back_solids(r))
    deep = min(r.width / 2, 0.6 * r.depth)
    return labelled(before(r.depth / 2 - 0.75 * deep, ARM, BACK), back_solids(r))


def arm_parts(r: Recipe) -> list[Part]:
    """Return the parts of the right arm."""
    return labelled(ARM, arm_solids(r))


def above(height: float, label: int, other: int) -> Split:
    """Return a split by height: `label` above it, `other` below."""
    return lambda x, y, z: np.where(y > height, label, other)


def beside(half: float, label: int, other: int) -> Split:
    """Return a split by the distance from the middle: `label` outside of it, `other` inside."""
    return lambda x, y, z: np.where(x > half, label, other)


def before(depth: float, label: int, other: int) -> Split:
    """Return a split by z: `label` in front of it, `other` behind."""
    return lambda x, y, z: np.where(z < depth, label, other)


def along(profile: Sequence[tuple[float, ...]], labels: Sequence[int]) -> Split:
    """Return a split by the nearest segment of a polyline (z, y) seen from the side: a label a segment."""

    def split(x: Values, y: Values, z: Values) -> NDArray[np.int64]:
        distances = []
        for (az, ay), (bz, by) in pairwise(profile):
            uz, uy = bz - az, by - ay
            share = np.clip(((z - az) * uz + (y - ay) * uy) / max(uz * uz + uy * uy, TOUCH), 0.0, 1.0)
            dz, dy = z - (az + uz * share), y - (ay + uy * share)
            distances.append(dz * dz + dy * dy)
        return np.asarray(labels)[np.argmin(np.stack(distances), axis=0)]

    return split
