"""All pairs that exceed any memory, blended in blocks that are discarded: how fast a device writes them."""

from __future__ import annotations

import itertools
import time
from typing import NamedTuple

from voxview.engine.request import Backend
from voxview.latent.blocks import pair_blocks
from voxview.shapes.frame import Floats

_WARM_UP_BLOCKS = 2


class Streamed(NamedTuple):
    """What one device wrote of its rows of the matrix of pairs."""

    rows: int
    """How many are its own."""
    written: int
    """Bytes of the blocks of them that there was time for."""
    seconds: float
    """What these took."""


def stream_rows(z: Floats, t: Floats, rows: slice, backend: Backend, seconds: float) -> Streamed:
    """Blend some rows of all pairs of latents `(n, 8, 8)` at t `(k,)` until so many seconds are over."""
    written = 0
    over_and_over = (pair_blocks(z, t, backend=backend, rows=rows) for _ in itertools.count())
    blocks = itertools.chain.from_iterable(over_and_over)  # a few rows are soon over
    for _ in range(_WARM_UP_BLOCKS):
        next(blocks)
    _synchronize(backend)
    start = time.perf_counter()
    for block in blocks:
        written += block.blends.nbytes
        if time.perf_counter() - start >= seconds:
            break
    _synchronize(backend)
    return Streamed(rows.stop - rows.start, written, time.perf_counter() - start)


def _synchronize(backend: Backend) -> None:
    if backend != "numpy":
        import torch

        torch.cuda.synchronize()
