"""View transform of a map: which part of it is visible, map coordinates to pixels. Without Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from voxview.latent.map.projection import Points

_MARGIN = 18
"""Pixels around all points."""
_CLOSEST = 60.0
"""How many times closer than the whole map one can go: beyond that there is nothing to see but one chair."""


@dataclass(frozen=True)
class MapFrame:
    """View transform of a plane: one scale for both axes, y up."""

    width: int
    height: int
    x: float
    """The place in the middle."""
    y: float
    scale: float
    """Pixels for one unit of the map."""
    whole: float
    """The scale at which all of the map is seen."""

    @classmethod
    def around(cls, points: Points, width: int, height: int) -> MapFrame:
        """Return the frame that shows all points, as large as they fit."""
        if not len(points):
            return cls(width, height, 0, 0, 1, 1)
        low, high = points.min(axis=0), points.max(axis=0)
        room = np.maximum([width - 2 * _MARGIN, height - 2 * _MARGIN], 1)
        scale = float((room / np.maximum(high - low, 1e-9)).min())
        x, y = (low + high) / 2
        return cls(width, height, float(x), float(y), scale, scale)

    @property
    def is_whole(self) -> bool:
        """Whether all of the map is seen."""
        return self.scale == self.whole

    def pixels(self, points: Points) -> Points:
        """Return the pixels, from the top left, of places: `(n, 2)` → `(n, 2)`."""
        return (np.asarray(points) - (self.x, self.y)) * (self.scale, -self.scale) + (
            self.width / 2,
            self.height / 2,
        )

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return the place on the map of a pixel."""
        return (x - self.width / 2) / self.scale + self.x, (self.height / 2 - y) / self.scale + self.y

    def moved(self, right: float, down: float) -> MapFrame:
        """Return the frame after the map was dragged by some pixels."""
        return self._at(self.x - right / self.scale, self.y + down / self.scale, self.scale)

    def zoomed(self, factor: float, x: float, y: float) -> MapFrame:
        """Return the frame closer by a factor, a pixel staying where it is; at most the whole map."""
        scale = min(max(self.scale * factor, self.whole), _CLOSEST * self.whole)
        there, up = self.place(x, y)
        return self._at(there - (x - self.width / 2) / scale, up - (self.height / 2 - y) / scale, scale)

    def _at(self, x: float, y: float, scale: float) -> MapFrame:
        return MapFrame(self.width, self.height, x, y, scale, self.whole)
