"""All pairs in blocks are all pairs, and no block is larger than requested."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxview.errors import InputError
from voxview.latent.blocks import pair_blocks
from voxview.latent.interpolate import interpolate_all_pairs


@given(n=st.integers(0, 9), k=st.integers(0, 4), pairs=st.integers(1, 100))
def test_blocks_of_any_size_make_up_all_pairs(n: int, k: int, pairs: int) -> None:
    rng = np.random.default_rng(n + 10 * k)
    z, t = rng.standard_normal((n, 8, 8)).astype(np.float32), np.linspace(0, 1, k, dtype=np.float32)
    made = np.full((n, n, k, 8, 8), np.nan, np.float32)
    for block in pair_blocks(z, t, block_bytes=max(1, pairs * 256 * k)):
        assert block.blends.nbytes <= pairs * 256 * k
        assert np.isnan(made[block.rows, block.columns]).all(), "a pair came twice"
        made[block.rows, block.columns] = block.blends
    assert np.array_equal(made, interpolate_all_pairs(z, t))


@given(n=st.integers(1, 9), cut=st.integers(0, 9), pairs=st.integers(1, 30))
def test_rows_that_are_dealt_out_make_up_all_pairs(n: int, cut: int, pairs: int) -> None:
    z, t = np.random.default_rng(n).standard_normal((n, 8, 8)).astype(np.float32), np.zeros(1, np.float32)
    made = np.full((n, n, 1, 8, 8), np.nan, np.float32)
    for rows in (slice(0, cut), slice(cut, None)):
        for block in pair_blocks(z, t, block_bytes=pairs * 256, rows=rows):
            assert np.isnan(made[block.rows, block.columns]).all(), "a pair came twice"
            made[block.rows, block.columns] = block.blends
    assert np.array_equal(made, interpolate_all_pairs(z, t))


def test_a_block_too_small_for_a_pair_is_refused_at_once() -> None:
    z, t = np.zeros((3, 8, 8), np.float32), np.zeros(11, np.float32)
    for wrong in (2815, -1, 1e9, "much"):
        with pytest.raises(InputError, match="block_bytes is at least 2816"):
            pair_blocks(z, t, block_bytes=wrong)  # type: ignore[arg-type]


def test_inputs_are_checked_as_for_all_pairs_at_once() -> None:
    with pytest.raises(InputError, match="z is a floating-point array"):
        pair_blocks(np.zeros((3, 64), np.float32), np.zeros(1, np.float32))
    with pytest.raises(InputError, match="the backend is one of"):
        pair_blocks(np.zeros((3, 8, 8), np.float32), np.zeros(1, np.float32), backend="gpu")
