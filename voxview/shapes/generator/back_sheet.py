"""The backrest: a sheet that leans, bends and wraps, with a pattern of slats, rails or openings."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from voxview.shapes.generator.solids import TOUCH, Bounds, Mask, Solid, Values


@dataclass(frozen=True)
class BackSheet(Solid):
    """A backrest: an outline in x and y, given depth by z(x, y)."""

    bottom_half: float
    """Half the width at the bottom."""
    top_half: float
    y0: float
    y1: float
    z: float
    """Middle of the sheet's thickness, at the bottom."""
    thickness: float
    lean: float
    """Distance of the top behind the bottom."""
    bend: float
    """0: straight; towards 1, the lower part is upright and the upper part bends back."""
    wrap: float
    """Distance by which the sides curve forward."""
    crown: float
    """Height of the rounded part of the outline, 0 for a flat top."""
    pattern: str
    """`solid`, `slatted`, `spindle`, `railed`, `ladder`, `framed`, `open` or `splat`."""
    count: int
    """Number of slats or rails, if there is room for them."""
    border: float
    """Width of the frame around the pattern."""
    gap: float
    """Height above the bottom at which the pattern starts; below it are only the uprights."""
    spine: bool
    """Whether the gap has one upright in the middle, instead of one at each side."""

    def bounds(self) -> Bounds:
        shifts = [self._shift(v / 8) for v in range(9)]
        half, t = max(self.bottom_half, self.top_half), self.thickness / 2
        return Bounds(
            -half, half, self.y0, self.y1, self.z + min(shifts) - self.wrap - t, self.z + max(shifts) + t
        )

    def touches(self, x: Values, y: Values, z: Values, h: float) -> Mask:
        height = self.y1 - self.y0
        v = np.clip((y - self.y0) / height, 0.0, 1.0)
        widest = max(self.bottom_half, self.top_half)
        middle = (
            self.z
            + self.lean * v * ((1.0 - self.bend) + self.bend * v)
            - self.wrap * (x / widest) * (x / widest)
        )
        slope_y = np.abs(self.lean / height * ((1.0 - self.bend) + 2.0 * self.bend * v))
        slope_x = 2.0 * self.wrap * x / (widest * widest)
        half: float | Values = self.thickness / 2
        if self.pattern == "framed":
            half = np.where(self._inside(x, y, h), 0.0, half)  # the panel is thinner than its frame
        in_sheet = np.abs(z - middle) < half + h * (1.0 + slope_x + slope_y) - TOUCH
        return in_sheet & self._cut(x, y, h)

    def crest(self, overhang: float, height: float) -> BackSheet:
        """Return a rail along the top of this back that extends beyond its sides."""
        start = 1.0 - height / (self.y1 - self.y0)
        half = self.bottom_half + (self.top_half - self.bottom_half) * start + overhang
        return replace(
            self,
            bottom_half=half,
            top_half=half,
            y0=self.y1 - height,
            z=self.z + self._shift(start),
            lean=self._shift(1.0) - self._shift(start),
            crown=0.0,
            bend=0.0,
            pattern="solid",
            gap=0.0,
        )

    def _shift(self, v: float) -> float:
        return self.lean * v * ((1.0 - self.bend) + self.bend * v)

    def _half_width(self, y: Values, inset: float) -> Values:
        """Return the outline's half width at a height, shrunk by `inset`; negative above its top."""
        v = np.clip((y - self.y0) / (self.y1 - self.y0), 0.0, 1.0)
        half = self.bottom_half + (self.top_half - self.bottom_half) * v - inset
        top = self.y1 - inset
        if self.crown > inset:
            crown = self.crown - inset
            u = np.clip((y - (top - crown)) / crown, 0.0, 1.0)
            half = half * np.sqrt(1.0 - u * u)
        return np.where(y > top, -1.0, half)

    def _cut(self, x: Values, y: Values, h: float) -> Mask:
        """Return the outline with its pattern, `(nx, ny, 1)`."""
        lowest = np.clip(y - h, self.y0, self.y1 - 2 * TOUCH)
        outline = x < self._half_width(lowest, 0.0) + h - TOUCH
        if self.pattern == "solid" and not self.gap:
            return outline
        frame = outline & ~self._inside(x, y, h)
        filled = outline & (frame | self._fill(x, y, h))
        if not self.gap:
            return filled
        upright = x < max(self.border, 2 * h) if self.spine else frame
        return (filled & (y > self.y0 + self.gap - h)) | (outline & upright & (y < self.y0 + self.gap + h))

    def _inside(self, x: Values, y: Values, h: float) -> Mask:
        """Return the voxels that lie entirely within the frame, `(nx, ny, 1)`."""
        return x < self._half_width(y + h, self.border) - h + TOUCH

    def _fill(self, x: Values, y: Values, h: float) -> Mask:
        """Return the pattern within the frame; slats and rails are whole voxels, so that gaps stay open."""
        column = np.floor(x / (2 * h)).astype(np.int64)
        row = np.floor((self.y1 - y) / (2 * h)).astype(np.int64)
        bottom_rail = (y < self.y0 + self.gap + self.border) & (self.gap > 0)
        if self.pattern in ("solid", "framed"):
            return np.ones((1, 1, 1), dtype=np.bool_)
        if self.pattern == "open":
            return bottom_rail
        if self.pattern == "splat":
            return (x < max(0.3 * self.top_half, 2 * h)) | bottom_rail
        if self.pattern in ("slatted", "spindle"):
            return self._comb(column, self.bottom_half, h, self.pattern == "slatted") | bottom_rail
        return self._comb(row, (self.y1 - self.y0 - self.gap) / 2, h, self.pattern == "railed") | bottom_rail

    def _comb(self, index: np.ndarray, half: float, h: float, wide: bool) -> Mask:
        """Return a regular pattern of whole voxels; gaps between wide bars are at least as wide as bars."""
        pitch = max(3 if wide else 2, int(half / h / (self.count + 1) + 0.5))
        return index % pitch < (pitch // 2 if wide else 1)
