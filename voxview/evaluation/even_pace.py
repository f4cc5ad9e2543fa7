"""Morphs at even pace: how even a method's steps can be made by the choice of their t's."""

from __future__ import annotations

from collections.abc import Callable

from voxview.model.arc_length import Placement, place_evenly
from voxview.model.metrics import path_steps
from voxview.shapes.frame import Doubles, Grids


def even_morph(decode: Callable[[Doubles], Grids], count: int) -> Placement:
    """Place `count` steps evenly; `decode` returns the grids at t's, `(k,)` → `(k, 32, 32, 32)`."""
    search = place_evenly(count)
    t = next(search)
    while True:
        try:
            t = search.send(path_steps(decode(t)))
        except StopIteration as end:
            placement: Placement = end.value
            return placement
