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

        def reconstructions(device: Device) -> list[Shape]:
            """Return the two ends of a morph, which are the reconstructions exactly."""
            (z_a, z_b), _ = self._chairs.latents((a, b), device, allow_unrefined=True)
            pipeline = self._pipelines[device]
            fields, _ = pipeline.decode(z_a, z_b, np.array([0, 1], np.float32), "numpy")
            return [pipeline.finish(field) for field in fields]

        (of_a, of_b), _ = self._fallback.run(device, reconstructions)
        return self._loaded(a, of_a), self._loaded(b, of_b)

    def _loaded(self, chair: Chair, reconstruction: Shape) -> LoadedChair:
        grid = self._chairs.grid(chair)
        rebuilt = reconstruction.field > LEVEL
        return LoadedChair(
            chair,
            grid,
            extract_surface(grid.astype(np.float32), LEVEL, resolution=self._resolution),
            float(intersection_over_union(grid[None], rebuilt[None])[0]),
            self._surface(reconstruction),
            reconstruction.field,
            missing=int((grid & ~rebuilt).sum()),
            added=int((rebuilt & ~grid).sum()),
        )

    def _surface(self, reconstruction: Shape) -> Surface:
        """Return a reconstruction's surface: the one that came with it, or a fine one, made on the host."""
        if self._resolution == RESOLUTION:
            return reconstruction.surface
        return extract_surface(reconstruction.field, LEVEL, resolution=self._resolution)
