"""A result's surface as the request wants it: without small components, or fine.

That is what is shown and written, and never what is measured.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np

from voxview.conventions import LEVEL, RESOLUTION
from voxview.engine.latent_request import LatentResult
from voxview.engine.mix import MixResult
from voxview.engine.pipelines.pipeline import host_clock
from voxview.engine.request import BlendResult
from voxview.engine.timings import Stage
from voxview.shapes.components import without_small_components
from voxview.surface.extract import extract_surface

Result = TypeVar("Result", BlendResult, MixResult, LatentResult)

_EMPTY = np.nextafter(np.float32(LEVEL), np.float32(0))
"""Just below the level: a voxel that has it is in no surface, not even with its centre."""


def as_requested(result: Result) -> Result:
    """Return the result with the surface that its request wants."""
    return _fine_if_requested(strip_if_requested(result))


def strip_if_requested(result: Result) -> Result:
    """Return the result without its small components, if its request wants that.

    `removed_voxels` is their number of voxels, and `field_with_all` still has them. A small component (see
    `without_small_components`) touches nothing that stays, so no part of the other surface moves. A result
    that has none comes back as it is.
    """
    if not result.request.remove_small_components:
        return result
    grid = result.grid
    removed = grid & ~without_small_components(grid)
    if not removed.any():
        return result
    field = np.where(removed, _EMPTY, result.field)
    surface = extract_surface(field, LEVEL)
    return replace(
        result,
        field=field,
        surface=surface,
        removed_voxels=int(removed.sum()),
        field_with_all=result.field,
    )


def _fine_if_requested(result: Result) -> Result:
    """Return the result with a fine surface of its field, if its request wants one.

    It is made on the host, whatever made the field, and its time is added to that of the stage "surface".
    """
    resolution = result.request.extracted_resolution
    if resolution == RESOLUTION:
        return result
    taken: dict[Stage, float] = {}
    with host_clock(taken, Stage.SURFACE):
        surface = extract_surface(result.field, LEVEL, resolution=resolution)
    if isinstance(result, LatentResult):
        return replace(result, surface=surface)
    before = result.timings.get(Stage.SURFACE, 0.0)
    timings = {**result.timings, Stage.SURFACE: before + taken[Stage.SURFACE]}
    return replace(result, surface=surface, timings=timings)
