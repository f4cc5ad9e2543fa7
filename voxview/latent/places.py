"""Where one number of a latent is computed: its formula, and the block and thread of the CUDA kernels.

Rows, columns, blocks and threads count from 0; blocks and threads are `(x, y)`. The kernels are those of
`kernels/interpolate.cu` and `kernels/all_pairs.cu`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from voxview.conventions import LATENT_SHAPE, LATENT_SIZE
from voxview.errors import InputError
from voxview.latent.checks import as_float32
from voxview.latent.numpy_blend import blend
from voxview.shapes.frame import AnyFloats

BLOCK_SIDE = 4
"""Threads along each edge of a block of the study's kernel, TILE in `interpolate.cu`."""

TILE_LATENTS = 16
"""Latents in a tile of the kernel of all pairs, TO in `all_pairs.cu`, and rows of threads in a block."""

NUMBERS_PER_THREAD = 4
"""Numbers of a latent that a thread of that kernel computes: a float4."""


@dataclass(frozen=True)
class NumberOfBlend:
    """One of the 64 numbers in A, in the blend and in B."""

    row: int
    column: int
    a: float
    blend: float
    b: float
    t: float
    is_odd: bool
    """The mirror image of a chair has this number negated."""

    @property
    def formula(self) -> str:
        """Return `(1 − t)·a + t·b` with the numbers in it."""
        if self.t in (0, 1):
            return f"{_text(self.blend)}, {'A' if self.t == 0 else 'B'}'s own number, copied"
        left, right = f"(1 − {self.t:g})·{_text(self.a)}", f"{self.t:g}·{_text(self.b)}"
        return f"{left} + {right} = {_text(self.blend)}"


@dataclass(frozen=True)
class PairPlace:
    """Who computes a number of one pair's blend in the study's kernel."""

    block: tuple[int, int]
    thread: tuple[int, int]
    """In the block."""
    at: int
    """The number's place among the 64, in C order."""


@dataclass(frozen=True)
class TilePlace:
    """Who computes a number of a blend of all pairs, and where the shared-memory kernel reads it from."""

    block: int
    """Along the grid's only axis."""
    thread: tuple[int, int]
    """In the block: which four numbers, and which of the tile's blends at a time."""
    tile: tuple[int, int]
    """The first latent j of the tile, and the one behind the last."""
    tile_row: int
    """Where the latent j lies in the tile: `tile[tile_row][thread x]`."""
    staged_by: tuple[int, int]
    """The thread that has copied it there from global memory, before the block's barrier."""
    turn: int
    """How many blends the thread has written before this one."""
    readers: int
    """How often the block reads the tile's number: once for each t, and mostly by other threads."""


def number_of_blend(
    z_a: AnyFloats, z_b: AnyFloats, t: float, row: int, column: int, odd: int = 0
) -> NumberOfBlend:
    """Return a number of a pair's blend: latents `(8, 8)`, t in [0, 1]; the last `odd` numbers are odd.

    The blend's is bit for bit what every backend computes. Raises `InputError` for another shape, t or place.
    """
    at = _place(row, column)
    a, b = as_float32("z_a", z_a, LATENT_SHAPE), as_float32("z_b", z_b, LATENT_SHAPE)
    if not 0 <= t <= 1:
        raise InputError(f"t goes from 0 to 1, but {t} came: a blend lies between its two chairs")
    blended = blend(a, b, np.array([t], np.float32))[0]
    of_a, of_blend, of_b = (float(z[row, column]) for z in (a, blended, b))
    return NumberOfBlend(row, column, of_a, of_blend, of_b, t, is_odd(at, odd))


def is_odd(at: int, odd: int) -> bool:
    """Return whether number `at` of the 64 is one of the last `odd`, which the mirror image has negated."""
    return at >= LATENT_SIZE - odd


def pair_place(row: int, column: int) -> PairPlace:
    """Return the block and the thread of the study's kernel, which owns the number for every t of its block.

    `interpolate_shared` reads the two latents' numbers from where this very thread has put them, and no other
    thread does: nothing is gained.
    """
    at = _place(row, column)
    return PairPlace((column // BLOCK_SIDE, row // BLOCK_SIDE), (column % BLOCK_SIDE, row % BLOCK_SIDE), at)


def tile_place(i: int, j: int, step: int, row: int, column: int, n: int, k: int) -> TilePlace:
    """Return the block, thread and tile of a number of the blend of latents i and j at t number `step`.

    n latents at k t's are blended. Raises `InputError` for a place that is not there.
    """
    at = _place(row, column)
    for name, value, limit in (("i", i, n), ("j", j, n), ("step", step, k)):
        if not 0 <= value < limit:
            raise InputError(f"{name} goes from 0 to {limit - 1}, but {value} came")
    tiles_across = -(-n // TILE_LATENTS)
    first = j // TILE_LATENTS * TILE_LATENTS
    quad, in_tile = at // NUMBERS_PER_THREAD, j - first
    blend_of_tile = in_tile * k + step
    return TilePlace(
        block=i * tiles_across + j // TILE_LATENTS,
        thread=(quad, blend_of_tile % TILE_LATENTS),
        tile=(first, min(first + TILE_LATENTS, n)),
        tile_row=in_tile,
        staged_by=(quad, in_tile),
        turn=blend_of_tile // TILE_LATENTS,
        readers=k,
    )


def _place(row: int, column: int) -> int:
    """Return the place of a number in C order; raise `InputError` where there is none."""
    rows, columns = LATENT_SHAPE
    if not (0 <= row < rows and 0 <= column < columns):
        raise InputError(f"a latent has rows and columns 0 to {rows - 1}, but ({row}, {column}) came")
    return row * columns + column


def _text(number: float) -> str:
    """Return a number with four digits, in brackets where it is negative."""
    return f"({number:.4g})".replace("-", "−") if number < 0 else f"{number:.4g}"
