"""From where the three chairs are seen at first. Free of VTK and NumPy."""

from __future__ import annotations

import math

HALF_ANGLE = math.radians(10.7)
"""Half of the angle in which a chair is seen, along the narrower side of a subplot."""
DIRECTION = (0.62, 0.42, -1.0)
"""From a chair to the camera: before it (the front looks to −z), above it and to its side."""
DISTANCE = 4.0

AZIMUTH = math.degrees(math.atan2(DIRECTION[0], -DIRECTION[2]))
"""The same direction in degrees off the front."""
ELEVATION = math.degrees(math.atan2(DIRECTION[1], math.hypot(DIRECTION[0], DIRECTION[2])))
"""The same direction in degrees above the floor."""
WIDTH = 2 * DISTANCE * math.tan(HALF_ANGLE)
"""How much of the chair's frame the narrower side of a subplot shows, at the chair's middle."""
