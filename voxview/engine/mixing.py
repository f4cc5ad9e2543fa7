"""Answers a `MixRequest` on one device: combine, step along directions, decode, look at what came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from voxview.engine.mix import MixRequest, MixResult
from voxview.engine.pipeline import Floats, Pipeline, Shape
from voxview.engine.request import LEVEL
from voxview.engine.timings import Stage, Timings
from voxview.errors import InputError
from voxview.latent.combine import MOST_CHAIRS, combine
from voxview.model.attributes import ATTRIBUTES, Attributes, measure
from voxview.model.directions import Directions, corrected, miss
from voxview.model.metrics import largest_piece, lowest_layers, stands
from voxview.shapes.frame import Grid


def check_mix(request: MixRequest) -> None:
    """Raise `InputError` for a mix that cannot be made."""
    n = len(request.chairs)
    if not 1 <= n <= MOST_CHAIRS:
        raise InputError(f"a mix is made of 1 to {MOST_CHAIRS} chairs, but {n} came")
    if len(request.weights) != n:
        raise InputError(f"a mix has a weight for each of its {n} chairs, but {len(request.weights)} came")
    amounts = [amount for _, amount in request.shift]
    if not np.isfinite([*request.weights, *amounts]).all():
        raise InputError("weights and amounts of a mix are finite numbers, but NaN or infinity came")
    unknown = [name for name, _ in request.shift if name not in ATTRIBUTES]
    if unknown:
        raise InputError(f"no attribute '{unknown[0]}': there are {', '.join(ATTRIBUTES)}")


def answer_mix(
    request: MixRequest,
    pipeline: Pipeline,
    latents: Sequence[Any],
    grids: Sequence[Grid],
    directions: Directions | None,
    before: Attributes | None = None,
) -> MixResult:
    """The mix of `latents`, each (8, 8) on the pipeline's device, of the chairs whose `grids` these are.

    With a shift it is decoded before the step, unless what was measured there is given as `before`, and after
    it; and where the measured chair misses what was asked, once more after a corrected step, which is kept if
    it is nearer.
    """
    weights = np.array(request.weights, np.float32)
    shift = {name: amount for name, amount in request.shift if amount}
    totals: dict[Stage, float] = {}

    def decoded(step: Floats | None) -> Shape:
        shape = pipeline.mix(latents, weights, step, request.backend)
        for stage, milliseconds in shape.timings.items():
            totals[stage] = totals.get(stage, 0.0) + milliseconds
        return shape

    if not shift:
        return _described(request, decoded(None), totals, grids)
    if directions is None:
        raise InputError("the directions of the attributes are not known yet: learn them first")
    start = combine(np.stack([_on_host(z) for z in latents]), weights)[0]
    before = before or _measured(decoded(None))
    made = decoded(directions.step(start, shift))
    after = _measured(made)
    again = corrected(shift, before, after)
    if again is not None:
        other = decoded(directions.step(start, again))
        if miss(shift, before, _measured(other)) < miss(shift, before, after):
            made = other
    return _described(request, made, totals, grids)


def _measured(shape: Shape) -> Attributes:
    return measure(shape.field > LEVEL)


def _on_host(latent: Any) -> Floats:
    """A latent of either pipeline as a NumPy array."""
    values: Floats = latent if isinstance(latent, np.ndarray) else latent.cpu().numpy()
    return values


def _described(request: MixRequest, made: Shape, timings: Timings, grids: Sequence[Grid]) -> MixResult:
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
        largest_piece(grid),
        stands(grid, floor),
    )
