"""All pairs in blocks of bounded size: 50,000 chairs make 7 TB of blends, which nobody wants to keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voxview.errors import InputError
from voxview.latent.checks import LATENT_SHAPE, as_float32, as_steps, check_backend, kernel_of
from voxview.latent.numpy_blend import blend

BLOCK_BYTES = 2**28
"""Blends in one block on the host, at most, unless said: little enough for a laptop."""

DEVICE_BLOCK_BYTES = 2**30
"""The same on a device: smaller ones are done before Python has launched the next."""

_LATENT_BYTES = 256


@dataclass(frozen=True, eq=False)
class PairBlock:
    """The blends of `z[rows]` with `z[columns]` at every t."""

    rows: slice
    columns: slice
    blends: Any
    """`(rows, columns, k, 8, 8)` float32: a NumPy array; or a CuPy array on the device, which the next block
    is written over."""


def pair_blocks(
    z: NDArray[np.floating],
    t: NDArray[np.floating],
    *,
    backend: str = "numpy",
    block_bytes: int | None = None,
    stream: int | None = None,
) -> Iterator[PairBlock]:
    """The blends of every ordered pair, block by block: latents (n, 8, 8), t (k,) in [0, 1].

    No block has more than `block_bytes` (256 MiB on the host, 1 GiB on a device, unless said), however many
    latents there are. A device has one block at a time, NumPy two: the next is made before the last is gone.
    On a device the blends are queued on `stream` (a handle; None is CuPy's current one): whoever reads them
    queues that there, too. Raises as `interpolate_all_pairs` does, at once, and `InputError` for blocks too
    small for the blends of one pair.
    """
    check_backend(backend)
    latents, steps = as_float32("z", z, (None, *LATENT_SHAPE)), as_steps(t)
    pair = _LATENT_BYTES * len(steps)
    if block_bytes is None:
        block_bytes = BLOCK_BYTES if backend == "numpy" else DEVICE_BLOCK_BYTES
    if not isinstance(block_bytes, int) or block_bytes < pair:
        raise InputError(f"block_bytes is at least {pair}, the blends of one pair, but {block_bytes!r} came")
    return _blocks(latents, steps, block_bytes // max(1, pair), backend, stream)


def _blocks(
    z: NDArray[np.float32], t: NDArray[np.float32], pairs: int, backend: str, stream: int | None
) -> Iterator[PairBlock]:
    """Blocks of at most so many pairs: whole rows where one fits."""
    n = len(z)
    if not n or not len(t):
        return
    columns = min(n, pairs)
    rows = min(n, pairs // columns)
    places = (
        (slice(i, min(i + rows, n)), slice(j, min(j + columns, n)))
        for i in range(0, n, rows)
        for j in range(0, n, columns)
    )
    if backend == "numpy":
        for row, column in places:
            yield PairBlock(row, column, blend(z[row, None], z[None, column], t))
        return
    from voxview.latent.cuda import DeviceBlocks

    device = DeviceBlocks(z, t, rows * columns, kernel_of(backend), stream)
    for row, column in places:
        yield PairBlock(row, column, device.fill(row, column))
