"""The direction from which a picture shows a chair."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class View:
    """Where the camera is, seen from the chair's centre; see `shapes.frame` for the axes."""

    azimuth: float
    """Degrees in (−180, 180]. 0: the camera is at −z and sees the chair's front; 90: it is at +x."""
    elevation: float
    """Degrees above the horizon, in [−90, 90]."""

    def camera_direction(self) -> NDArray[np.float32]:
        """Return the unit vector `(3,)` from the chair's centre to the camera."""
        azimuth, elevation = math.radians(self.azimuth), math.radians(self.elevation)
        level = math.cos(elevation)
        direction = (math.sin(azimuth) * level, math.sin(elevation), -math.cos(azimuth) * level)
        return np.array(direction, np.float32)

    @property
    def text(self) -> str:
        """Azimuth and elevation in words, such as `35° from the front towards +x, 12° above`."""
        turn = round(abs(self.azimuth))
        side = "+x" if self.azimuth > 0 else "−x"
        around = "from the front" if turn == 0 else f"{turn}° from the front towards {side}"
        around = "from behind" if turn == 180 else around
        height = round(self.elevation)
        level = "level" if height == 0 else f"{abs(height)}° {'above' if height > 0 else 'below'}"
        return f"{around}, {level}"
