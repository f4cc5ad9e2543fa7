"""All pairs of more chairs than any memory holds: blended in blocks, and projected from the first ones."""

from __future__ import annotations

import time

import numpy as np

from voxview.conventions import LATENT_BYTES, LATENT_SHAPE
from voxview.engine.request import Backend
from voxview.errors import VoxViewError
from voxview.experiment.clock import Interruptible, Limits
from voxview.experiment.results import Measurement, StepResults
from voxview.experiment.study import STEPS
from voxview.latent.blocks import pair_blocks

CHAIRS = 50_000
"""7 TB of blends."""

_SECONDS = 0.3
_WARM_UP_BLOCKS = 2


def measure_streamed(backend: Backend, limits: Limits) -> Interruptible[StepResults]:
    """Time blocks that are discarded at once for some tenths of a second, and project the whole."""
    z = np.random.default_rng(0).standard_normal((CHAIRS, *LATENT_SHAPE)).astype(np.float32)
    t = np.linspace(0, 1, STEPS, dtype=np.float32)
    blocks = pair_blocks(z, t, backend=backend)
    try:
        for _ in range(_WARM_UP_BLOCKS):
            next(blocks)
            yield
    except VoxViewError as problem:
        return StepResults(notes=(f"all pairs of {CHAIRS:,}, {backend}, were left out: {problem}",))
    _synchronize(backend)
    start, written = time.perf_counter(), 0
    while time.perf_counter() - start < min(_SECONDS, limits.seconds):
        written += next(blocks).blends.nbytes
    _synchronize(backend)
    seconds = time.perf_counter() - start
    whole = CHAIRS**2 * STEPS * LATENT_BYTES
    milliseconds = 1e3 * seconds * whole / written
    note = f"projected from the first {written / 1e9:,.0f} GB of {whole / 1e9:,.0f}, in blocks, discarded"
    figures = milliseconds, milliseconds, 1
    return StepResults((Measurement("inputs", CHAIRS, backend, "interpolate", *figures, whole, note=note),))


def _synchronize(backend: Backend) -> None:
    if backend != "numpy":
        import torch

        torch.cuda.synchronize()
