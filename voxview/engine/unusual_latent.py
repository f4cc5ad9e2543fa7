"""Whether a latent has numbers far outside what chairs have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from voxview.counts import counted
from voxview.engine.latent_spread import Check, spread_of_chairs
from voxview.shapes.frame import Floats

if TYPE_CHECKING:  # torch, which pages and their tests do without
    from voxview.engine.engine import Engine

FAR = 6.0
"""Standard deviations from the mean of sample chairs: none of 48 was beyond 4, whatever the weights."""


def far_numbers_text(latent: Floats, engine: Engine, check: Check = lambda: None) -> str:
    """Return a sentence on the numbers of a latent `(8, 8)` that no chair has; empty where there are none.

    It is measured on the sample chairs, with the engine's weights. A number that hardly differs between
    chairs, such as the odd ones of symmetric chairs, may differ as much as the others do on the whole.
    `check` as in `spread_of_chairs`.
    """
    spread = spread_of_chairs(engine, check)
    deviation = np.maximum(spread.deviation, spread.overall)
    far = np.abs(latent.reshape(-1) - spread.mean) / np.maximum(deviation, np.finfo(np.float32).tiny)
    beyond = int((far > FAR).sum())
    if not beyond:
        return ""
    at = int(far.argmax())
    row, column = divmod(at, latent.shape[1])
    return (
        f"{counted(beyond, 'number')} far outside what chairs have, most of all (row {row}, column "
        f"{column}): {latent[row, column]:.3g}, and sample chairs have {spread.low[at]:.3g} to "
        f"{spread.high[at]:.3g} there; decoded all the same"
    )
