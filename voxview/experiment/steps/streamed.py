"""All pairs of more chairs than any memory holds: blended in blocks, and projected from the first ones."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from voxview.conventions import LATENT_BYTES, LATENT_SHAPE
from voxview.counts import counted
from voxview.engine.engine import Engine
from voxview.engine.request import Backend
from voxview.engine.workers.streaming import Streamed
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


def measure_streamed_on_all_gpus(
    engine: Engine, backend: Backend, limits: Limits
) -> Interruptible[StepResults]:
    """Let every GPU blend its rows for the same time, and say how fast all of them are together."""
    z = np.random.default_rng(0).standard_normal((CHAIRS, *LATENT_SHAPE)).astype(np.float32)
    t = np.linspace(0, 1, STEPS, dtype=np.float32)
    seconds = min(_SECONDS, limits.seconds)
    try:
        streamed = yield from engine.workers.stream_rows(z, t, backend, seconds)
    except VoxViewError as problem:
        return StepResults(notes=(f"All pairs of {CHAIRS:,} on several GPUs were left out: {problem}.",))
    return StepResults(notes=(streamed_sentence(streamed),))


def streamed_sentence(streamed: Sequence[Streamed]) -> str:
    """Return how long all pairs take the devices that have their rows each, and how much faster that is."""
    row = CHAIRS * STEPS * LATENT_BYTES
    each = [one.rows * row / (one.written / one.seconds) for one in streamed]
    alone = CHAIRS * row / (streamed[0].written / streamed[0].seconds)
    gpus = counted(len(streamed), "GPU")
    return (
        f"All pairs of {CHAIRS:,} blended in blocks by {gpus}, each its rows, discarded: "
        f"{max(each):,.2f} s, projected; {alone / max(each):.2f} times as fast as by the first alone."
    )


def _synchronize(backend: Backend) -> None:
    if backend != "numpy":
        import torch

        torch.cuda.synchronize()
