"""Analytic solids in centimetres, and the test whether one touches a voxel.

Chairs are symmetric in x, so a solid describes the half at x ≥ 0, and the other half is mirrored.
A voxel is filled when the solid touches any part of it, as in ShapeNetVox32; this preserves
parts that are thinner than a voxel, and their connectivity. Only +, −, ×, ÷ and √ are used: these are rounded
alike on every platform, so that a recipe gives the same grid everywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

TOUCH = 1e-6
"""Tolerance in centimetres: a solid that only shares a face with a voxel does not touch it."""


@dataclass(frozen=True)
class Bounds:
    """The bounding box of a solid, in centimetres; the part at x < 0 is ignored, since x ≥ 0 is mirrored."""

    x0: float
    x1: float
    y0: float
    y1: float
    z0: float
    z1: float


class Solid(Protocol):
    """The interface of the solids that a chair is built of."""

    def bounds(self) -> Bounds:
        """Return the bounding box."""
        ...

    def touches(self, x: Values, y: Values, z: Values, h: float) -> Mask:
        """Return which voxels inside the bounds the solid touches.

        x `(nx, 1, 1)`, y `(1, ny, 1)`, z `(1, 1, nz)` are voxel centres, h is half a voxel's edge; all
        in centimetres. The result broadcasts to `(nx, ny, nz)`.
        """
        ...


@dataclass(frozen=True)
class Box(Solid):
    """A box along the axes: seats, rails, blocks."""

    x0: float
    x1: float
    y0: float
    y1: float
    z0: float
    z1: float

    def bounds(self) -> Bounds:
        return Bounds(self.x0, self.x1, self.y0, self.y1, self.z0, self.z1)

    def touches(self, x: Values, y: Values, z: Values, h: float) -> Mask:
        return np.ones((1, 1, 1), dtype=np.bool_)


@dataclass(frozen=True)
class Post(Solid):
    """An upright post with flat ends that may lean and taper: legs, columns, arm posts."""

    bottom: tuple[float, float, float]
    top: tuple[float, float, float]
    bottom_half: float
    """Half the thickness at the bottom."""
    top_half: float
    round: bool

    def bounds(self) -> Bounds:
        (bx, by, bz), (tx, ty, tz), b, t = self.bottom, self.top, self.bottom_half, self.top_half
        return Bounds(
            min(bx - b, tx - t), max(bx + b, tx + t), by, ty, min(bz - b, tz - t), max(bz + b, tz + t)
        )

    def touches(self, x: Values, y: Values, z: Values, h: float) -> Mask:
        (bx, by, bz), (tx, ty, tz) = self.bottom, self.top
        along = np.clip((y - by) / (ty - by), 0.0, 1.0)
        half = self.bottom_half + (self.top_half - self.bottom_half) * along
        # A leaning post also moves sideways within the voxel's own height.
        dx = _gap(x - (bx + (tx - bx) * along), h * (1.0 + abs(tx - bx) / (ty - by)))
        dz = _gap(z - (bz + (tz - bz) * along), h * (1.0 + abs(tz - bz) / (ty - by)))
        if self.round:
            return dx * dx + dz * dz < half * half
        return (dx < half) & (dz < half)


@dataclass(frozen=True)
class Bar(Solid):
    """A round bar between two points in any direction: stretchers, star arms, runners, tubes."""

    start: tuple[float, float, float]
    end: tuple[float, float, float]
    radius: float

    def bounds(self) -> Bounds:
        r = self.radius
        low = [min(a, b) - r for a, b in zip(self.start, self.end, strict=True)]
        high = [max(a, b) + r for a, b in zip(self.start, self.end, strict=True)]
        return Bounds(low[0], high[0], low[1], high[1], low[2], high[2])

    def touches(self, x: Values, y: Values, z: Values, h: float) -> Mask:
        (ax, ay, az), (bx, by, bz) = self.start, self.end
        ux, uy, uz = bx - ax, by - ay, bz - az
        length = max(ux * ux + uy * uy + uz * uz, TOUCH)
        along = np.clip(((x - ax) * ux + (y - ay) * uy + (z - az) * uz) / length, 0.0, 1.0)
        dx, dy, dz = (
            _gap(x - (ax + ux * along), h),
            _gap(y - (ay + uy * along), h),
            _gap(z - (az + uz * along), h),
        )
        # The axis point nearest to a voxel's centre may lie just outside a voxel that the axis crosses:
        # a quarter of a voxel is enough for a thin slanting bar to stay whole.
        reach = max(self.radius, 0.5 * h)
        return dx * dx + dy * dy + dz * dz < reach * reach


@dataclass(frozen=True)
class Slab(Solid):
    """A level or sloping board or cushion with an outline in plan: seats, discs, rings."""

    front_half: float
    """Half the width at the front edge."""
    back_half: float
    z0: float
    z1: float
    y0: float
    """Underside, at the middle of the depth."""
    y1: float
    outline: str = "square"
    """`square` (a trapezoid where the halves differ), `soft` (rounded corners) or `round` (an ellipse)."""
    rise: float = 0.0
    """Height of the front edge above the back edge."""
    hole: float = 0.0
    """Share of the radius that is open in the middle, for rings; 0: none."""

    def bounds(self) -> Bounds:
        widest = max(self.front_half, self.back_half)
        tip = abs(self.rise) / 2
        return Bounds(-widest, widest, self.y0 - tip, self.y1 + tip, self.z0, self.z1)

    def touches(self, x: Values, y: Values, z: Values, h: float) -> Mask:
        depth = self.z1 - self.z0
        middle = (self.z0 + self.z1) / 2
        across = np.clip((z - self.z0) / depth, 0.0, 1.0)
        dx = _gap(x, h) / (self.front_half + (self.back_half - self.front_half) * across)
        dz = _gap(z - middle, h) / (depth / 2)
        if self.outline == "square":
            plan = dx < 1.0
        elif self.outline == "soft":
            dx2, dz2 = dx * dx, dz * dz
            plan = dx2 * dx2 * dx2 + dz2 * dz2 * dz2 < 1.0
        else:
            plan = dx * dx + dz * dz < 1.0
        if self.hole:
            inner = self.hole * depth / 2 - 1.4 * h
            plan = plan & (x * x + (z - middle) * (z - middle) > max(inner, 0.0) * max(inner, 0.0))
        if not self.rise:
            return plan
        slope = -self.rise / depth
        lift = slope * (z - middle)
        spare = h * (1.0 + abs(slope)) - TOUCH
        return plan & (y > self.y0 + lift - spare) & (y < self.y1 + lift + spare)


@dataclass(frozen=True)
class Plate(Solid):
    """An upright board along z between two polylines: arms, side panels, wings."""

    x0: float
    x1: float
    z: tuple[float, ...]
    """z of the polylines' corners, ascending."""
    lower: tuple[float, ...]
    """Heights of the lower edge at these z."""
    upper: tuple[float, ...]
    """Heights of the upper edge at these z."""

    def bounds(self) -> Bounds:
        return Bounds(self.x0, self.x1, min(self.lower), max(self.upper), self.z[0], self.z[-1])

    def touches(self, x: Values, y: Values, z: Values, h: float) -> Mask:
        upper = np.maximum(
            _polyline_height(z - h, self.z, self.upper), _polyline_height(z + h, self.z, self.upper)
        )
        lower = np.minimum(
            _polyline_height(z - h, self.z, self.lower), _polyline_height(z + h, self.z, self.lower)
        )
        return (y < upper + h - TOUCH) & (y > lower - h + TOUCH)


