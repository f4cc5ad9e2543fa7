"""Colours of distances: from blue over purple to orange, which colour-blind eyes tell apart, too."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.shapes.frame import AnyFloats

FARTHEST = 0.05
"""Distance from the surface, as a share of the longest side, from which on the colour is that of the end."""

NEAR = (38, 98, 178)
"""The colour of no distance, and of points before there is a surface."""

# Neither as light as the light theme's scene nor as dark as the dark one's, and all off the surface's grey.
_STOPS = np.array([NEAR, (150, 62, 156), (222, 78, 44), (240, 148, 24)], np.float64)


def distance_colours(distances: AnyFloats) -> NDArray[np.uint8]:
    """Return the colours of distances `(n,)` in shares of the longest side, sRGB `(n, 3)`."""
    share = np.clip(np.asarray(distances, np.float64) / FARTHEST, 0.0, 1.0)
    places = np.linspace(0.0, 1.0, len(_STOPS))
    channels = [np.interp(share, places, _STOPS[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=1).round().astype(np.uint8)
