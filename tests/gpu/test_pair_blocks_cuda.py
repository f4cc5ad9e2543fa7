"""All pairs in blocks on a CUDA device: the same bits, one block's memory, and the stream that was named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from voxview.latent.blocks import PairBlock, pair_blocks
from voxview.latent.interpolate import interpolate, interpolate_all_pairs

pytestmark = pytest.mark.gpu

T = np.linspace(0, 1, 11, dtype=np.float32)


def random_latents(n: int) -> NDArray[np.float32]:
    return np.random.default_rng(0).standard_normal((n, 8, 8)).astype(np.float32)


def assert_same_bits(got: NDArray[np.float32], expected: NDArray[np.float32]) -> None:
    assert got.dtype == expected.dtype == np.float32
    assert np.array_equal(got.view(np.uint32), expected.view(np.uint32))


@pytest.mark.parametrize("backend", ["cuda-global", "cuda-shared"])
@pytest.mark.parametrize("pairs", [1, 7, 50, 130, 5_000])
def test_blocks_make_up_all_pairs(backend: str, pairs: int) -> None:
    import cupy as cp

    z, t = random_latents(50), T
    made = np.full((50, 50, 11, 8, 8), np.nan, np.float32)
    for block in pair_blocks(z, t, backend=backend, block_bytes=pairs * 11 * 256):
        made[block.rows, block.columns] = cp.asnumpy(block.blends)
    assert_same_bits(made, interpolate_all_pairs(z, t))


def test_blocks_that_are_dropped_on_a_busy_stream_write_to_nobody_elses_memory() -> None:
    import cupy as cp
    import torch

    z, t, side = random_latents(50), T, torch.cuda.Stream()
    numbers = 50 * 50 * 11 * 64

    def blocks() -> Iterator[PairBlock]:
        stream = int(side.cuda_stream)
        return pair_blocks(z, t, backend="cuda-shared", block_bytes=4 * numbers, stream=stream)

    for block in blocks():  # so that kernels are compiled, and no memory has to be asked of the driver again
        side.synchronize()
        assert_same_bits(cp.asnumpy(block.blends), interpolate_all_pairs(z, t))
    del block
    cp.full(1, 7, cp.float32)
    with torch.cuda.stream(side):
        torch.cuda._sleep(1_000_000_000)  # about half a second
    dropped = blocks()
    next(dropped)
    assert not side.query(), "the stream is not busy any more, so that this shows nothing"
    del dropped
    other = cp.full(numbers, 7, cp.float32)  # in what was dropped, if CuPy's current stream may have that
    cp.cuda.get_current_stream().synchronize()
    side.synchronize()
    assert bool((other == 7).all()), "the block was written when its memory had another owner"


def test_blocks_keep_the_stream_that_was_current_when_they_began(monkeypatch: pytest.MonkeyPatch) -> None:
    import cupy as cp

    from voxview.latent import cuda

    streams: list[object] = []

    def noted(*arrays: Any, **options: Any) -> None:
        streams.append(options["stream"])
        pairs_on_device(*arrays, **options)

    pairs_on_device = cuda.pairs_on_device
    monkeypatch.setattr(cuda, "pairs_on_device", noted)
    z, t = random_latents(20), T
    first, made = cp.cuda.Stream(non_blocking=True), []
    blocks = pair_blocks(z, t, backend="cuda-shared", block_bytes=100 * 11 * 256)
    with first:
        made.append(cp.asnumpy(next(blocks).blends))
    for block in blocks:  # CuPy's current stream is another one now
        first.synchronize()
        made.append(cp.asnumpy(block.blends))
    assert_same_bits(np.concatenate(made), interpolate_all_pairs(z, t))
    assert set(streams) == {first.ptr}


def test_all_pairs_of_fifty_thousand_chairs_take_one_blocks_memory() -> None:
    """The first blocks of them: all would be 7 TB."""
    import cupy as cp

    pool = cp.get_default_memory_pool()
    pool.free_all_blocks()
    before, room = pool.total_bytes(), 2**28
    z, t = random_latents(50_000), T
    for number, block in enumerate(pair_blocks(z, t, backend="cuda-shared", block_bytes=room)):
        if number in (0, 20):
            i, j = block.rows.start, block.columns.start
            assert_same_bits(cp.asnumpy(block.blends[0, 0]), interpolate(z[i], z[j], t))
        if number == 20:
            break
    assert pool.total_bytes() - before < room + 2**26
