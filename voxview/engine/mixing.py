"""Mixes of chairs on one device: combine latents, step along directions, decode, measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from voxview.conventions import LEVEL, MAX_MIX_CHAIRS
from voxview.engine.chair_cache import ChairCache
from voxview.engine.mix import MixRequest, MixResult
from voxview.engine.pipelines.pipeline import Pipeline, Shape, on_host, with_shift
from voxview.engine.request import Device
from voxview.engine.requested_surface import as_requested
from voxview.engine.shape_quality import quality_of
from voxview.engine.timings import Stage
from voxview.errors import InputError
from voxview.latent.combine import combine
from voxview.model.attributes import ATTRIBUTES, Attributes, measure
from voxview.model.directions import Directions, corrected_shift, shift_error
from voxview.model.metrics import lowest_layers
from voxview.shapes.frame import Floats, Grid


def check_mix(request: MixRequest) -> None:
    """Raise `InputError` for a mix that cannot be made."""
    n = len(request.chairs)
    if not 1 <= n <= MAX_MIX_CHAIRS:
        raise InputError(f"a mix is made of 1 to {MAX_MIX_CHAIRS} chairs, but {n} came")
    if len(request.weights) != n:
        raise InputError(f"a mix has a weight for each of its {n} chairs, but {len(request.weights)} came")
    amounts = [amount for _, amount in request.shift]
    if not np.isfinite([*request.weights, *amounts]).all():
        raise InputError("weights and amounts of a mix are finite numbers, but NaN or infinity came")
    unknown = [name for name, _ in request.shift if name not in ATTRIBUTES]
    if unknown:
        raise InputError(f"no attribute '{unknown[0]}': there are {', '.join(ATTRIBUTES)}")


class Mixer:
    """The answers to mix requests, on the device and with the backend that a request names."""

    def __init__(self, pipelines: Mapping[Device, Pipeline], chairs: ChairCache) -> None:
        self._pipelines = pipelines
        self._chairs = chairs
        self.directions: Directions | None = None
        """What moves the attributes; None until it was learnt."""
        self._unshifted: tuple[MixRequest, Attributes] | None = None
        """The mix without a shift that was made last, and what was measured on it: sliders start there."""

    def mix(self, request: MixRequest) -> MixResult:
        """Return the request's mix.

        With a shift it is decoded before the step, unless it was measured there already, and after it; where
        the measured chair misses what was requested, once more after a corrected step, which is kept if it is
        nearer. Raises `InputError` for a shift before `directions` are known.
        """
        latents, encoding = self._chairs.latents(request.chairs, request.device)
        decoder = _Decoder(request, latents, self._pipelines[request.device])
        start = replace(request, shift=())
        shift = {name: amount for name, amount in request.shift if amount}
        if shift:
            known = self._unshifted
            before = known[1] if known is not None and known[0] == start else None
            made, step = _shifted(decoder, shift, self.directions, before)
        else:
            made, step = decoder.decode(None), None
        grids = [self._chairs.grid(chair) for chair in request.chairs]
        timings = {**encoding, **decoder.timings}
        result = _described(request, made, timings, grids, decoder.latent(step))
        if not request.shift:
            self._unshifted = start, result.attributes
        return as_requested(result)


class _Decoder:
    """One request's mix, decoded with and without a step, and the sum of what the stages took."""

    def __init__(self, request: MixRequest, latents: Sequence[Any], pipeline: Pipeline) -> None:
        """Take n `latents`, each (8, 8) on the pipeline's device."""
        self.weights = np.array(request.weights, np.float32)
        self.latents = latents
        self.timings: dict[Stage, float] = {}
        self._backend, self._pipeline = request.backend, pipeline

    def decode(self, step: Floats | None) -> Shape:
        """Return the mix, moved by `step` (8, 8) in the latent space."""
        shape = self._pipeline.mix(self.latents, self.weights, step, self._backend)
        for stage, milliseconds in shape.timings.items():
            self.timings[stage] = self.timings.get(stage, 0.0) + milliseconds
        return shape

    def latent(self, step: Floats | None) -> Floats:
        """Return the 64 numbers `(8, 8)` that `decode` decodes, on the host."""
        latents = np.stack([on_host(z) for z in self.latents])
        return combine(*with_shift(latents, self.weights, step))[0]


def _shifted(
    decoder: _Decoder, shift: Mapping[str, float], directions: Directions | None, before: Attributes | None
) -> tuple[Shape, Floats]:
    """Return the mix with its attributes shifted, and the step; `before` is what was measured without."""
    if directions is None:
        raise InputError("the directions of the attributes are not known yet: learn them first")
    start = decoder.latent(None)
    before = before or _measured(decoder.decode(None))
    step = directions.step(start, shift)
    made = decoder.decode(step)
    after = _measured(made)
    again = corrected_shift(shift, before, after)
    if again is not None:
        other_step = directions.step(start, again)
        other = decoder.decode(other_step)
        if shift_error(shift, before, _measured(other)) < shift_error(shift, before, after):
            made, step = other, other_step
    return made, step


def _measured(shape: Shape) -> Attributes:
    return measure(shape.field > LEVEL)


def _described(
    request: MixRequest, made: Shape, timings: dict[Stage, float], grids: Sequence[Grid], latent: Floats
) -> MixResult:
    """Return the mix with its measures; it should stand where its chairs of positive weight stand."""
    grid = made.field > LEVEL
    counting = [g for g, weight in zip(grids, request.weights, strict=True) if weight > 0] or list(grids)
    floor = int(lowest_layers(np.stack(counting)).max())
    return MixResult(
        request,
        made.field,
        made.surface,
        timings,
        request.device,
        measure(grid),
        quality_of(grid, floor, np.stack(grids)),
        latent,
    )
