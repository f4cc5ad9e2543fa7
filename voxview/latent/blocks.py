"""All pairs in blocks of bounded size, for sets whose blends exceed any memory: 7 TB for 50,000 chairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from voxview.conventions import LATENT_BYTES, LATENT_SHAPE
from voxview.errors import InputError
from voxview.latent.checks import as_float32, as_steps, check_backend, kernel_of
from voxview.latent.numpy_blend import blend
from voxview.shapes.frame import AnyFloats, Floats

BLOCK_BYTES = 2**28
"""Default limit of the bytes of one block on the host: 256 MiB, little enough for a laptop."""

DEVICE_BLOCK_BYTES = 2**30
"""Default limit of the bytes of one block on a device: smaller blocks finish before Python has launched the
next."""


@dataclass(frozen=True, eq=False)
class PairBlock:
    """The blends of `z[rows]` with `z[columns]` at every t."""

    rows: slice
    columns: slice
    blends: Any
    """`(rows, columns, k, 8, 8)` float32: a NumPy array; or a CuPy array on the device, which the next block
    overwrites."""


def pair_blocks(
    z: AnyFloats,
    t: AnyFloats,
    *,
    backend: str = "numpy",
    block_bytes: int | None = None,
    stream: int | None = None,
    rows: slice | None = None,
) -> Iterator[PairBlock]:
    """Return an iterator over the blends of every ordered pair: latents (n, 8, 8), t (k,) in [0, 1].

    `rows` are those of the matrix of pairs that are wanted, where others are somebody else's; None is all.

    No block exceeds `block_bytes` (default: 256 MiB on the host, 1 GiB on a device), however many latents
    there are. A device holds one block at a time, the host two: NumPy makes the next before the last is
    freed. On CuPy's current device the work is queued on `stream` (a handle; None is the one that is CuPy's
    current one when the first block is taken), and a consumer has to queue its reads there, too; it may stop
    at any block. Raises as `interpolate_all_pairs` does, before the first block, and `InputError` if
    `block_bytes` is too small for the blends of one pair.
    """
    check_backend(backend)
    latents, steps = as_float32("z", z, (None, *LATENT_SHAPE)), as_steps(t)
    pair = LATENT_BYTES * len(steps)
    if block_bytes is None:
        block_bytes = BLOCK_BYTES if backend == "numpy" else DEVICE_BLOCK_BYTES
    if not isinstance(block_bytes, int) or block_bytes < pair:
        raise InputError(f"block_bytes is at least {pair}, the blends of one pair, but {block_bytes!r} came")
    wanted = range(*(rows or slice(None)).indices(len(latents)))
    return _blocks(latents, steps, block_bytes // max(1, pair), backend, stream, wanted)


def _blocks(
    z: Floats, t: Floats, pairs: int, backend: str, stream: int | None, wanted: range
) -> Iterator[PairBlock]:
    """Yield blocks of at most `pairs` pairs: whole rows of those `wanted` of the matrix where one fits."""
    n = len(z)
    if not wanted or not len(t):
        return
    columns = min(n, pairs)
    rows = min(len(wanted), pairs // columns)
    places = (
        (slice(i, min(i + rows, wanted.stop)), slice(j, min(j + columns, n)))
        for i in range(wanted.start, wanted.stop, rows)
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
