"""Colours of a chair's parts on its surface."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from voxview.shapes.parts import NO_PART, PART_COLOURS, Labels


def voxel_colours(labels: Labels) -> NDArray[np.uint8]:
    """Return the colour of each voxel's part, `uint8 (32, 32, 32, 3)`, of labels `(32, 32, 32)`.

    An empty voxel has that of the nearest occupied one, as surfaces lie between both.
    """
    empty = labels == NO_PART
    if empty.all():
        return np.zeros((*labels.shape, 3), np.uint8)
    nearest = distance_transform_edt(empty, return_distances=False, return_indices=True)
    return np.array(PART_COLOURS, np.uint8)[labels[tuple(nearest)]]
