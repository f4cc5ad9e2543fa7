"""The chairs that were used lately: their grids, and their latents on each device."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

import numpy as np

from voxview.engine.pipelines.pipeline import Pipeline
from voxview.engine.request import Device
from voxview.engine.timings import Stage
from voxview.model.autoencoder import Autoencoder
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Floats, Grid, Grids
from voxview.shapes.io.notices import listening
from voxview.shapes.known_latent import known_latent, latent_of

KEPT_CHAIRS = 256
"""Grids that are kept in memory, 32 KiB each; and as many latents, one for each chair and device."""

GridCache = OrderedDict[Chair, Grid]


class ChairCache:
    """The grids and latents of chairs, each of which is read and encoded once.

    Refining takes a CPU as long as twenty slider moves. So a pair that a person waits for may have unrefined
    encodings at first, until `encode_in_steps` has run to its end.
    """

    def __init__(
        self,
        encoder: Autoencoder,
        pipelines: Mapping[Device, Pipeline],
        grids: GridCache | None = None,
        fingerprint: Callable[[], str] = str,
    ) -> None:
        """Take the CPU's `encoder`, and the `grids` that another cache has read.

        `fingerprint` returns that of the encoder's weights: chairs whose latent is known of these weights,
        such as those from pictures, are not encoded.
        """
        self._encoder = encoder
        self._fingerprint = fingerprint
        self._pipelines = pipelines
        self.grids: GridCache = OrderedDict() if grids is None else grids
        self._notices: OrderedDict[Chair, tuple[str, ...]] = OrderedDict()
        self._latents: OrderedDict[tuple[Chair, Device], Any] = OrderedDict()
        self._unrefined: set[Chair] = set()

    def grid(self, chair: Chair) -> Grid:
        """Return the chair's grid, read once; raise `InputError` for a file that cannot be used."""
        if chair not in self.grids:
            notices: list[str] = []
            with listening(notices.append):
                _keep(self.grids, chair, chair.read())
            if notices:
                _keep(self._notices, chair, tuple(notices))
        self.grids.move_to_end(chair)
        return self.grids[chair]

    def notices(self, chair: Chair) -> tuple[str, ...]:
        """Return what reading a chair's file found worth saying, if this cache has read it."""
        return self._notices.get(chair, ())

    def known_latent(self, chair: Chair) -> Floats | None:
        """Return the latent `(8, 8)` that these weights decoded a chair from, if that is known."""
        known = known_latent(chair)
        return None if known is None else latent_of(known, self._fingerprint(), self.grid(chair))

    def latents(
        self,
        chairs: Sequence[Chair],
        device: Device,
        *,
        fresh: bool = False,
        allow_unrefined: bool = False,
    ) -> tuple[list[Any], dict[Stage, float]]:
        """Return the chairs' latents `(8, 8)` on the device, and the milliseconds of the stages that ran.

        Those that are missing are encoded together in one pass; if `fresh`, all are encoded anew.
        `allow_unrefined` is for what a person waits for; nothing that stays is made of unrefined encodings.
        """
        unfit = self._unrefined if device == "cpu" and not allow_unrefined else ()
        missing = [
            chair
            for chair in dict.fromkeys(chairs)
            if fresh or (chair, device) not in self._latents or chair in unfit
        ]
        timings: dict[Stage, float] = {}
        unknown = missing if fresh else self._keep_known(missing, device)
        if unknown:
            z, timings = self._pipelines[device].encode(self._grids_of(unknown))
            self._keep(unknown, z, device)
        if fresh:
            self._keep_known(missing, device)  # encoded for its time alone
        for chair in chairs:
            self._latents.move_to_end((chair, device))
        return [self._latents[chair, device] for chair in chairs], timings

    def encode_unrefined(self, chairs: Sequence[Chair]) -> None:
        """Encode those of the chairs that have no latent on the CPU, without refining them."""
        missing = [chair for chair in dict.fromkeys(chairs) if (chair, "cpu") not in self._latents]
        missing = self._keep_known(missing, "cpu")
        if missing and self._encoder.refines:
            self._keep(missing, self._encoder.encode(self._grids_of(missing), refine=0), "cpu")
            self._unrefined.update(missing)

    def unrefined(self, chairs: Sequence[Chair]) -> list[Chair]:
        """Return those of the chairs whose latents on the CPU are unrefined encodings."""
        return [chair for chair in dict.fromkeys(chairs) if chair in self._unrefined]

    def without_latent(self, chairs: Sequence[Chair]) -> list[Chair]:
        """Return those of the chairs that have no refined latent on the CPU."""
        unrefined = self._unrefined
        return [c for c in dict.fromkeys(chairs) if (c, "cpu") not in self._latents or c in unrefined]

    def encode_in_steps(self, chairs: Sequence[Chair]) -> Generator[None, None, float]:
        """Encode chairs anew on the CPU, refined, in small steps; return the milliseconds that they took."""
        chairs = self._keep_known(list(dict.fromkeys(chairs)), "cpu")
        if not chairs:
            return 0.0
        steps = self._encoder.encode_in_steps(self._grids_of(chairs))
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
        """Let go of the latents on a device."""
        self._latents = OrderedDict((key, z) for key, z in self._latents.items() if key[1] != device)

    def _grids_of(self, chairs: Sequence[Chair]) -> Grids:
        return np.stack([self.grid(chair) for chair in chairs])

    def _keep_known(self, chairs: Sequence[Chair], device: Device) -> list[Chair]:
        """Take the latents that are known of chairs beforehand, and return the other chairs."""
        unknown = []
        for chair in chairs:
            z = self.known_latent(chair)
            if z is None:
                unknown.append(chair)
            else:
                self._keep([chair], self._pipelines[device].upload(z[None]), device)
        return unknown

    def _keep(self, chairs: Sequence[Chair], z: Any, device: Device) -> None:
        for chair, latent in zip(chairs, z, strict=True):
            _keep(self._latents, (chair, device), latent)
        if device == "cpu":
            self._unrefined.difference_update(chairs)


def _keep(cache: OrderedDict, key: object, value: object) -> None:
    cache[key] = value
    while len(cache) > KEPT_CHAIRS:
        cache.popitem(last=False)
