"""A chair without its small components: for what is shown and written, never for what is measured."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np

from voxview.conventions import LEVEL
from voxview.engine.latent_request import LatentResult
from voxview.engine.mix import MixResult
from voxview.engine.request import BlendResult
from voxview.shapes.components import without_small_components
from voxview.surface.extract import extract_surface

Result = TypeVar("Result", BlendResult, MixResult, LatentResult)

_EMPTY = np.nextafter(np.float32(LEVEL), np.float32(0))
"""Just below the level: a voxel that has it is in no surface, not even with its centre."""


def strip_if_requested(result: Result) -> Result:
    """Return the result without its small components, if its request wants that.

    `removed_voxels` is their number of voxels. A small component (see `without_small_components`) touches
    nothing that stays, so no part of the other surface moves. A result that has none comes back as it is.
    """
    if not result.request.remove_small_components:
        return result
    grid = result.grid
    removed = grid & ~without_small_components(grid)
    if not removed.any():
        return result
    field = np.where(removed, _EMPTY, result.field)
    surface = extract_surface(field, LEVEL)
    return replace(result, field=field, surface=surface, removed_voxels=int(removed.sum()))
