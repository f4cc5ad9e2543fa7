"""Who computes a number of a blend: the described blocks and threads are those of the kernels."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from voxview.errors import InputError
from voxview.latent.interpolate import interpolate
from voxview.latent.places import (
    BLOCK_SIDE,
    NUMBERS_PER_THREAD,
    TILE_LATENTS,
    number_of_blend,
    pair_place,
    tile_place,
)
from voxview.model.symmetric import ODD_NUMBERS, odd_numbers_of

KERNELS = Path(__file__).parents[2] / "kernels"
RNG = np.random.default_rng(2)
A, B = RNG.normal(size=(2, 8, 8)).astype(np.float32)


def constant(source: str, name: str) -> str:
    found = re.search(rf"constexpr int {name} = (\w+);", (KERNELS / source).read_text(encoding="utf-8"))
    assert found is not None
    return found.group(1)


def test_the_sizes_are_those_of_the_kernels() -> None:
    assert int(constant("interpolate.cu", "TILE")) == BLOCK_SIDE
    assert constant("all_pairs.cu", "TO") == "ROWS" and int(constant("all_pairs.cu", "ROWS")) == TILE_LATENTS
    assert NUMBERS_PER_THREAD == 4


def test_each_thread_of_the_studys_kernel_owns_one_number() -> None:
    owners = set()
    for block_x, block_y, x, y in product(range(2), range(2), range(4), range(4)):
        row, column = block_y * BLOCK_SIDE + y, block_x * BLOCK_SIDE + x  # as interpolate.cu has it
        place = pair_place(row, column)
        assert (place.block, place.thread, place.at) == ((block_x, block_y), (x, y), row * 8 + column)
        owners.add((place.block, place.thread))
    assert len(owners) == 64


@pytest.mark.parametrize(("n", "k"), [(3, 1), (16, 11), (20, 3), (33, 17)])
def test_the_tiles_are_those_of_the_kernel_of_all_pairs(n: int, k: int) -> None:
    """Every thread's loop, as all_pairs.cu has it, writes what `tile_place` says that it does."""
    tiles_across = -(-n // TILE_LATENTS)
    written = 0
    for block in range(n * tiles_across):
        i, first_j = block // tiles_across, block % tiles_across * TILE_LATENTS
        rows = min(TILE_LATENTS, n - first_j)
        for thread_row in range(TILE_LATENTS):
            j, step, turn = thread_row // k, thread_row % k, 0
            while j < rows:
                place = tile_place(i, first_j + j, step, 5, 6, n, k)
                assert (place.block, place.thread) == (block, ((5 * 8 + 6) // 4, thread_row))
                assert (place.tile_row, place.turn, place.tile) == (j, turn, (first_j, first_j + rows))
                assert place.staged_by == (place.thread[0], j)
                written += 1
                turn += 1
                j += TILE_LATENTS // k
                step += TILE_LATENTS % k
                if step >= k:
                    step -= k
                    j += 1
    assert written == n * n * k


def test_a_number_of_the_blend_is_the_backends_own() -> None:
    for t in (0.0, 0.3, 1.0):
        blended = interpolate(A, B, np.array([t]))[0]
        number = number_of_blend(A, B, t, 2, 5)
        assert (number.a, number.blend, number.b) == (A[2, 5], blended[2, 5], B[2, 5])


def test_the_formula_has_the_numbers_in_it() -> None:
    a, b = np.zeros((2, 8, 8), np.float32)
    a[1, 1], b[1, 1] = 2, -4
    assert number_of_blend(a, b, 0.25, 1, 1).formula == "(1 − 0.25)·2 + 0.25·(−4) = 0.5"
    assert number_of_blend(a, b, 1.0, 1, 1).formula == "(−4), B's own number, copied"
    assert number_of_blend(a, b, 0.0, 1, 1).formula == "2, A's own number, copied"


def test_the_last_four_numbers_of_a_symmetric_network_are_odd() -> None:
    odd = odd_numbers_of("symmetric")
    numbers = [number_of_blend(A, B, 0.5, at // 8, at % 8, odd) for at in range(64)]
    assert [at for at, number in enumerate(numbers) if number.is_odd] == list(range(64 - ODD_NUMBERS, 64))
    assert odd_numbers_of("study") == 0


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: pair_place(8, 0), r"rows and columns 0 to 7, but \(8, 0\) came"),
        (lambda: tile_place(0, 5, 0, 0, 0, 5, 1), "j goes from 0 to 4, but 5 came"),
        (lambda: tile_place(0, 0, 1, 0, 0, 5, 1), "step goes from 0 to 0"),
        (lambda: number_of_blend(A, B, 1.5, 0, 0), "t goes from 0 to 1"),
        (lambda: number_of_blend(A[:7], B, 0.5, 0, 0), "z_a is a floating-point array"),
    ],
)
def test_what_is_not_there_is_one_line(call, said: str) -> None:
    with pytest.raises(InputError, match=said):
        call()
