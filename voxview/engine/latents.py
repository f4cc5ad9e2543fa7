"""The chairs that were used lately: their grids, and their latents on each device."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Generator, Mapping, Sequence
from typing import Any

import numpy as np

from voxview.engine.pipeline import Pipeline
from voxview.engine.request import Device
from voxview.engine.timings import Stage
from voxview.model.autoencoder import Autoencoder
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Grid

KEPT_CHAIRS = 256
"""Chairs whose grid and latents are kept in memory: 32 KiB each."""

Grids = OrderedDict[Chair, Grid]


class Latents:
    """Reads and encodes chairs once, and keeps what came.

    Refining takes a CPU as long as twenty slider moves. So a pair that a person waits for may have rough
    latents at first, the encoder's word, until `encoding` has run to its end.
    """

    def __init__(
        self, encoder: Autoencoder, pipelines: Mapping[Device, Pipeline], grids: Grids | None = None
    ) -> None:
        """`encoder` is the CPU's; `grids` are those that another one has read."""
        self._encoder = encoder
        self._pipelines = pipelines
        self.grids: Grids = OrderedDict() if grids is None else grids
        self._kept: OrderedDict[tuple[Chair, Device], Any] = OrderedDict()
        self._rough: set[Chair] = set()

    def grid(self, chair: Chair) -> Grid:
        """The chair's grid, read once."""
        if chair not in self.grids:
            _keep(self.grids, chair, chair.read())
        self.grids.move_to_end(chair)
        return self.grids[chair]

    def of(
        self, chairs: Sequence[Chair], device: Device, *, fresh: bool = False, rough: bool = False
    ) -> tuple[list[Any], dict[Stage, float]]:
        """The chairs' latents on the device, those that are missing encoded together in one pass.

        If `fresh`, all are encoded anew. `rough` ones will do where a person waits; nothing that stays is
        made of them.
        """
        unfit = self._rough if device == "cpu" and not rough else ()
        wanted = dict.fromkeys(chairs)
        missing = [c for c in wanted if fresh or (c, device) not in self._kept or c in unfit]
        timings: dict[Stage, float] = {}
        if missing:
            z, timings = self._pipelines[device].encode(self._grids_of(missing))
            self._keep(missing, z, device)
        for chair in chairs:
            self._kept.move_to_end((chair, device))
        return [self._kept[chair, device] for chair in chairs], timings

    def encode_roughly(self, chairs: Sequence[Chair]) -> None:
        """Rough latents on the CPU for those of the chairs that have none there."""
        missing = [c for c in dict.fromkeys(chairs) if (c, "cpu") not in self._kept]
        if missing and self._encoder.refines:
            self._keep(missing, self._encoder.encode(self._grids_of(missing), refine=0), "cpu")
            self._rough.update(missing)

    def rough(self, chairs: Sequence[Chair]) -> list[Chair]:
        """Those of the chairs whose latents on the CPU are rough."""
        return [chair for chair in dict.fromkeys(chairs) if chair in self._rough]

    def encoding(self, chairs: Sequence[Chair]) -> Generator[None, None, float]:
        """Encode chairs anew on the CPU, in small steps; the milliseconds they took are the value."""
        chairs = list(dict.fromkeys(chairs))
        steps = self._encoder.encoding(self._grids_of(chairs))
        milliseconds = 0.0
        while True:
            start = time.perf_counter()
            try:
                next(steps)
            except StopIteration as end:
                self._keep(chairs, end.value, "cpu")
                return milliseconds + (time.perf_counter() - start) * 1e3
            milliseconds += (time.perf_counter() - start) * 1e3
            yield

    def forget(self, device: Device) -> None:
        """Let go of what is on a device."""
        self._kept = OrderedDict((key, z) for key, z in self._kept.items() if key[1] != device)

    def _grids_of(self, chairs: Sequence[Chair]) -> np.ndarray:
        return np.stack([self.grid(chair) for chair in chairs])

    def _keep(self, chairs: Sequence[Chair], z: Any, device: Device) -> None:
        for chair, latent in zip(chairs, z, strict=True):
            _keep(self._kept, (chair, device), latent)
        if device == "cpu":
            self._rough.difference_update(chairs)


def _keep(cache: OrderedDict, key: object, value: object) -> None:
    cache[key] = value
    while len(cache) > KEPT_CHAIRS:
        cache.popitem(last=False)
