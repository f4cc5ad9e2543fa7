"""What one number of a latent does: chairs along it, over what chairs have of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voxview.engine.latent_request import LatentRequest
from voxview.engine.latent_spread import Check, LatentSpread, spread_of_chairs
from voxview.engine.request import Device
from voxview.shapes.frame import Field, Floats

if TYPE_CHECKING:  # torch, which pages and their tests do without
    from voxview.engine.engine import Engine

SPREADS = (-2, -1, 0, 1, 2)
"""Standard deviations from the mean of what chairs have: 95 % of a normal distribution lie between."""


@dataclass(frozen=True, eq=False)
class AlongNumber:
    """Chairs that differ in one number alone."""

    at: int
    """The number's place among the 64."""
    latent: Floats
    """`(8, 8)`, which they have otherwise."""
    values: tuple[float, ...]
    """Of the number, at each of `SPREADS`."""
    fields: tuple[Field, ...]
    spread: LatentSpread


def decode_along(
    engine: Engine, device: Device, latent: Floats, at: int, check: Check = lambda: None
) -> AlongNumber:
    """Return the chairs of a latent `(8, 8)` with number `at` at −2 … +2 spreads of what chairs have.

    `check` is called between the chairs; it may raise.
    """
    spread = spread_of_chairs(engine, check)
    values = tuple(float(spread.mean[at] + steps * spread.step(at)) for steps in SPREADS)
    fields = []
    for value in values:
        check()
        moved = latent.astype(np.float32)
        moved.reshape(-1)[at] = value
        fields.append(engine.decode_latent(LatentRequest(moved, "", device)).field)
    return AlongNumber(at, latent, values, tuple(fields), spread)
