"""The level at which the fields of a picture encoder would be cut best."""

from __future__ import annotations

import numpy as np

from voxview.model.metrics import intersection_over_union
from voxview.shapes.frame import Floats, Grids

LEVELS = tuple(step / 50 for step in range(5, 36))
"""Levels that are tried, from 0.1 to 0.7."""


def best_level(fields: Floats, grids: Grids) -> float:
    """Return the level with the largest mean IoU of fields and grids, both `(n, 32, 32, 32)`."""
    means = [intersection_over_union(grids, fields > level).mean() for level in LEVELS]
    return LEVELS[int(np.argmax(means))]
