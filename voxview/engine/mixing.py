"""Mixes of chairs on one device: combine latents, step along directions, decode, measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from voxview.conventions import LEVEL, MAX_MIX_CHAIRS
from voxview.engine.chair_cache import ChairCache
from voxview.engine.mix import MixRequest, MixResult
from voxview.engine.pipelines.pipeline import Pipeline, Shape
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
            made = _shifted(decoder, shift, self.directions, before)
        else:
            made = decoder.decode(None)
        grids = [self._chairs.grid(chair) for chair in request.chairs]
        result = _described(request, made, {**encoding, **decoder.timings}, grids)
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


def _shifted(
    decoder: _Decoder, shift: Mapping[str, float], directions: Directions | None, before: Attributes | None
) -> Shape:
    """Return the mix with its attributes shifted; `before` is what was measured without, if it was."""
    if directions is None:
        raise InputError("the directions of the attributes are not known yet: learn them first")
    start = combine(np.stack([_on_host(z) for z in decoder.latents]), decoder.weights)[0]
    before = before or _measured(decoder.decode(None))
    made = decoder.decode(directions.step(start, shift))
    after = _measured(made)
    again = corrected_shift(shift, before, after)
    if again is not None:
        other = decoder.decode(directions.step(start, again))
        if shift_error(shift, before, _measured(other)) < shift_error(shift, before, after):
            made = other
    return made


def _measured(shape: Shape) -> Attributes:
    return measure(shape.field > LEVEL)


def _on_host(latent: Any) -> Floats:
    """Return a latent of either pipeline as a NumPy array."""
    values: Floats = latent if isinstance(latent, np.ndarray) else latent.cpu().numpy()
    return values


def _described(
    request: MixRequest, made: Shape, timings: dict[Stage, float], grids: Sequence[Grid]
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
    )
