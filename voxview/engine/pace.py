"""The pace of a morph: equal steps of t, or equal changes of the shape."""

from __future__ import annotations

from collections.abc import Generator
from typing import Literal

import numpy as np

from voxview.engine.engine import Engine
from voxview.engine.request import BlendRequest
from voxview.engine.step import Step
from voxview.model.arc_length import place_evenly
from voxview.model.metrics import path_steps
from voxview.shapes.frame import Doubles, Grid

Pace = Literal["linear", "even"]
"""Whether neighbours on a morph differ by the same t, or by the same distance of their shapes."""


def even_positions(engine: Engine, request: BlendRequest, count: int) -> Generator[Step, None, list[float]]:
    """Find `count` t's between which the shapes of the request's pair change equally: see `place_evenly`.

    The shapes are those that are written: without small components where that is requested. Yields a `Step`
    of the morph after each small step of the search; no blend is written by then.
    """
    search = place_evenly(count)
    t = next(search)
    while True:
        steps = yield from _measure(engine, request, t, count)
        try:
            t = search.send(steps)
        except StopIteration as end:
            return [float(t) for t in end.value.t]


def _measure(engine: Engine, request: BlendRequest, t: Doubles, count: int) -> Generator[Step, None, Doubles]:
    """Return the step from the blend at each of n t's to the next, `(n − 1,)`."""
    steps: list[Doubles] = []
    last: Grid | None = None
    for batch in engine.grids(request, t.tolist()):
        steps.append(path_steps(batch if last is None else np.concatenate([last[None], batch])))
        last = batch[-1]
        yield Step(0, count, None, "blends")
    return np.concatenate(steps)
