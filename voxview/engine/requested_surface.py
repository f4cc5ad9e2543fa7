"""A result as its request wants it drawn: without small components, with a fine surface."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from voxview.conventions import LEVEL, RESOLUTION
from voxview.engine.latent_request import LatentResult
from voxview.engine.mix import MixResult
from voxview.engine.pipelines.pipeline import host_clock
from voxview.engine.request import BlendResult
from voxview.engine.small_components import strip_if_requested
from voxview.engine.timings import Stage
from voxview.surface.extract import extract_surface

Result = TypeVar("Result", BlendResult, MixResult, LatentResult)


def as_requested(result: Result) -> Result:
    """Return the result with the surface that its request wants; whatever was measured on it stays.

    A fine surface is made on the host, of the field that is there already, and its time is added to that of
    the stage "surface".
    """
    result = strip_if_requested(result)
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
