"""A blend without its crumbs: for what is shown and written, never for what is measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from voxview.engine.request import LEVEL, BlendResult
from voxview.shapes.crumbs import without_crumbs
from voxview.surface.extract import extract_surface

_EMPTY = np.nextafter(np.float32(LEVEL), np.float32(0))
"""The largest probability that counts as empty: a voxel that has it is in no surface."""


def brushed(result: BlendResult) -> BlendResult:
    """The result without small loose pieces (see `without_crumbs`), and how many voxels that took.

    A crumb touches nothing that stays, so no part of the other surface moves. Without crumbs the result
    comes back as it is.
    """
    grid = result.grid
    crumbs = grid & ~without_crumbs(grid)
    if not crumbs.any():
        return result
    field = np.where(crumbs, _EMPTY, result.field)
    return replace(result, field=field, surface=extract_surface(field, LEVEL), crumbs=int(crumbs.sum()))
