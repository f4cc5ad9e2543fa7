"""The problem that is timed: m latents blended with n others at k t's.

The latents are random numbers: what a blend costs does not depend on what it blends.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import default_rng  # now, not when first used: its import can swallow a Ctrl-C

from voxview.conventions import LATENT_BYTES, LATENT_SHAPE
from voxview.experiment.results import Axis
from voxview.experiment.study import STEPS
from voxview.shapes.frame import Floats

INPUTS = (2, 10, 20, 30, 40, 50, 100, 500, 2_000)
"""Chairs whose pairs are all blended: the study's numbers, and on."""

BLENDS = (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)
"""Blends of one pair in one call: the batch axis."""


@dataclass(frozen=True, eq=False)
class Problem:
    """Latents `(m, 8, 8)` and `(n, 8, 8)`, positions `(k,)` → blends `(m, n, k, 8, 8)`, all float32."""

    axis: Axis
    size: int
    z_a: Floats
    z_b: Floats
    t: Floats

    @property
    def shape(self) -> tuple[int, int, int]:
        """m, n and k."""
        return len(self.z_a), len(self.z_b), len(self.t)

    @property
    def row_bytes(self) -> int:
        """Bytes of the blends of one of the m latents."""
        return LATENT_BYTES * len(self.z_b) * len(self.t)

    @property
    def bytes(self) -> int:
        """Bytes of all blends."""
        return self.row_bytes * len(self.z_a)

    def rows(self, count: int) -> Problem:
        """Return the problem of the first `count` of the m latents with all of the n."""
        return Problem(self.axis, self.size, self.z_a[:count], self.z_b, self.t)


def all_pairs(n: int) -> Problem:
    """Return the problem of every ordered pair of n latents at the study's eleven t's."""
    z = default_rng(n).standard_normal((n, *LATENT_SHAPE)).astype(np.float32)
    return Problem("inputs", n, z, z, np.linspace(0, 1, STEPS, dtype=np.float32))


def one_pair(k: int) -> Problem:
    """Return the problem of two latents at k t's from 0 to 1, or at 0.5 if k is 1."""
    a, b = default_rng(k).standard_normal((2, 1, *LATENT_SHAPE)).astype(np.float32)
    t = np.linspace(0, 1, k) if k > 1 else np.array([0.5])
    return Problem("blends", k, a, b, t.astype(np.float32))
