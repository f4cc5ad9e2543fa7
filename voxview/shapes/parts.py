"""The parts of a chair: their numbers, names and colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.uint8]
"""Parts of voxels, `uint8 (32, 32, 32)` indexed `[x, y, z]`, `NO_PART` where empty; or of points `(n,)`."""

PARTS = ("seat", "back", "leg", "arm")
"""Names of the parts, by their labels; a base, such as a pedestal, counts as a leg."""

SEAT, BACK, LEG, ARM = range(4)

NO_PART = 255
"""Label of an empty voxel."""

ORDER = (SEAT, BACK, ARM, LEG)
"""Where parts overlap, the first of these counts: legs reach up into the seat, and a back stands in it."""

PART_COLOURS = ((86, 180, 233), (230, 159, 0), (0, 158, 115), (204, 121, 167))
"""RGB of each part, 0 to 255: sky blue, orange, bluish green and reddish purple of the palette by Okabe and
Ito (2008), which people with colour vision deficiencies tell apart."""


def part_shares(labels: Labels) -> dict[str, float]:
    """Return which share of a chair's voxels each part has, of labels `(32, 32, 32)`."""
    occupied = max(int((labels != NO_PART).sum()), 1)
    return {name: int((labels == part).sum()) / occupied for part, name in enumerate(PARTS)}
