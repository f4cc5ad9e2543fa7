"""Whether a latent has numbers far outside what chairs have."""

from __future__ import annotations

from functools import cache

import numpy as np

from voxview.conventions import LATENT_SIZE
from voxview.counts import counted
from voxview.engine.engine import Engine
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.frame import Floats, Grids

FAR = 6.0
"""Standard deviations from the mean of sample chairs: none of 48 was beyond 4, whatever the weights."""

_EVERY = 10
"""Each tenth of the samples is looked at, which takes a second."""


def far_numbers_text(latent: Floats, engine: Engine) -> str:
    """Return a sentence on the numbers of a latent `(8, 8)` that no chair has; empty where there are none.

    It is measured on the sample chairs, with the engine's weights. A number that hardly differs between
    chairs, such as the odd ones of symmetric chairs, may differ as much as the others do on the whole.
    """
    chairs = engine.encode_unrefined(_sample_grids(), "cpu").reshape(-1, LATENT_SIZE)
    mean, deviation = chairs.mean(0), chairs.std(0)
    deviation = np.maximum(deviation, np.sqrt(np.square(deviation).mean()))
    far = np.abs(latent.reshape(-1) - mean) / np.maximum(deviation, np.finfo(np.float32).tiny)
    beyond = int((far > FAR).sum())
    if not beyond:
        return ""
    at = int(far.argmax())
    row, column = divmod(at, latent.shape[1])
    return (
        f"{counted(beyond, 'number')} far outside what chairs have, most of all (row {row}, column "
        f"{column}): {latent[row, column]:.3g}, and sample chairs have {chairs[:, at].min():.3g} to "
        f"{chairs[:, at].max():.3g} there; decoded all the same"
    )


@cache
def _sample_grids() -> Grids:
    return np.stack([chair.read() for chair in list(sample_catalog())[::_EVERY]])
