"""Pairs as they are shown beside a blend: the two chairs, and what 64 numbers hold of each."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from voxview.conventions import LEVEL, RESOLUTION
from voxview.engine.chair_cache import ChairCache
from voxview.engine.fallback import CpuFallback
from voxview.engine.pipelines.pipeline import Pipeline, Shape
from voxview.engine.request import Device, LoadedChair
from voxview.model.metrics import intersection_over_union
from voxview.shapes.chair import Chair
from voxview.surface.extract import extract_surface
from voxview.surface.surface import Surface


class PairLoader:
    """The chairs of a pair, read and encoded, and compared with their own reconstructions."""

    def __init__(
        self, pipelines: Mapping[Device, Pipeline], chairs: ChairCache, fallback: CpuFallback
    ) -> None:
        self._pipelines = pipelines
        self._chairs = chairs
        self._fallback = fallback
        self._resolution = RESOLUTION
        """Of the surfaces that were made last."""

    def load(
        self,
        a: Chair,
        b: Chair,
        device: Device = "cpu",
        *,
        quick: bool = False,
        surface_resolution: int | None = None,
    ) -> tuple[LoadedChair, LoadedChair]:
        """Return A and B with their surfaces and reconstructions; the surfaces as they were before, if None.

        If `quick`, a CPU takes unrefined encodings where it has none. Where a GPU fails the CPU loads the
        pair, and the pair's first blend has the notice. Raises `InputError` for a chair whose file cannot be
        used.
        """
        self._resolution = surface_resolution or self._resolution
        if quick and (device == "cpu" or device not in self._fallback.devices):
            self._chairs.encode_unrefined((a, b))

        def surfaces_and_ends(device: Device) -> tuple[list[Surface], tuple[Shape, Shape]]:
            """Return the chairs' own surfaces, and the two ends of a morph: their reconstructions exactly."""
            (z_a, z_b), _ = self._chairs.latents((a, b), device, allow_unrefined=True)
            pipeline = self._pipelines[device]
            return [self._surface(pipeline, chair) for chair in (a, b)], pipeline.ends(z_a, z_b)

        ((surface_a, surface_b), (end_a, end_b)), _ = self._fallback.run(device, surfaces_and_ends)
        return self._loaded(a, surface_a, end_a), self._loaded(b, surface_b, end_b)

    def _surface(self, pipeline: Pipeline, chair: Chair) -> Surface:
        """Return the surface of the chair itself: the device's, or a fine one, made on the host."""
        grid = self._chairs.grid(chair)
        if self._resolution == RESOLUTION:
            return pipeline.surface(grid)
        return extract_surface(grid.astype(np.float32), LEVEL, resolution=self._resolution)

    def _loaded(self, chair: Chair, surface: Surface, reconstruction: Shape) -> LoadedChair:
        grid = self._chairs.grid(chair)
        rebuilt = reconstruction.field > LEVEL
        return LoadedChair(
            chair,
            grid,
            surface,
            float(intersection_over_union(grid[None], rebuilt[None])[0]),
            self._rebuilt(reconstruction),
            reconstruction.field,
            missing=int((grid & ~rebuilt).sum()),
            added=int((rebuilt & ~grid).sum()),
            notices=self._chairs.notices(chair),
        )

    def _rebuilt(self, reconstruction: Shape) -> Surface:
        """Return a reconstruction's surface: the one that came with it, or a fine one, made on the host."""
        if self._resolution == RESOLUTION:
            return reconstruction.surface
        return extract_surface(reconstruction.field, LEVEL, resolution=self._resolution)