def _polyline_height(at: Values, corners: tuple[float, ...], heights: tuple[float, ...]) -> Values:
    """Return a polyline's height at z; unlike `np.interp`, it never uses fused multiply-adds."""
    value = np.full_like(at, heights[0])
    for (c0, c1), (h0, h1) in zip(pairwise(corners), pairwise(heights), strict=True):
        value = value + (h1 - h0) * np.clip((at - c0) / max(c1 - c0, TOUCH), 0.0, 1.0)
    return value


@dataclass(frozen=True)
class Shell(Solid):
    """The upright wall of a tub chair: half an elliptic ring in plan, highest at the back."""

    half_width: float
    z0: float
    """z of the wall's front end."""
    z1: float
    middle: float
    """z of the ellipse's centre; in front of it the wall runs straight."""
    thickness: float
    y0: float
    front_y: float
    back_y: float

    def bounds(self) -> Bounds:
        top = max(self.front_y, self.back_y)
        return Bounds(-self.half_width, self.half_width, self.y0, top, self.z0, self.z1)

    def touches(self, x: Values, y: Values, z: Values, h: float) -> Mask:
        dz = np.maximum(z - self.middle, 0.0)
        deep = self.z1 - self.middle
        outer = _ellipse(_gap(x, h), _gap(dz, h), self.half_width, deep)
        inner = _ellipse(x + h, dz + h, self.half_width - self.thickness, deep - self.thickness)
        across = np.clip((z + h - self.z0) / (self.z1 - self.z0), 0.0, 1.0)
        # The rim swings up towards the back, as a tub's does.
        top = self.front_y + (self.back_y - self.front_y) * across * across
        return (outer < 1.0) & (inner > 1.0) & (y < top + h)


def _gap(offset: Values, h: float) -> Values:
    """Return the distance from a point to the nearest part of a voxel along one axis; 0 inside it."""
    return np.maximum(np.abs(offset) - (h - TOUCH), 0.0)


def _ellipse(x: Values, z: Values, a: float, b: float) -> Values:
    a, b = max(a, TOUCH), max(b, TOUCH)
    return (x / a) * (x / a) + (z / b) * (z / b)


def cell_range(low: float, high: float, size: int) -> tuple[int, int]:
    """Return the range of voxels (start, stop), at least one, that an interval in voxel units touches."""
    first = min(max(math.floor(low + TOUCH), 0), size - 1)
    return first, max(min(math.ceil(high - TOUCH), size), first + 1)
