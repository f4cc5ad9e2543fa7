"""How the numbers of chairs' latents are spread, measured on sample chairs with the weights in use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from voxview.conventions import LATENT_SIZE
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.frame import Floats, Grids

if TYPE_CHECKING:  # torch, which pages and their tests do without
    from voxview.engine.engine import Engine

_EVERY = 10
"""Each tenth of the samples is encoded, which takes a second."""
_CHUNK = 2
"""Chairs that are encoded between two looks at whether something else is more urgent."""
_HARDLY = 0.05
"""Of the deviation of all numbers together: below this chairs hardly differ in a number."""

Check = Callable[[], None]
"""Raises an exception once the work is not to go on."""


@dataclass(frozen=True, eq=False)
class LatentSpread:
    """Mean, standard deviation and range of each of the 64 numbers, `(64,)` in C order."""

    mean: Floats
    deviation: Floats
    low: Floats
    high: Floats

    @property
    def overall(self) -> float:
        """The root mean square of all deviations."""
        return float(np.sqrt(np.square(self.deviation).mean()))

    def hardly_differs(self, at: int) -> bool:
        """Return whether chairs have nearly one value of a number, as symmetric ones have of odd numbers."""
        return bool(self.deviation[at] < _HARDLY * self.overall)

    def step(self, at: int) -> float:
        """Return the spread of a number: its deviation, or that of all where chairs hardly differ in it."""
        return self.overall if self.hardly_differs(at) else float(self.deviation[at])


_encoded: WeakKeyDictionary[Engine, list[Floats]] = WeakKeyDictionary()
"""What is encoded so far, by engine: work that was called off goes on where it was."""


def spread_of_chairs(engine: Engine, check: Check = lambda: None) -> LatentSpread:
    """Return the spread of the sample chairs' latents, not refined; `check` is called every few chairs."""
    parts, grids = _encoded.setdefault(engine, []), _sample_grids()
    for start in range(len(parts) * _CHUNK, len(grids), _CHUNK):
        check()
        parts.append(engine.encode_unrefined(grids[start : start + _CHUNK], "cpu"))
    latents = np.concatenate(parts).reshape(-1, LATENT_SIZE)
    return LatentSpread(latents.mean(0), latents.std(0), latents.min(0), latents.max(0))


@cache
def _sample_grids() -> Grids:
    return np.stack([chair.read() for chair in list(sample_catalog())[::_EVERY]])
