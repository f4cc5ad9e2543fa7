"""A blend without its small components: for what is shown and written, never for what is measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from voxview.conventions import LEVEL
from voxview.engine.request import BlendResult
from voxview.shapes.components import without_small_components
from voxview.surface.extract import extract_surface

_EMPTY = np.nextafter(np.float32(LEVEL), np.float32(0))
"""Just below the level: a voxel that has it is in no surface, not even with its centre."""


def strip_small_components(result: BlendResult) -> BlendResult:
    """Return the result without its small components, and with the number of voxels that were removed.

    A small component (see `without_small_components`) touches nothing that stays, so no part of the other
    surface moves. A result that has none comes back as it is.
    """
    grid = result.grid
    removed = grid & ~without_small_components(grid)
    if not removed.any():
        return result
    field = np.where(removed, _EMPTY, result.field)
    surface = extract_surface(field, LEVEL)
    return replace(result, field=field, surface=surface, removed_voxels=int(removed.sum()))
