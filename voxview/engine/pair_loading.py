"""Pairs as they are shown beside a blend: the two chairs, and what 64 numbers hold of each."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from voxview.conventions import LEVEL, RESOLUTION
from voxview.engine.chair_cache import ChairCache
from voxview.engine.fallback import CpuFallback
from voxview.engine.pipelines.pipeline import Pipeline
from voxview.engine.request import Device, LoadedChair
from voxview.model.metrics import intersection_over_union
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Field, Floats
from voxview.surface.extract import extract_surface


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

        def reconstructions(device: Device) -> Floats:
            """Return the ends of a morph, which are the reconstructions exactly: `(2, 32, 32, 32)`."""
            (z_a, z_b), _ = self._chairs.latents((a, b), device, allow_unrefined=True)
            fields, _ = self._pipelines[device].blend(z_a, z_b, np.array([0, 1], np.float32), "numpy")
            return fields

        fields, _ = self._fallback.run(device, reconstructions)
        return self._loaded(a, fields[0]), self._loaded(b, fields[1])

    def _loaded(self, chair: Chair, reconstruction: Field) -> LoadedChair:
        grid = self._chairs.grid(chair)
        rebuilt = reconstruction > LEVEL
        return LoadedChair(
            chair,
            grid,
            extract_surface(grid.astype(np.float32), LEVEL, resolution=self._resolution),
            float(intersection_over_union(grid[None], rebuilt[None])[0]),
            extract_surface(reconstruction, LEVEL, resolution=self._resolution),
            reconstruction,
            missing=int((grid & ~rebuilt).sum()),
            added=int((rebuilt & ~grid).sum()),
        )
