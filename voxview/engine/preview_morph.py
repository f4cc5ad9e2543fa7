"""The morph of a pair by weights that are not in use, such as those of a training run."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from voxview.engine.engine import Engine
from voxview.engine.latent_spread import Check
from voxview.latent.numpy_blend import blend
from voxview.model.autoencoder import load_autoencoder
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Floats

STEPS = 7
"""From A to B, both included."""


def preview_morph(
    engine: Engine, weights: Path, a: Chair, b: Chair, check: Check = lambda: None
) -> tuple[Floats, ...]:
    """Return the fields of a morph from A to B, of unrefined encodings, on the CPU.

    `check` is called between small steps; it may raise. Raises `InputError` for weights or chairs that cannot
    be read.
    """
    pair = np.stack([engine.grid(a), engine.grid(b)])
    check()
    autoencoder = load_autoencoder(weights, device="cpu")
    check()
    z = autoencoder.encode(pair, refine=0)  # (2, 8, 8)
    fields = []
    for latent in blend(z[0], z[1], np.linspace(0, 1, STEPS, dtype=np.float32)):
        check()
        fields.append(autoencoder.decode(latent[None])[0])
    return tuple(fields)
