"""Curved solids: a board bent along a profile, a dish cut by a plane, bars along a polyline."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from voxview.shapes.generator.solids import TOUCH, Bar, Bounds, Mask, Solid, Values

Point = tuple[float, float, float]
Profile = Sequence[tuple[float, float]]
"""Corners (z, y) of a polyline seen from the side, in centimetres."""


@dataclass(frozen=True)
class Ribbon(Solid):
    """A board bent along a profile: the seat, back and base of a chair made of one sheet."""

    profile: Profile
    inner: float
    """x at which it begins; 0: in the middle, above 0: one strip at each side."""
    outer: float
    """x at which it ends."""
    thickness: float

    def bounds(self) -> Bounds:
        half = self.thickness / 2
        z, y = zip(*self.profile, strict=True)
        return Bounds(self.inner, self.outer, min(y) - half, max(y) + half, min(z) - half, max(z) + half)

    def touches(self, x: Values, y: Values, z: Values, h: float) -> Mask:
        reach = max(self.thickness / 2, 0.5 * h) + 0.5 * h
        near = np.zeros(np.broadcast_shapes(y.shape, z.shape), dtype=np.bool_)
        for (az, ay), (bz, by) in pairwise(self.profile):
            uz, uy = bz - az, by - ay
            along = ((z - az) * uz + (y - ay) * uy) / max(uz * uz + uy * uy, TOUCH)
            along = np.clip(along, 0.0, 1.0)
            dz, dy = z - (az + uz * along), y - (ay + uy * along)
            near |= dz * dz + dy * dy < reach * reach
        return near


@dataclass(frozen=True)
class Dish(Solid):
    """A shell: the part of a hollow ellipsoid below a plane that rises towards the back."""

    centre: tuple[float, float]
    """y and z."""
    radii: Point
    """Along x, y and z, outside."""
    thickness: float
    rim: float
    """Height of the plane above the centre at the centre's z."""
    slope: float
    """Rise of the plane by centimetre of z."""

    def bounds(self) -> Bounds:
        (y, z), (a, b, c) = self.centre, self.radii
        wide, high, front, back = 0.0, -b, c, -c
        for at in np.linspace(-1.0, 1.0, 65).tolist():  # slices across z, whose tops the plane may cut off
            section, plane = math.sqrt(1.0 - at * at), (self.rim + self.slope * c * at) / b
            if plane <= -section:
                continue
            below = min(plane, 0.0)
            wide = max(wide, a * math.sqrt(section * section - below * below))
            high = max(high, b * min(plane, section))
            front, back = min(front, c * at), max(back, c * at)
        return Bounds(-wide, wide, y - b, y + high, z + front, z + back)

    def touches(self, x: Values, y: Values, z: Values, h: float) -> Mask:
        y, z = y - self.centre[0], z - self.centre[1]
        below = y < self.rim + self.slope * z + h
        return below & (self._level(x, y, z, 0.0) < 1.0) & (self._level(x, y, z, self.thickness + h) > 1.0)

    def _level(self, x: Values, y: Values, z: Values, inset: float) -> Values:
        """Return where a point lies: below 1 inside the ellipsoid that is smaller by `inset`."""
        a, b, c = (max(radius - inset, TOUCH) for radius in self.radii)
        return (x / a) * (x / a) + (y / b) * (y / b) + (z / c) * (z / c)


def bars(points: Sequence[Point], radius: float) -> list[Solid]:
    """Return round bars along a polyline."""
    return [Bar(a, b, radius) for a, b in pairwise(points)]


def smooth(points: Sequence[tuple[float, ...]], times: int) -> list[tuple[float, ...]]:
    """Return a polyline with its corners cut off `times` times (Chaikin 1974); its ends stay."""
    points = list(points)
    for _ in range(times):
        cut = [points[0]]
        for a, b in pairwise(points):
            cut += [
                tuple(0.75 * p + 0.25 * q for p, q in zip(a, b, strict=True)),
                tuple(0.25 * p + 0.75 * q for p, q in zip(a, b, strict=True)),
            ]
        points = [*cut, points[-1]]
    return list(points)
